// The control page of the demo: shows the nodes each second, and kills them and starts them again.

const GAP_MILLIS = 1_000;

const status = document.getElementById("status");
const message = document.getElementById("message");
const main = document.getElementById("nodes");
const template = document.querySelector("template");
const cards = new Map();

async function call(method, path) {
  const response = await fetch(path, { method });
  if (!response.ok) {
    throw new Error(`${method} ${path} is answered with ${response.status}.`);
  }
  show(await response.json());
}

function show({ customer, nodes }) {
  document.getElementById("customer").href = customer;
  nodes.forEach(showNode);
  const running = nodes.filter((node) => node.running).length;
  status.textContent = `${running} of ${nodes.length} nodes run`;
  status.dataset.state = running === nodes.length ? "connected" : "connecting";
}

function showNode(node) {
  const card = cards.get(node.id) ?? addCard(node);
  const put = (selector, text) => (card.querySelector(selector).textContent = text);
  card.dataset.running = node.running;
  put(".running", node.running ? "runs" : "killed");
  put(".proxy", node.proxy ?? "no answer");
  put(".sessions", node.running ? node.sessions : "lost");
  put(".users", node.running ? `${node.customers}, ${node.agents}` : "–");
  put("button", `${node.running ? "Kill" : "Start"} ${node.name}`);
}

function addCard({ id, name }) {
  main.append(template.content.cloneNode(true));
  const card = main.lastElementChild;
  card.querySelector("h2").textContent = name;
  card.querySelector("button").addEventListener("click", () => change(card, id));
  cards.set(id, card);
  return card;
}

async function change(card, id) {
  try {
    await call("PUT", `nodes/${id}/${card.dataset.running === "true" ? "killed" : "running"}`);
    message.hidden = true;
  } catch (problem) {
    message.textContent = problem.message;
    message.hidden = false;
  }
}

async function watch() {
  try {
    await call("GET", "nodes");
  } catch {
    status.textContent = "The demo does not answer";
    status.dataset.state = "over";
  }
  setTimeout(watch, GAP_MILLIS);
}

watch();
