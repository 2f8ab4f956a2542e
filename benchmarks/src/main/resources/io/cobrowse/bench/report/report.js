'use strict';

// Draws each plot as horizontal bars, with its figures in a table below.
const report = JSON.parse(document.getElementById('data').textContent);
const colours = ['#2f6fde', '#d9822b', '#3a9d5d', '#b04ecb', '#c23b3b', '#6b7785', '#149aa5', '#a08a1c', '#8c564b'];
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
Chart.defaults.color = dark ? '#bbb' : '#444';
Chart.defaults.borderColor = '#8883';
Chart.defaults.animation = false;

function element(parent, tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) {
    made.textContent = text;
  }
  return parent.appendChild(made);
}

function number(value) {
  return value === null ? '–' : value.toLocaleString('en', { maximumSignificantDigits: 4 });
}

for (const [name, value] of Object.entries(report.environment)) {
  const row = element(document.getElementById('environment'), 'tr');
  element(row, 'th', name);
  element(row, 'td', value);
}

function figures(section, plot) {
  const details = element(section, 'details');
  element(details, 'summary', 'Figures (' + plot.unit + ')');
  const table = element(details, 'table');
  const head = element(table, 'tr');
  ['', ...plot.series.map((series) => series.name)].forEach((name) => element(head, 'th', name));
  plot.labels.forEach((label, i) => {
    const row = element(table, 'tr');
    element(row, 'td', label);
    plot.series.forEach((series) => element(row, 'td', number(series.values[i])));
  });
}

for (const plot of report.plots) {
  const section = element(document.querySelector('main'), 'section');
  element(section, 'h2', plot.title);
  element(section, 'p', plot.caption).className = 'caption';
  const box = element(section, 'div');
  box.className = 'plot';
  box.style.height = 70 + plot.labels.length * (10 + 14 * plot.series.length) + 'px';
  new Chart(element(box, 'canvas'), {
    type: 'bar',
    data: {
      labels: plot.labels,
      datasets: plot.series.map((series, i) => ({
        label: series.name,
        data: series.values,
        backgroundColor: colours[i % colours.length],
      })),
    },
    options: {
      indexAxis: 'y',
      maintainAspectRatio: false,
      plugins: { legend: { display: plot.series.length > 1 } },
      scales: {
        x: { type: plot.logarithmic ? 'logarithmic' : 'linear', title: { display: true, text: plot.unit } },
      },
    },
  });
  figures(section, plot);
}
