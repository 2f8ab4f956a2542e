// What both pages say of the session: a line that tells how it stands, and a notice when it is over.

const TRANSPORTS = { websocket: "WebSocket", "long-polling": "long-polling" };

const status = document.getElementById("status");
const notice = document.getElementById("notice");

export function showConnecting() {
  show("connecting", "Connecting …");
}

export function showConnected(transport, node, token) {
  show("connected", `Connected by ${TRANSPORTS[transport]}`, node, `session ${spaced(token)}`);
}

export function showInterrupted() {
  show("connecting", "Connection lost, trying again …");
}

/** Says that it is over, why, and what the user can do. */
export function showOver(title, text) {
  show("over", "Not connected");
  notice.querySelector("h2").textContent = title;
  notice.querySelector("p").textContent = text;
  notice.hidden = false;
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
