// Sessions over REST, and what an answer says when something is wrong.

const SESSIONS = "/cobrowse/rest/live/sessions";
const LIMIT_MILLIS = 10_000;

/** Something that went wrong, told in words for the user. The type is `node-down`, `unknown-session`, `unreachable` ... */
export class Problem extends Error {
  constructor(type, message) {
    super(message);
    this.type = type;
  }
}

/** The address of a path at a server URL: the path is put in, the query stays. */
export function at(serverUrl, path) {
  const url = new URL(serverUrl);
  url.pathname = path;
  return url.href;
}

/** Creates a session on any node, whose cookie the answer sets: `{sessionToken, sessionServerName}`. */
export function createSession() {
  return call("POST", at(location.origin, SESSIONS));
}

/** Asks a node who owns a session: `{sessionToken, sessionServerName, sessionServerUrl}`, the last where the owner has one. */
export function lookUp(serverUrl, token) {
  return call("GET", at(serverUrl, `${SESSIONS}/${encodeURIComponent(token)}`));
}

async function call(method, url) {
  let response;
  try {
    response = await fetch(url, { method, cache: "no-store", signal: AbortSignal.timeout(LIMIT_MILLIS) });
  } catch {
    throw new Problem("unreachable", "The server does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    // The proxy's problem documents have a type and a detail, a node's refusals an error and a message.
    const type = answer.type?.split(":").at(-1) ?? answer.error ?? "failed";
    throw new Problem(type, answer.detail ?? answer.message ?? `The server answers ${response.status}.`);
  }
  return answer;
}
