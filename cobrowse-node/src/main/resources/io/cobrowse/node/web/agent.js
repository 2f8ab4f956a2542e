// The agent's page: mirrors the customer's and shows the agent's pointer there.

import { mark, write } from "./form.js";
import { pointByKeys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Pad } from "./pad.js";
import { locate, Pointer } from "./pointer.js";
import { at, lookUp, Problem } from "./rest.js";
import { AGENT, DOM, POINTER, Session } from "./session.js";
import { showConnected, showConnecting, showInterrupted, showOver, showServing } from "./view.js";

const query = new URLSearchParams(location.search);
const by = query.get("by") === "url" ? "url" : "cookie";
const token = query.get("token")?.replace(/\s/g, "");
const mirror = document.getElementById("mirror");

/** Asks any node who owns the session, and sticks to that node: by its URL, or by the cookie, before CometD connects. */
async function stickToOwner() {
  const owner = await lookUp(location.origin, token);
  if (by === "url") {
    return { node: owner.sessionServerName, serverUrl: ownUrl(owner) };
  }
  document.cookie = `gcbSessionServer=${owner.sessionServerName}; path=/`;
  return { node: owner.sessionServerName, serverUrl: location.origin };
}

function ownUrl({ sessionServerName: node, sessionServerUrl: url }) {
  if (!url) {
    throw new Problem("no-server-url", `${node} has no server URL. Join by cookie instead.`);
  }
  if (new URL(url).origin !== location.origin) {
    throw new Problem("other-origin", `The server URL of ${node} is ${url}. Open this page there.`);
  }
  return url;
}

/** Copies the form from the customer's page, for display only. */
async function loadStage(serverUrl) {
  const response = await fetch(at(serverUrl, "/cobrowse/demo/customer.html"));
  if (!response.ok) {
    throw new Problem("failed", `The customer's page cannot be loaded: the server answers ${response.status}.`);
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const stage = document.importNode(page.getElementById("stage"), true);
  for (const field of stage.querySelector("form").elements) {
    field.tabIndex = -1;
  }
  stage.querySelector("canvas").tabIndex = -1;
  mirror.replaceChildren(stage);
  return stage;
}

async function open() {
  showConnecting();
  try {
    const { node, serverUrl } = await stickToOwner();
    const stage = await loadStage(serverUrl);
    join(serverUrl, node, stage);
  } catch (problem) {
    over(problem);
  }
}

function join(serverUrl, node, stage) {
  const show = shower(stage);
  const session = new Session({
    serverUrl,
    token,
    role: AGENT,
    name: "Agent",
    transport: query.get("transport"),
    listener: {
      connected: (transport) => {
        showConnected(transport, node, by, token);
        showServing(serverUrl, node, by);
      },
      interrupted: showInterrupted,
      joined: () => {},
      received: (channel, data) => channel === DOM && show(data),
      over,
    },
  });
  point(stage, session);
  document.getElementById("leave").addEventListener("click", () => session.leave());
  window.addEventListener("pagehide", () => session.leave());
  document.getElementById("session").hidden = false;
}

/** Shows the customer's changes. Over long-polling, messages may arrive out of order; an older one does not undo a newer one. */
function shower(stage) {
  const form = stage.querySelector("form");
  const pad = new Pad(stage.querySelector("canvas"));
  const pointer = new Pointer(stage, "Customer");
  const newest = { fields: 0, place: 0 };
  return ({ number, fields, focus, drawing, place }) => {
    if (fields && number > newest.fields) {
      newest.fields = number;
      write(form, fields);
    }
    if (drawing) {
      pad.apply(drawing);
    }
    if (number > newest.place) {
      newest.place = number;
      mark(form, focus);
      pointer.move(place);
    }
  };
}

/** Sends the position of the agent's mouse over the mirror, and its clicks. */
function point(stage, session) {
  let place = null;
  let clicks = 0;
  const outbox = new Outbox(
    () => ({ place, clicks }),
    (message, sent) => session.publish(POINTER, message, sent),
  );
  const move = (event) => {
    place = locate(stage, event);
    outbox.changed("place");
  };
  mirror.addEventListener("pointermove", move);
  mirror.addEventListener("pointerdown", (event) => {
    clicks++;
    move(event);
  });
  const leave = () => {
    place = null;
    outbox.changed("place");
  };
  mirror.addEventListener("pointerleave", leave);
  pointByKeys(mirror, stage, { moved: move, clicked: () => clicks++, left: leave });
}

function over(problem) {
  const gone = problem === null || problem.type === "node-down";
  mirror.classList.add("over");
  document.getElementById("session").hidden = true;
  showOver(
    gone ? "The session has ended" : "The session is not available",
    `${problem?.message ?? ""} ${gone ? "Ask the customer for the number of the new one." : ""}`.trim(),
    problem,
  );
}

const ask = document.getElementById("ask");
ask.elements.by.value = by;
if (token) {
  ask.hidden = true;
  open();
}
