// Sessions over REST, and what an answer says when something is wrong.

const SESSIONS = "/cobrowse/rest/live/sessions";
const LIMIT_MILLIS = 10_000;

/**
 * Something that went wrong, told in words for the user. The type is `node-down`, `unknown-session`, `unreachable` ...; the
 * status is that of the answer that said so, where there was one.
 */
export class Problem extends Error {
  constructor(type, message, status) {
    super(message);
    this.type = type;
    this.status = status;
  }

  /** What an answer says: the proxy's problem documents have a type and a detail, a node's refusals an error and a message. */
  static of(status, answer) {
    const type = answer?.type?.split(":").at(-1) ?? answer?.error ?? "failed";
    return new Problem(type, answer?.detail ?? answer?.message ?? `The server answers ${status}.`, status);
  }
}

/** The address of a path at a server URL: the path is put in, the query stays. */
export function at(serverUrl, path) {
  const url = new URL(serverUrl);
  url.pathname = path;
  return url.href;
}

/** Creates a session on any node, whose cookie the answer sets: `{sessionToken, sessionServerName}`. */
export function createSession(serverUrl) {
  return call("POST", at(serverUrl, SESSIONS));
}

/** Asks a node who owns a session: `{sessionToken, sessionServerName, sessionServerUrl}`, the last where the owner has one. */
export function lookUp(serverUrl, token) {
  return call("GET", at(serverUrl, `${SESSIONS}/${encodeURIComponent(token)}`));
}

/**
 * Who answers at a server URL now, `{node, by}`, by way of a request that sticks as all others of the session do; `by` is
 * what chose the node, `url` or `cookie`, null where the proxy does not say. The problem that the proxy answers with where the
 * node is gone is thrown.
 */
export async function whoServes(serverUrl) {
  const response = await send("GET", at(serverUrl, "/cobrowse/health"));
  return {
    node: response.headers.get("X-Cobrowse-Node"),
    by: /by=(\w+)/.exec(response.headers.get("Sticky-Route"))?.[1] ?? null,
  };
}

async function call(method, url) {
  const response = await send(method, url);
  return response.json().catch(() => ({}));
}

/** Sends a request with the cookies, also where the page is another site's, and throws what is not a good answer. */
async function send(method, url) {
  let response;
  try {
    response = await fetch(url, {
      method,
      credentials: "include",
      cache: "no-store",
      signal: AbortSignal.timeout(LIMIT_MILLIS),
    });
  } catch {
    throw new Problem("unreachable", "The server does not answer.");
  }
  if (!response.ok) {
    throw Problem.of(response.status, await response.json().catch(() => null));
  }
  return response;
}
