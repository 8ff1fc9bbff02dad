// The Redfish client of the page: session, reads, writes.

const SESSIONS = "/redfish/v1/SessionService/Sessions";
const KEY = "dpo-session";

// Of this tab alone, and gone with it.
let session = JSON.parse(sessionStorage.getItem(KEY) ?? "null");

/** An answer that is an error, with the message of the service. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const user = () => session?.user;
export const loggedIn = () => session !== null;

/** Headers that prove the session. */
export const credentials = () => ({ "X-Auth-Token": session?.token ?? "" });

/** One request. "omit": else the browser would ask for a password by itself when a session has ended. */
export function send(path, options = {}) {
  return fetch(path, { credentials: "omit", cache: "no-store", ...options });
}

async function refusal(answer) {
  let message = `The service answered ${answer.status}.`;
  try {
    const info = (await answer.json()).error["@Message.ExtendedInfo"];
    message = info.map((one) => one.Message).join(" ") || message;
  } catch {
    // No message in it: the status has to do.
  }
  return new Refused(answer.status, message);
}

export async function login(name, password) {
  const body = JSON.stringify({ UserName: name, Password: password });
  const answer = await send(SESSIONS, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) throw await refusal(answer);
  const uri = new URL(answer.headers.get("Location"), location.href).pathname;
  session = { user: name, token: answer.headers.get("X-Auth-Token"), uri };
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

/** Forgets the session here. */
export function forget() {
  session = null;
  sessionStorage.removeItem(KEY);
}

/** Ends the session at the service, too. */
export async function logout() {
  const { uri } = session;
  const headers = credentials();
  forget();
  await send(uri, { method: "DELETE", headers });
}

/** A resource and its entity tag. */
export async function get(path) {
  const answer = await send(path, { headers: credentials() });
  if (!answer.ok) throw await refusal(answer);
  return { body: await answer.json(), etag: answer.headers.get("ETag") };
}

/** The text of an attachment. */
export async function text(path, type) {
  const answer = await send(path, { headers: { ...credentials(), Accept: type } });
  if (!answer.ok) throw await refusal(answer);
  return answer.text();
}

/** Changes a resource, unless it has changed since `etag`. */
export async function patch(path, body, etag) {
  const headers = { ...credentials(), "Content-Type": "application/json", "If-Match": etag };
  const answer = await send(path, { method: "PATCH", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw await refusal(answer);
  return { body: await answer.json(), etag: answer.headers.get("ETag") };
}
