// Server-sent events over fetch: EventSource cannot send the header that carries the token of a session.

import { Refused, credentials, send } from "./redfish.js";

const SHORTEST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
// The service speaks every 15 s, if only by a comment.
const LONGEST_SILENCE_MS = 45000;
const LARGEST_RECORD = 4 << 20;

/** Cuts a text that comes in pieces into records of `id` and `data` (HTML standard, "Server-sent events"). */
export class Parser {
  #rest = "";
  #data = [];
  #id = null;

  *feed(text) {
    this.#rest += text;
    if (this.#rest.length > LARGEST_RECORD) throw new Error("a record of the event stream is too long");
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) yield { id: this.#id, data: this.#data.join("\n") };
        this.#data = [];
        continue;
      }
      const [, name, value] = /^([^:]*):? ?([^]*)$/.exec(line);
      if (name === "data") this.#data.push(value);
      if (name === "id") this.#id = value;
    }
  }
}

/**
 * Follows a stream until `signal` ends it; comes back by itself after a loss, with the last identifier.
 * @throws {Refused} if the session is not valid any more.
 */
export async function follow(path, { signal, record, link }) {
  let last = null;
  let wait = SHORTEST_WAIT_MS;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort);
    let silence = setTimeout(abort, LONGEST_SILENCE_MS);
    try {
      const headers = { ...credentials(), Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
      const answer = await send(path, { headers, signal: attempt.signal });
      if (answer.status === 401 || answer.status === 403) throw new Refused(answer.status, "The session has ended.");
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      link(true);
      const parser = new Parser();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        wait = SHORTEST_WAIT_MS;
        clearTimeout(silence);
        silence = setTimeout(abort, LONGEST_SILENCE_MS);
        for (const one of parser.feed(value)) {
          last = one.id ?? last;
          record(JSON.parse(one.data));
        }
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", abort);
      attempt.abort();
    }
    if (signal.aborted) return;
    link(false, wait);
    // Not all pages at the same instant after a restart of the gateway.
    await new Promise((done) => setTimeout(done, wait * (0.75 + Math.random() / 2)));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}
