// The customer's page: shares the form, the drawing and the mouse with the agent, and shows the agent's pointer.

import { read, showSum } from "./form.js";
import { Outbox } from "./outbox.js";
import { Pad } from "./pad.js";
import { locate, Pointer } from "./pointer.js";
import { createSession } from "./rest.js";
import { AGENT, CUSTOMER, DOM, POINTER, Session } from "./session.js";
import { hideNotice, showConnected, showConnecting, showInterrupted, showOver, showServing, spaced } from "./view.js";

const stage = document.getElementById("stage");
const form = stage.querySelector("form");
const sharing = document.getElementById("sharing");
/** The URL of the nodes: this page's own, unless a copy on another site names another one. */
const serverUrl = new URLSearchParams(location.search).get("server") ?? location.origin;
const pad = new Pad(stage.querySelector("canvas"));
const pointer = new Pointer(stage, "Agent");

let session = null;
/** Null while there is no agent. */
let outbox = null;
/** The position of the customer's mouse; null if it is not on the page. */
let place = null;
/** Counts the messages to the agent. */
let number = 0;

/** Starts a session. It is created over REST first, so that the cookie is there before CometD connects. */
async function start() {
  hideNotice();
  showConnecting();
  try {
    const { sessionToken: token, sessionServerName: node } = await createSession(serverUrl);
    showToken(token);
    join(token, node);
  } catch (problem) {
    over(problem);
  }
}

function join(token, node) {
  let clicks = 0;
  session = new Session({
    serverUrl,
    token,
    role: CUSTOMER,
    name: "Customer",
    transport: new URLSearchParams(location.search).get("transport"),
    listener: {
      connected: (transport) => {
        showConnected(transport, node, "cookie", token);
        showServing(serverUrl, node, "cookie");
        if (outbox) {
          share(); // Anew, as what was on its way may be lost.
        }
      },
      interrupted: showInterrupted,
      joined: (user) => user.role === AGENT && share(),
      received: (channel, data) => {
        if (channel === POINTER) {
          pointer.move(data.place);
          if (data.clicks > clicks) {
            pointer.ping();
          }
          clicks = data.clicks;
        }
      },
      over,
    },
  });
}

/** Called when the agent has joined: sends everything, and from now on all changes. */
function share() {
  outbox = new Outbox(
    (changes) => ({
      number: ++number,
      fields: changes.has("fields") ? read(form) : undefined,
      focus: form.contains(document.activeElement) ? document.activeElement.name : undefined,
      drawing: changes.has("drawing") ? pad.take() : undefined,
      place,
    }),
    (message, sent) => session?.publish(DOM, message, sent),
  );
  pad.rewind();
  outbox.changed("fields", "drawing");
  showSharing("The agent is with you and sees this page.");
}

function over(problem) {
  session = null;
  outbox = null;
  pointer.move(null);
  sharing.hidden = true;
  showOver(
    problem ? "Your session has ended" : "The session has ended",
    `${problem?.message ?? "Nobody sees your page any more."} What you have filled in is still here.`,
    problem,
  );
}

function showToken(token) {
  document.getElementById("token").textContent = spaced(token);
  for (const link of sharing.querySelectorAll("a")) {
    link.search = new URLSearchParams({ by: link.dataset.by, token });
  }
  showSharing("Tell the agent this number. Nobody sees your page yet.");
  sharing.hidden = false;
}

function showSharing(text) {
  document.getElementById("sharing-text").textContent = text;
}

function changed(...names) {
  outbox?.changed(...names);
}

form.addEventListener("input", () => {
  showSum(form);
  changed("fields");
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("focusin", () => changed("focus"));
form.addEventListener("focusout", () => changed("focus"));
stage.addEventListener("pointermove", (event) => {
  place = locate(stage, event);
  changed("place");
});
stage.addEventListener("pointerleave", () => {
  place = null;
  changed("place");
});
pad.enable(() => changed("drawing"));
document.getElementById("clear").addEventListener("click", () => {
  pad.clear();
  changed("drawing");
});
document.getElementById("stop").addEventListener("click", () => session?.leave());
document.getElementById("again").addEventListener("click", start);
window.addEventListener("pagehide", () => session?.leave());

showSum(form);
start();
