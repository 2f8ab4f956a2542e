'use strict';

const SECONDS = 120;
const STATES = {
  ready: { sign: '●', name: 'ready' },
  drain: { sign: '◐', name: 'draining' },
  maint: { sign: '◼', name: 'maintenance' },
  down: { sign: '✖', name: 'down' },
};
const ACTIONS = {
  ready: { name: 'Ready', text: 'It serves its sessions and gets new ones.' },
  drain: { name: 'Drain', text: 'It keeps its sessions and gets no new ones. When the last one has ended, it is safe to stop.' },
  maint: {
    name: 'Maintenance',
    text: 'Its clients are told that it is gone, and start anew elsewhere. Sessions that run on it are lost.',
  },
};
const CHECKED = { up: 'good', drain: 'asks for a drain', down: 'failed' };
const CHOSEN_BY = {
  url: 'URL parameter',
  referer: 'Referer’s parameter',
  cookie: 'cookie',
  header: 'header',
  none: 'balancer (no affinity)',
};

const by = id => document.getElementById(id);
/** What the charts show, the newest last. */
const history = [];
/** Requests of each second, by node. */
const rates = new Map();
const drains = new Map();
let snapshot = null;
let pending = Promise.resolve();

// Requests, with the token of this tab where one is needed.

async function ask(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem('token');
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(path, { ...options, headers, cache: 'no-store' });
    if (response.status !== 401) {
      return response;
    }
    await askToken(token);
  }
}

/** One question at a time, whoever needs the token. */
function askToken(refused) {
  pending = pending.then(() => new Promise(resolve => {
    if (sessionStorage.getItem('token') !== refused) {
      resolve();
      return;
    }
    const dialog = by('ask-token');
    by('token').value = '';
    by('token-text').textContent = refused
      ? 'The proxy refused this token. Try another one.'
      : 'This proxy asks for its admin token. It is kept until this tab is closed.';
    dialog.addEventListener('close', () => {
      sessionStorage.setItem('token', by('token').value.trim());
      resolve();
    }, { once: true });
    dialog.addEventListener('cancel', event => event.preventDefault(), { once: true });
    dialog.showModal();
  }));
  return pending;
}

