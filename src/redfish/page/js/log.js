// The events, newest first.

import { byId, health, instant, make, say } from "./dom.js";
import * as replay from "./replay.js";

const MOST = 200;
let newest = -1;
// The run of the gateway that numbers them; another one begins anew.
let numbered = null;

/** A button that opens the recording of a grid event. */
function recording(uri) {
  const button = make("button", "quiet", "Replay");
  button.type = "button";
  button.addEventListener("click", async () => {
    try {
      await replay.open(uri);
    } catch (error) {
      say(button, error.message);
      button.disabled = true;
    }
  });
  return button;
}

function line(time, severity, text, id, uri) {
  const [kind, word] = health(severity);
  const node = make("li", kind);
  const at = make("time", "", instant(time));
  at.dateTime = time;
  node.append(make("b", "", word), at, make("span", "text", text));
  if (id.endsWith(".GridEvent")) node.append(recording(uri));
  return node;
}

function add(node) {
  const list = byId("log");
  list.prepend(node);
  while (list.children.length > MOST) list.lastChild.remove();
  byId("events-none").hidden = true;
}

/** Adds an event of the stream; one that the list has already is passed over. */
export function event(record, run) {
  if (run !== numbered) [numbered, newest] = [run, numbered === null ? newest : -1];
  const number = Number(record.EventId);
  if (number <= newest) return;
  if (Number.isFinite(number)) newest = number;
  add(line(record.EventTimestamp, record.MessageSeverity, record.Message, record.MessageId,
    record.LogEntry?.["@odata.id"]));
}

/** Shows the log of the gateway in place of what is shown. */
export function entries(collection) {
  byId("log").replaceChildren();
  newest = -1;
  for (const one of collection.Members) {
    newest = Number(one.Id);
    add(line(one.Created, one.Severity, one.Message, one.MessageId, one["@odata.id"]));
  }
}
