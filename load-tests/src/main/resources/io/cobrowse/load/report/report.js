'use strict';

const report = JSON.parse(document.getElementById('data').textContent);
const colours = ['#2f6fde', '#d9822b', '#1b9e6b', '#b04ecb', '#c23b3b', '#6b7785', '#149aa5', '#a08a1c', '#8c564b', '#e377c2', '#444444'];
Chart.defaults.color = '#4a5560';
Chart.defaults.borderColor = '#e3e8ed';
Chart.defaults.animation = false;
Chart.defaults.font.size = 12;

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

const answer = document.getElementById('answer');
answer.textContent = report.answer;
if (report.passed !== null) {
  answer.className = report.passed ? 'good' : 'bad';
}
for (const headline of report.headlines) {
  const box = element(document.getElementById('headlines'), 'div');
  element(box, 'b', headline.figure);
  element(box, 'span', headline.meaning);
}

// Numbers stand right, all else left.
const numeric = (text) => /^[-−]?[\d.,]+(\s?[%×]|\s?(ms|s|MB|KB|GB|cores?))?$/.test(text) || text === '–';

function table(section, figures) {
  const made = element(section, 'table');
  const marked = figures.passed.length > 0;
  const texts = figures.columns.map((unused, i) => figures.rows.some((row) => !numeric(row[i])));
  const head = element(made, 'tr');
  if (marked) {
    element(head, 'th', '');
  }
  figures.columns.forEach((name, i) => element(head, 'th', name, texts[i] ? 'text' : ''));
  figures.rows.forEach((row, j) => {
    const line = element(made, 'tr');
    if (marked) {
      element(line, 'td', figures.passed[j] ? '✓' : '✗', 'mark ' + (figures.passed[j] ? 'good' : 'bad'));
    }
    row.forEach((text, i) => element(line, 'td', text, texts[i] ? 'text' : ''));
  });
}

// Draws the vertical lines of a plot.
const markers = {
  id: 'markers',
  afterDatasetsDraw(chart, unused, options) {
    const { ctx, chartArea, scales } = chart;
    for (const [i, marker] of options.all.entries()) {
      const x = scales.x.getPixelForValue(marker.at);
      ctx.save();
      ctx.strokeStyle = '#66717d';
      ctx.setLineDash([4, 3]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.fillStyle = '#66717d';
      ctx.textAlign = x > (chartArea.left + chartArea.right) / 2 ? 'right' : 'left';
      ctx.fillText(' ' + marker.text + ' ', x, chartArea.top + 10 + 13 * i);
      ctx.restore();
    }
  },
};

function chart(section, plot) {
  const box = element(section, 'div', undefined, 'plot');
  const bars = plot.kind === 'bar';
  new Chart(element(box, 'canvas'), {
    type: bars ? 'bar' : 'line',
    plugins: [markers],
    data: {
      labels: bars ? plot.labels : undefined,
      datasets: plot.series.map((series, i) => ({
        label: series.name,
        data: bars ? series.points.map((point) => point[1]) : series.points.map(([x, y]) => ({ x, y })),
        backgroundColor: colours[i % colours.length],
        borderColor: colours[i % colours.length],
        borderWidth: bars ? 0 : 1.8,
        pointRadius: series.dotted ? 4 : 0,
        showLine: !series.dotted,
      })),
    },
    options: {
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      plugins: { legend: { display: plot.series.length > 1, labels: { boxWidth: 14 } }, markers: { all: plot.markers } },
      scales: {
        x: { type: bars ? 'category' : 'linear', title: { display: !!plot.horizontal, text: plot.horizontal } },
        y: {
          type: plot.logarithmic ? 'logarithmic' : 'linear',
          beginAtZero: !plot.logarithmic,
          title: { display: true, text: plot.vertical },
        },
      },
    },
  });
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
}
