'use strict';

const report = JSON.parse(document.getElementById('data').textContent);
const colours = ['#3f7fe8', '#d9822b', '#1b9e6b', '#b04ecb', '#d04a4a', '#7a8794', '#149aa5', '#a08a1c', '#9c6b5b', '#e377c2', '#5d6bb0'];
const signs = { good: '✓', bad: '✗', told: '•' };
const narrow = matchMedia('(max-width: 40rem)');
const charts = [];
Chart.defaults.animation = false;
Chart.defaults.font.size = 12;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function element(parent, tag, text, classes) {
  const made = document.createElement(tag);
  if (text !== undefined) {
    made.textContent = text;
  }
  if (classes) {
    made.className = classes;
  }
  return parent.appendChild(made);
}

// Numbers stand right, and what stands for one; all else left.
const numeric = (text) => ['', '–', 'too few'].includes(text) || /^[-−+≥]?\s?[\d.,]+(\s?[%×]|\s?(ns|µs|ms|s|B|KB|KiB|MB|MiB|GB|cores?))?$/.test(text);

function table(section, figures) {
  const made = element(element(section, 'div', undefined, 'wide'), 'table');
  const marked = figures.marks.length > 0;
  const texts = figures.columns.map((unused, i) => figures.rows.some((row) => !numeric(row[i])));
  if (figures.columns.some((name) => name !== '')) {
    const head = element(made, 'tr');
    if (marked) {
      element(head, 'th', '');
    }
    figures.columns.forEach((name, i) => element(head, 'th', name, texts[i] ? 'text' : ''));
  }
  figures.rows.forEach((row, j) => {
    const line = element(made, 'tr');
    if (marked) {
      const mark = figures.marks[j];
      element(line, 'td', mark ? signs[mark] : '', 'mark ' + (mark || ''));
    }
    row.forEach((text, i) => {
      element(line, 'td', text, texts[i] ? 'text' : '').dataset.column = figures.columns[i];
    });
  });
}

// On a narrow screen, each row of a table that is too wide becomes a card, whose cells show the names of their columns.
function fit() {
  for (const box of document.querySelectorAll('.wide')) {
    box.firstChild.classList.remove('cards');
    box.firstChild.classList.toggle('cards', box.scrollWidth > box.clientWidth);
  }
}

// Long labels take several lines, so that none is cut.
function wrapped(label) {
  const width = narrow.matches ? 16 : 40;
  const lines = [''];
  for (const word of label.split(' ')) {
    const last = lines.length - 1;
    if (lines[last] && lines[last].length + word.length >= width) {
      lines.push(word);
    } else {
      lines[last] += (lines[last] ? ' ' : '') + word;
    }
  }
  return lines.flatMap((line) => line.match(new RegExp('.{1,' + (width + 6) + '}', 'g')) || ['']);
}

