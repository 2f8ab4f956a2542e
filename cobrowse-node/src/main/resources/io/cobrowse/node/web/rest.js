// Sessions over REST, and the reasons in answers that are errors.

const SESSIONS = "/cobrowse/rest/live/sessions";
const LIMIT_MILLIS = 10_000;

/**
 * An error, in words for the user. The type is `node-down`, `unknown-session`, `unreachable` ...; the
 * status is that of the answer, if there was one.
 */
export class Problem extends Error {
  constructor(type, message, status) {
    super(message);
    this.type = type;
    this.status = status;
  }

  /** Returns the error in an answer: the proxy's problem documents have a type and a detail, a node's refusals an error and a message. */
  static of(status, answer) {
    const type = answer?.type?.split(":").at(-1) ?? answer?.error ?? "failed";
    return new Problem(type, answer?.detail ?? answer?.message ?? `The server answers ${status}.`, status);
  }
}

/** Returns the URL of a path at a server URL: inserts the path, and keeps the query. */
export function at(serverUrl, path) {
  const url = new URL(serverUrl);
  url.pathname = path;
  return url.href;
}

/** Creates a session on any node, whose cookie the answer sets: `{sessionToken, sessionServerName}`. */
export function createSession(serverUrl) {
  return call("POST", at(serverUrl, SESSIONS));
}

/** Asks a node who owns a session: `{sessionToken, sessionServerName, sessionServerUrl}`, the last only if the owner has one. */
export function lookUp(serverUrl, token) {
  return call("GET", at(serverUrl, `${SESSIONS}/${encodeURIComponent(token)}`));
}

/**
 * Returns which node answers at a server URL now, `{node, by}`, from a request that sticks like all others of the session;
 * `by` is what chose the node, `url` or `cookie`, or null if the proxy does not say. If the node is gone, throws the problem
 * from the proxy's answer.
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

/** Sends a request with the cookies, even from another site's page; throws an error for any answer that is not a success. */
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
