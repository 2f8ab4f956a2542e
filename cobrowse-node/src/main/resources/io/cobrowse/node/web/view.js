// What both pages show of the session: a status line, the node and why it was chosen, and a notice when it is over.

import { whoServes } from "./rest.js";

/** The sources that choose a node, in the words of the proxy's `Sticky-Route` and in words for people. */
const WAYS = { cookie: "cookie", url: "URL", none: "the balancer" };
const TRANSPORTS = { websocket: "WebSocket", "long-polling": "long-polling" };

const status = document.getElementById("status");
const notice = document.getElementById("notice");
const node = document.getElementById("node");

export function showConnecting() {
  show("connecting", "Connecting …");
}

export function showConnected(transport, owner, way, token) {
  show("connected", `Connected by ${TRANSPORTS[transport]}`, `${owner} by ${WAYS[way]}`, `session ${spaced(token)}`);
}

export function showInterrupted() {
  show("connecting", "Connection lost, trying again …");
}

/**
 * Shows which node serves the requests to a server URL now, and what chose it, according to the answer to one of them. If the
 * answer does not say, the expected values are shown: the owner, by `cookie` or by `url`.
 */
export async function showServing(serverUrl, owner, way) {
  const serving = await whoServes(serverUrl).catch(() => null);
  if (serving && status.dataset.state === "connected") {
    const by = serving.by ?? way;
    const value = { cookie: `gcbSessionServer=${owner}`, url: new URL(serverUrl).search }[by] ?? "";
    node.querySelector(".name").textContent = serving.node ?? owner;
    node.querySelector(".by").textContent = `${WAYS[by] ?? by} ${value}`;
    node.hidden = false;
  }
}

/** Shows that the session is over, why, and what the user can do; and the answer that ended it, if there was one. */
export function showOver(title, text, problem) {
  show("over", "Not connected");
  notice.querySelector("h2").textContent = title;
  notice.querySelector("p").textContent = text;
  notice.querySelector(".answer").textContent = problem?.status ? `The answer was ${problem.status} ${problem.type}.` : "";
  notice.hidden = false;
  node.hidden = true;
}

export function hideNotice() {
  notice.hidden = true;
}

/** A token in groups of three digits, for people. */
export function spaced(token) {
  return token.replace(/(\d{3})(?=\d)/g, "$1 ");
}

function show(state, ...texts) {
  status.dataset.state = state;
  status.replaceChildren(...texts.map(span));
}

function span(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}