// Draws the lines upright, and the whiskers of bars and ratios.
const extras = {
  id: 'extras',
  afterDatasetsDraw(chart, unused, options) {
    const { ctx, chartArea, scales } = chart;
    ctx.save();
    ctx.font = '12px system-ui, sans-serif';
    options.markers.forEach((marker, i) => {
      const x = scales.x.getPixelForValue(marker.at);
      ctx.strokeStyle = ctx.fillStyle = colour('--dim');
      ctx.setLineDash([4, 3]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      const above = chart.options.indexAxis === 'y';
      ctx.textAlign = above ? 'center' : x > (chartArea.left + chartArea.right) / 2 ? 'right' : 'left';
      const y = above ? chartArea.top - 5 : chartArea.top + 10 + 13 * i;
      ctx.setLineDash([]);
      ctx.lineWidth = 4; // So that the text can be read where a line crosses it.
      ctx.strokeStyle = colour('--page');
      ctx.strokeText(' ' + marker.text + ' ', x, y);
      ctx.lineWidth = 1;
      ctx.fillText(' ' + marker.text + ' ', x, y);
    });
    ctx.setLineDash([]);
    chart.data.datasets.forEach((dataset, i) => {
      if (!dataset.ends || !chart.isDatasetVisible(i)) {
        return;
      }
      ctx.strokeStyle = options.ratio ? dataset.borderColor : colour('--ink');
      ctx.lineWidth = options.ratio ? 2 : 1;
      chart.getDatasetMeta(i).data.forEach((point, j) => {
        if (dataset.ends[j]) {
          const [low, high] = dataset.ends[j].map((end) => scales.x.getPixelForValue(end));
          ctx.beginPath();
          ctx.moveTo(low, point.y);
          ctx.lineTo(high, point.y);
          for (const end of [low, high]) {
            ctx.moveTo(end, point.y - 4);
            ctx.lineTo(end, point.y + 4);
          }
          ctx.stroke();
        }
      });
    });
    ctx.restore();
  },
};

const short = (value) => Number(value).toLocaleString('en', { maximumSignificantDigits: 4 });

// Of a logarithmic axis: 1, 2 and 5 of each decade where there are few, else 1 alone.
function logarithmicTick(value, index, ticks) {
  const digit = Number(value.toExponential().charAt(0));
  const decades = Math.log10(ticks[ticks.length - 1].value / ticks[0].value);
  return digit === 1 || (decades < 3 && (digit === 2 || digit === 5)) ? short(value) : '';
}

// On a phone, 50 % stands too close to 0 % where there are many decades.
function percentileTick(value, index, ticks) {
  const decade = Math.log10(value);
  const crowded = narrow.matches && ticks[ticks.length - 1].value > 1000;
  return value === 2 ? (crowded ? '' : '50 %') : Math.abs(decade - Math.round(decade)) < 1e-9 ? (value === 1 ? '0 %' : short(100 - 100 / value) + ' %') : '';
}

function ratioLimits(plot) {
  const ends = plot.series.flatMap((series) => series.points.flatMap((point) => point.slice(1)));
  const widest = Math.max(0.1, ...ends.map((end) => Math.abs(end - 1)));
  const step = widest > 0.5 ? 0.5 : widest > 0.1 ? 0.1 : 0.02;
  const reach = Math.ceil(widest / step + 0.2) * step;
  return { min: Math.max(0, 1 - reach), max: 1 + reach };
}

function axes(plot) {
  const lying = plot.kind === 'bar' || plot.kind === 'ratio';
  const figures = {
    type: plot.logarithmic ? 'logarithmic' : 'linear',
    title: { display: true, text: lying ? plot.across : plot.upright },
    ticks: plot.logarithmic ? { callback: logarithmicTick, maxRotation: 0 } : { maxRotation: 0, maxTicksLimit: 9 },
    grid: {},
  };
  if (!plot.logarithmic) {
    figures.beginAtZero = plot.kind !== 'ratio';
  }
  if (plot.kind === 'bar') {
    figures.suggestedMax = Math.max(...plot.series.flatMap((series) => series.points.map((point) => point[3] || 0))); // Of the whiskers.
  }
  if (plot.kind === 'ratio') {
    Object.assign(figures, ratioLimits(plot));
    figures.ticks.callback = (value) => (value === 1 ? 'same' : (value > 1 ? '+' : '−') + short(Math.abs(100 * (value - 1)).toFixed(1)) + ' %');
    figures.grid.lineWidth = (tick) => (Math.abs(tick.tick.value - 1) < 1e-9 ? 2 : 1);
    figures.grid.color = (tick) => colour(Math.abs(tick.tick.value - 1) < 1e-9 ? '--dim' : '--line');
  }
  if (lying) {
    return { x: figures, y: { type: 'category', labels: plot.labels.map(wrapped), offset: true, ticks: { autoSkip: false }, grid: {} } };
  }
  const across = plot.kind === 'percentiles'
    ? { type: 'logarithmic', min: 1, ticks: { callback: percentileTick, maxRotation: 0, autoSkip: false }, grid: {} }
    : { type: 'linear', ticks: { maxRotation: 0, precision: 0, maxTicksLimit: narrow.matches ? 6 : 12 }, grid: {} };
  across.title = { display: !!plot.across, text: plot.across };
  return { x: across, y: figures };
}

function dataset(plot, series, i) {
  const lying = plot.kind === 'bar' || plot.kind === 'ratio';
  const made = {
    label: series.name,
    backgroundColor: colours[i % colours.length],
    borderColor: colours[i % colours.length],
    borderWidth: plot.kind === 'bar' ? 0 : 1.8,
    pointRadius: plot.kind === 'ratio' ? 5 : series.dotted ? 4 : 0,
    showLine: !series.dotted && plot.kind !== 'ratio',
  };
  if (lying) {
    made.data = plot.labels.map(() => null);
    made.ends = plot.labels.map(() => null);
    for (const [place, value, low, high] of series.points) {
      made.data[place] = value;
      made.ends[place] = low === undefined ? null : [low, high];
    }
  } else {
    made.data = series.points.map(([x, y]) => ({ x, y }));
  }
  return made;
}

function hint(plot) {
  return (item) => {
    const ends = item.dataset.ends && item.dataset.ends[item.dataIndex];
    const value = plot.kind === 'bar' || plot.kind === 'ratio' ? item.parsed.x : item.parsed.y;
    return item.dataset.label + ': ' + short(value) + (ends ? ' (' + short(ends[0]) + ' to ' + short(ends[1]) + ')' : '');
  };
}

function chart(section, plot) {
  const box = element(section, 'div', undefined, 'plot');
  const lying = plot.kind === 'bar' || plot.kind === 'ratio';
  if (lying) {
    const lines = plot.labels.map((label) => wrapped(label).length);
    box.style.height = 90 + lines.reduce((sum, each) => sum + Math.max(15 * each, 15 * plot.series.length) + 12, 0) + 'px';
  }
  const title = plot.kind === 'percentiles' ? { title: (items) => short(100 - 100 / items[0].parsed.x) + ' %' } : {};
  charts.push(new Chart(element(box, 'canvas'), {
    type: plot.kind === 'bar' ? 'bar' : 'line',
    plugins: [extras],
    data: { labels: lying ? plot.labels.map(wrapped) : undefined, datasets: plot.series.map((series, i) => dataset(plot, series, i)) },
    options: {
      indexAxis: lying ? 'y' : 'x',
      maintainAspectRatio: false,
      layout: { padding: { top: lying && plot.markers.length > 0 ? 18 : 0, right: 8 } },
      interaction: { mode: 'nearest', axis: lying ? 'y' : 'x', intersect: false },
      plugins: {
        legend: { display: plot.series.length > 1, labels: { boxWidth: 14 } },
        extras: { markers: plot.markers, ratio: plot.kind === 'ratio' },
        tooltip: { callbacks: { label: hint(plot), ...title } },
      },
      scales: axes(plot),
    },
  }));
}

// Canvases do not follow the style sheet by themselves.
function paint() {
  for (const each of charts) {
    const own = each.config.options; // What it was made of: of each.options some axes have copies, which do not change.
    own.color = colour('--dim');
    for (const axis of Object.values(own.scales)) {
      axis.ticks = { ...axis.ticks, color: colour('--dim') };
      axis.title = { ...axis.title, color: colour('--dim') };
      axis.grid = { color: colour('--line'), ...(typeof axis.grid.color === 'function' ? axis.grid : {}) };
    }
    each.resize();
    each.update('none');
  }
}

const answer = document.getElementById('answer');
answer.textContent = report.answer;
answer.className = report.mark;
for (const headline of report.headlines) {
  const box = element(document.getElementById('headlines'), 'div');
  element(box, 'b', headline.figure);
  element(box, 'span', headline.meaning);
}
for (const part of report.sections) {
  const section = element(document.querySelector('main'), 'section');
  element(section, 'h2', part.heading);
  if (part.text) {
    element(section, 'p', part.text);
  }
  if (part.table) {
    table(section, part.table);
  }
  if (part.chart) {
    chart(section, part.chart);
  }
  if (part.html) {
    const frame = element(section, 'iframe');
    frame.title = part.heading;
    frame.srcdoc = part.html;
  }
}
fit();
paint();
addEventListener('resize', fit);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
matchMedia('print').addEventListener('change', paint);
addEventListener('beforeprint', paint);
addEventListener('afterprint', paint);
