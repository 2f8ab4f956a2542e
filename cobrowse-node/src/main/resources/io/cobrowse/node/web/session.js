// One user's part in a session: CometD over WebSocket, or over long-polling where WebSocket does not get through.

import { CometD } from "./cometd/Client.js";
import { at, lookUp, Problem, whoServes } from "./rest.js";

export const CUSTOMER = 1;
export const AGENT = 2;
/** The customer's changes, to the agent. */
export const DOM = "dom";
/** The agent's pointer, to the customer. */
export const POINTER = "pointer";

/** After these problems, the session is lost; any other may pass. */
const FATAL = new Set(["node-down", "unknown-node", "unknown-session"]);
const WEBSOCKET_LIMIT_MILLIS = 5_000;
/** As in the node. */
const MAX_MESSAGE_BYTES = 1_048_576;

/**
 * Joins at once, and notifies its listener:
 *
 * - `connected(transport)`: `websocket` or `long-polling`, now and whenever the connection is restored
 * - `interrupted()`: the connection is lost, and CometD tries to restore it
 * - `joined(user)`: a user is in the session, `{userId, role, name}`; called for all other users, now or later
 * - `received(channel, data)`: an event of the partner
 * - `over(problem)`: the session is over, `null` if a user ended it; no calls follow
 */
export class Session {
  #cometd = new CometD();
  #serverUrl;
  #token;
  #listener;
  #userToken = null;
  #transport = null;
  #over = false;

  constructor({ serverUrl, token, role, name, transport, listener }) {
    this.#serverUrl = serverUrl;
    this.#token = token;
    this.#listener = listener;
    this.#cometd.unregisterTransport("callback-polling");
    if (transport === "long-polling") {
      this.#cometd.unregisterTransport("websocket");
    }
    const url = at(serverUrl, "/cobrowse/cometd");
    this.#cometd.configure({
      url,
      appendMessageTypeToURL: !url.includes("?"),
      connectTimeout: WEBSOCKET_LIMIT_MILLIS,
      maxSendBayeuxMessageSize: MAX_MESSAGE_BYTES,
      useWorkerScheduler: false, // Its worker is a blob, which the page's policy forbids.
      logLevel: "warn",
    });
    this.#cometd.addListener("/meta/handshake", (message) => this.#handshaken(message, { token, role, name }));
    this.#cometd.addListener("/meta/connect", (message) => this.#connected(message));
    this.#cometd.addListener("/meta/disconnect", () => this.#interrupted());
    this.#cometd.addListener("/service/session/*", (message) => this.#received(message));
    this.#cometd.handshake();
  }

  /** Sends an event; `sent` is called when it has reached the node, or failed to. */
  publish(channel, data, sent) {
    this.#cometd.publish(`/service/session/${channel}`, data, sent);
  }

  /** Leaves, which ends the session for everybody. */
  leave() {
    if (!this.#over) {
      this.publish("exit", { userToken: this.#userToken });
      this.#end(null);
    }
  }

  #handshaken(message, user) {
    if (!message.successful) {
      this.#interrupted(message.failure);
    } else if (this.#userToken) {
      // The node has forgotten this client, or is another one.
      this.#end(new Problem("unknown-session", "The session is lost: its node no longer knows it."));
    } else {
      this.publish("join", { sessionToken: user.token, role: user.role, name: user.name });
    }
  }

  #connected(message) {
    if (!message.successful) {
      this.#interrupted(message.failure);
      return;
    }
    const transport = this.#cometd.getTransport().type;
    if (transport !== this.#transport && !this.#over) {
      this.#transport = transport;
      this.#listener.connected(transport);
    }
  }

  /**
   * CometD tries again by itself. The proxy's 503 to a poll says whether that makes sense. A page cannot read the answer to a
   * WebSocket, so this sends a request that sticks like the session. If the cookie has been expired by then, any node answers,
   * and does not know the session.
   */
  async #interrupted(failure) {
    if (this.#over) {
      return;
    }
    if (this.#transport) {
      this.#transport = null;
      this.#listener.interrupted();
    }
    try {
      const told = answered(failure);
      if (told && FATAL.has(told.type)) {
        throw told;
      }
      await whoServes(this.#serverUrl);
      await lookUp(this.#serverUrl, this.#token);
    } catch (problem) {
      if (FATAL.has(problem.type)) {
        this.#end(problem);
      }
    }
  }

  #received({ channel: path, data }) {
    const channel = path.split("/").at(-1);
    if (this.#over || !data) {
      return;
    }
    if (channel === "join") {
      this.#joined(data);
    } else if (channel === "joined") {
      this.#listener.joined(data);
    } else if (channel === "deactivated") {
      this.#end(null);
    } else if (!data.error) {
      this.#listener.received(channel, data);
    }
  }

  #joined(answer) {
    if (answer.error) {
      this.#end(new Problem(answer.error, answer.message));
    } else {
      this.#userToken = answer.userToken;
      answer.users.forEach((user) => this.#listener.joined(user));
    }
  }

  #end(problem) {
    if (!this.#over) {
      this.#over = true;
      const transport = this.#cometd.getTransport();
      this.#cometd.disconnect();
      if (transport?.type === "websocket") {
        transport.abort(); // What was sent still gets there; else the socket may stay open, in the browser's page cache, too.
      }
      this.#listener.over(problem);
    }
  }
}

/** Returns the problem in the answer to a failed poll; null if there is none. */
function answered(failure) {
  const request = failure?.transport;
  if (!(request instanceof XMLHttpRequest) || request.status < 400) {
    return null;
  }
  try {
    return Problem.of(request.status, JSON.parse(request.responseText));
  } catch {
    return null;
  }
}