function json(method, path, body) {
  return ask(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

// The stream of seconds. EventSource cannot send a token, so it is read here.

async function follow() {
  for (;;) {
    try {
      const response = await ask('api/events');
      if (!response.ok) {
        throw new Error(`${response.status}`);
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) {
          break;
        }
        text += value;
        const events = text.split('\n\n');
        text = events.pop();
        events.forEach(receive);
      }
    } catch (error) {
      // Said below; the next try comes soon.
    }
    connection('The proxy does not answer; what is shown is old. Trying again …', true);
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
}

function receive(event) {
  const lines = event.split('\n');
  if (lines.includes('event: snapshot')) {
    const data = lines.find(line => line.startsWith('data: '));
    show(JSON.parse(data.slice(6)));
  }
}

function connection(text, lost) {
  const at = by('connection');
  set(at, text);
  at.classList.toggle('lost', lost);
}

// What is shown.

function set(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function number(value) {
  return value.toLocaleString('en');
}

function millis(value, count = 1) {
  if (count === 0 || value === 0) {
    return '–';
  }
  return value < 10 ? `${value.toFixed(1)} ms` : value < 10000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(0)} s`;
}

function show(next) {
  announce(snapshot, next);
  snapshot = next;
  history.push({ requestsPerSecond: next.requestsPerSecond, heat: next.heat });
  history.splice(0, history.length - SECONDS);
  const ready = next.nodes.filter(each => each.node.state === 'ready').length;
  connection(`Live. ${ready} of ${next.nodes.length} nodes ready.`, false);
  showTiles(next);
  showNodes(next.nodes);
  showSticky(next);
  showEvents(next.events);
  drawRate();
  drawHeat();
}

/** Says what has changed to whoever does not see it. */
function announce(before, now) {
  const known = new Map((before?.nodes ?? []).map(each => [each.node.id, each.node]));
  const said = [];
  for (const { node } of now.nodes) {
    const was = known.get(node.id);
    if (was && was.state !== node.state) {
      said.push(`Node ${node.id} is ${STATES[node.state].name}.`);
    }
    if (was && !was.safeToStop && node.safeToStop) {
      said.push(`Node ${node.id} is safe to stop.`);
    }
  }
  if (said.length > 0) {
    set(by('said'), said.join(' '));
  }
}

function sum(nodes, key) {
  return nodes.reduce((total, each) => total + each.node[key], 0);
}

function showTiles(now) {
  const tiles = [
    ['Requests', `${number(now.requestsPerSecond)} /s`],
    ['Median, 10 s', millis(now.times.p50Ms, now.times.count)],
    ['95 % within', millis(now.times.p95Ms, now.times.count)],
    ['99 % within', millis(now.times.p99Ms, now.times.count)],
    ['Open requests', number(sum(now.nodes, 'activeRequests'))],
    ['of them polls', number(sum(now.nodes, 'parkedPolls'))],
    ['WebSockets', number(sum(now.nodes, 'activeTunnels'))],
    ['Waiting for a place', count(sum(now.nodes, 'waitingRequests'), 'request')],
    ['Stickiness violated', count(now.violations, 'time'), now.violations > 0],
    ['Dropped from the log', count(now.logDropped, 'line'), now.logDropped > 0],
  ];
  const list = by('tiles');
  tiles.forEach(([name, value, bad], index) => {
    let tile = list.children[index];
    if (!tile) {
      tile = document.createElement('div');
      tile.append(document.createElement('dt'), document.createElement('dd'));
      list.append(tile);
    }
    set(tile.children[0], name);
    set(tile.children[1], value);
    tile.classList.toggle('bad', Boolean(bad));
  });
}

function showNodes(nodes) {
  const filter = by('filter').value.trim().toLowerCase();
  const rows = by('rows');
  const known = new Map([...rows.children].map(row => [row.dataset.id, row]));
  let shown = 0;
  for (const each of nodes) {
    const id = each.node.id;
    const row = known.get(id) ?? newRow(rows, id);
    known.delete(id);
    fill(row, each);
    const text = `${id} ${each.node.url} ${each.node.state} ${STATES[each.node.state].name}`.toLowerCase();
    row.hidden = filter !== '' && !text.includes(filter);
    shown += row.hidden ? 0 : 1;
  }
  known.forEach((row, id) => {
    const spark = row.querySelector('.spark');
    sight.unobserve(spark);
    inSight.delete(spark);
    row.remove();
    rates.delete(id);
  });
  set(by('nodes-caption'), filter ? `${shown} of ${nodes.length} shown.` : 'Clients seen: served with affinity in the last 40 s.');
}

function newRow(rows, id) {
  const row = document.createElement('tr');
  row.dataset.id = id;
  row.setAttribute('role', 'row'); // What is laid out as blocks is no table to a screen reader unless it says so.
  for (const heading of document.querySelectorAll('#nodes thead th')) {
    const cell = document.createElement('td');
    cell.dataset.name = heading.textContent;
    cell.className = heading.className;
    cell.setAttribute('role', row.children.length === 0 ? 'rowheader' : 'cell');
    row.append(cell);
  }
  const [node, state, rate, , , , , , , actions] = row.children;
  node.append(part('span', ''));
  node.firstChild.append(part('strong', ''), part('span', 'address'));
  state.append(part('span', ''));
  state.firstChild.append(part('span', 'state'), part('span', 'detail'), part('span', 'check'));
  const spark = part('canvas', 'spark');
  spark.setAttribute('aria-hidden', 'true'); // The number beside it says what it is now.
  sight.observe(spark);
  rate.append(part('span', ''));
  rate.firstChild.append(part('span', 'value'), spark);
  const group = part('span', 'actions');
  for (const [to, action] of Object.entries(ACTIONS)) {
    const button = part('button', '');
    button.type = 'button';
    button.dataset.to = to;
    button.textContent = action.name;
    button.setAttribute('aria-label', `${action.name}: node ${id}`);
    button.addEventListener('click', () => button.ariaPressed === 'true' || change(id, to));
    group.append(button);
  }
  actions.append(group);
  rows.append(row);
  return row;
}

function part(name, className) {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

function fill(row, { node, p50Ms, p99Ms }) {
  const cells = row.children;
  set(cells[0].querySelector('strong'), node.id);
  set(cells[0].querySelector('.address'), node.url);
  const state = cells[1].querySelector('.state');
  set(state, `${STATES[node.state].sign} ${STATES[node.state].name}`);
  state.className = `state ${node.state}`;
  const detail = cells[1].querySelector('.detail');
  set(detail, left(node));
  detail.className = node.safeToStop ? 'detail safe' : 'detail';
  set(cells[1].querySelector('.check'), `Check ${CHECKED[node.checked]}: ${node.lastCheck.replace(/^failed: /, '')}`);
  set(cells[2].querySelector('.value'), `${number(node.requestsPerSecond)} /s`);
  drawSpark(cells[2].querySelector('.spark'), node);
  const values = [
    number(node.activeRequests),
    number(node.parkedPolls),
    number(node.activeTunnels),
    number(node.sessionsSeen),
    millis(p50Ms),
    millis(p99Ms),
  ];
  values.forEach((value, index) => set(cells[index + 3], value));
  for (const button of cells[9].querySelectorAll('button')) {
    button.ariaPressed = String(button.dataset.to === node.admin);
  }
}

/** What is left on a node that is to be stopped; how its checks go on any other. */
function left(node) {
  if (node.safeToStop) {
    drains.delete(node.id);
    return '✔ Safe to stop: nothing is open, and no client has come for 10 s.';
  }
  if (node.admin === 'ready' && node.state !== 'drain') {
    drains.delete(node.id);
    return '';
  }
  const open = node.activeRequests + node.activeTunnels;
  const parts = [];
  if (node.activeRequests > node.parkedPolls) {
    parts.push(count(node.activeRequests - node.parkedPolls, 'request'));
  }
  if (node.parkedPolls > 0) {
    parts.push(count(node.parkedPolls, 'poll'));
  }
  if (node.activeTunnels > 0) {
    parts.push(count(node.activeTunnels, 'WebSocket'));
  }
  if (parts.length === 0) {
    const quiet = Math.max(1, Math.ceil((10000 - Math.max(0, node.quietMs)) / 1000));
    return `Nothing is open. Safe to stop in ${quiet} s unless a client comes.`;
  }
  return `Not yet: ${parts.join(', ')} open.${estimate(node.id, open)}`;
}

function count(value, name) {
  return `${number(value)} ${name}${value === 1 ? '' : 's'}`;
}

/** By the rate at which clients have left since the drain began to be watched. */
function estimate(id, open) {
  const now = Date.now();
  const begun = drains.get(id);
  if (!begun || open > begun.open) {
    drains.set(id, { time: now, open });
    return '';
  }
  const gone = begun.open - open;
  const seconds = (now - begun.time) / 1000;
  if (gone < 2 || seconds < 10) {
    return '';
  }
  const rest = open / (gone / seconds);
  return rest < 90 ? ` About ${Math.ceil(rest)} s more at this rate.` : ` About ${Math.ceil(rest / 60)} min more at this rate.`;
}

function showSticky(now) {
  const list = by('affinity');
  const all = Object.values(now.affinity).reduce((total, value) => total + value, 0);
  Object.entries(CHOSEN_BY).forEach(([key, name], index) => {
    let row = list.children[index];
    if (!row) {
      row = document.createElement('div');
      row.append(document.createElement('dt'), document.createElement('meter'), document.createElement('dd'));
      list.append(row);
    }
    const value = now.affinity[key];
    const share = all === 0 ? 0 : value / all;
    set(row.children[0], name);
    row.children[1].value = share;
    row.children[1].setAttribute('aria-label', `${name}: ${Math.round(share * 100)} %`);
    set(row.children[2], `${number(value)} requests`);
  });
  const { url, cookie, header } = now.unknown;
  set(by('sticky-caption'), `URL and cookie disagreed ${number(now.conflicts)} times. `
    + `Unknown nodes were named by ${number(url)} URLs, ${number(cookie)} cookies and ${number(header)} headers. `
    + `${number(now.refused)} requests went to no node.`
    + (now.sessionsRemembered > 0
      ? ` The audit follows ${count(now.sessionsRemembered, 'session')}: ${number(now.sessionsAgreed)} answers and joins agreed.`
      : ''));
}

function showEvents(events) {
  const list = by('events');
  const first = events.length === 0 ? '' : events[0].time + events[0].text;
  if (list.dataset.first === first) {
    return;
  }
  list.dataset.first = first;
  const items = events.slice(0, 20).map(event => {
    const item = document.createElement('li');
    const time = document.createElement('time');
    time.dateTime = event.time;
    time.textContent = new Date(event.time).toLocaleTimeString();
    item.append(time, event.text);
    return item;
  });
  if (items.length === 0) {
    const item = document.createElement('li');
    item.textContent = 'None since the proxy started.';
    items.push(item);
  }
  list.replaceChildren(...items);
}

// Charts, each with its meaning in words beside it.

function canvas(element) {
  const ratio = window.devicePixelRatio || 1;
  const width = element.clientWidth;
  const height = element.clientHeight;
  if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
  }
  const context = element.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = '12px system-ui, sans-serif';
  return { element, context, width, height };
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const AXIS = 58;
const SPARK_SECONDS = 60;

function drawRate() {
  const { element, context, width, height } = canvas(by('rate'));
  const values = history.map(each => each.requestsPerSecond);
  const top = Math.max(5, ...values);
  const bottom = height - 18;
  context.fillStyle = colour('--quiet');
  context.textAlign = 'right';
  context.fillText(`${number(top)} /s`, AXIS - 8, 12);
  context.fillText('0 /s', AXIS - 8, bottom);
  timeAxis(context, width, height);
  context.strokeStyle = colour('--accent');
  context.lineWidth = 2;
  context.beginPath();
  values.forEach((value, index) => {
    const x = AXIS + (width - AXIS - 2) * (SECONDS - values.length + index + 1) / SECONDS;
    const y = bottom - (bottom - 6) * value / top;
    if (index === 0) {
      context.moveTo(x, y);
    } else {
      context.lineTo(x, y);
    }
  });
  context.stroke();
  const words = `Now ${number(values[values.length - 1])} requests a second, at most ${number(Math.max(...values))}.`;
  element.setAttribute('aria-label', words);
  set(by('rate-caption'), words);
}

/** With hundreds of nodes, most are not, and drawing them would cost more than all else. */
const inSight = new Set();
const sight = new IntersectionObserver(changes => changes.forEach(({ target, isIntersecting }) => {
  if (isIntersecting) {
    inSight.add(target);
  } else {
    inSight.delete(target);
  }
}));

/** Requests a second of a node in the last minute. */
function drawSpark(element, node) {
  const values = rates.get(node.id) ?? [];
  values.push(node.requestsPerSecond);
  values.splice(0, values.length - SPARK_SECONDS);
  rates.set(node.id, values);
  if (!inSight.has(element)) {
    return;
  }
  const { context, width, height } = canvas(element);
  const top = Math.max(5, ...values);
  context.fillStyle = colour('--accent');
  values.forEach((value, index) => {
    const bar = (height - 1) * value / top;
    context.fillRect(width * (SPARK_SECONDS - values.length + index) / SPARK_SECONDS, height - bar - 1, width / SPARK_SECONDS, bar + 1);
  });
}

function timeAxis(context, width, height) {
  context.textAlign = 'left';
  context.fillText('2 min ago', AXIS, height - 3);
  context.textAlign = 'right';
  context.fillText('now', width - 2, height - 3);
}

function drawHeat() {
  const { element, context, width, height } = canvas(by('heat'));
  const limits = snapshot.heatMs;
  const rows = limits.length + 1;
  const bottom = height - 18;
  const cellHeight = bottom / rows;
  const cellWidth = (width - AXIS - 2) / SECONDS;
  const most = Math.max(1, ...history.flatMap(each => each.heat));
  context.fillStyle = colour('--quiet');
  context.textAlign = 'right';
  limits.forEach((limit, index) => {
    if (index % 2 === 0) {
      context.fillText(limit < 1000 ? `${limit} ms` : `${limit / 1000} s`, AXIS - 8, bottom - cellHeight * (index + 1) + 9);
    }
  });
  timeAxis(context, width, height);
  const heat = colour('--heat');
  history.forEach((each, index) => {
    const x = AXIS + cellWidth * (SECONDS - history.length + index);
    each.heat.forEach((value, row) => {
      if (value > 0) {
        context.fillStyle = `rgba(${heat}, ${0.15 + 0.85 * Math.log1p(value) / Math.log1p(most)})`;
        context.fillRect(x, bottom - cellHeight * (row + 1), Math.max(1, cellWidth - 0.5), cellHeight - 0.5);
      }
    });
  });
  const totals = limits.concat([Infinity]).map((_, row) => history.reduce((total, each) => total + (each.heat[row] ?? 0), 0));
  const all = totals.reduce((total, value) => total + value, 0);
  const busiest = totals.indexOf(Math.max(...totals));
  const from = busiest === 0 ? 0 : limits[busiest - 1];
  const words = all === 0
    ? 'No requests were answered.'
    : `Most took ${busiest === limits.length ? `more than ${from} ms` : `${from} to ${limits[busiest]} ms`}. `
      + 'The stronger a cell, the more requests; polls and WebSockets are left out.';
  element.setAttribute('aria-label', words);
  set(by('heat-caption'), words);
}

// What can be changed.

function change(id, to) {
  const action = ACTIONS[to];
  const node = snapshot.nodes.find(each => each.node.id === id).node;
  const dialog = by('confirm');
  set(by('confirm-title'), `${action.name}: node ${id}?`);
  set(by('confirm-text'), `${action.text} Open now: ${count(node.activeRequests, 'request')} and ${count(node.activeTunnels, 'WebSocket')}.`);
  set(by('confirm-yes'), action.name);
  by('pace-label').hidden = to !== 'maint';
  by('pace').value = '';
  dialog.returnValue = 'no';
  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'yes') {
      return;
    }
    const pace = to === 'maint' ? Number.parseInt(by('pace').value, 10) : NaN;
    const response = await json('PUT', `api/nodes/${encodeURIComponent(id)}/state`,
      Number.isInteger(pace) ? { state: to, pace } : { state: to });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      connection(`Node ${id} was not changed: ${problem.detail ?? response.status}`, true);
    }
  }, { once: true });
  dialog.showModal();
}

async function explain(event) {
  event.preventDefault();
  const form = event.target.elements;
  const cookie = form.cookie.value.trim();
  const response = await json('POST', 'api/explain', {
    method: form.method.value.trim(),
    target: form.target.value.trim(),
    headers: cookie ? [{ name: 'Cookie', value: cookie }] : [],
  });
  const answer = await response.json();
  const target = by('explanation');
  if (!response.ok) {
    target.textContent = answer.detail ?? 'It cannot be explained.';
    return;
  }
  const result = document.createElement('p');
  const strong = document.createElement('strong');
  strong.textContent = {
    forward: `To node ${answer.node}, chosen by ${CHOSEN_BY[answer.by]}.`,
    'node-down': `503: node ${answer.node} is not available, and the client is told.`,
    'unknown-node': '404: the URL names a node that is not known.',
    'no-node': '503: nobody can serve it.',
  }[answer.outcome];
  result.append(strong);
  const steps = document.createElement('ol');
  for (const step of answer.steps) {
    const item = document.createElement('li');
    const rule = document.createElement('code');
    rule.textContent = `${step.rule} `;
    item.append(rule, step.text);
    steps.append(item);
  }
  target.replaceChildren(result, steps);
}

by('filter').addEventListener('input', () => snapshot && showNodes(snapshot.nodes));
by('explain').addEventListener('submit', explain);
window.addEventListener('resize', () => {
  if (snapshot) {
    drawRate();
    drawHeat();
  }
});
follow();
