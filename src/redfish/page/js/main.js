// The page: login, then live.

import * as charts from "./charts.js";
import { byId, say, span } from "./dom.js";
import * as limit from "./limit.js";
import * as log from "./log.js";
import * as redfish from "./redfish.js";
import * as replay from "./replay.js";
import * as shelf from "./shelf.js";
import * as state from "./state.js";
import { follow } from "./stream.js";

const SUBSYSTEM = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem?$expand=.($levels=2)";
const MANAGER = "/redfish/v1/Managers/Gateway";
const ENTRIES = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
const REPORT = "/redfish/v1/TelemetryService/MetricReportDefinitions/All";
const FILTER = `EventFormatType eq 'Event' or MetricReportDefinition eq '${REPORT}'`;
const STREAM = `/redfish/v1/EventService/SSE?$filter=${encodeURIComponent(FILTER)}`;
// What the stream does not tell is read again: soon after an event, and from time to time.
const SOON_MS = 150;
const AGAIN_MS = 5000;
// Without a report for so long, and for three times as long as between the last two, what is shown is not of now.
const OLD_MS = 10000;

let live = null;
let soon = null;
let logged = false;
let linked = false;
let reported = 0;
let period = 0;

function show(page) {
  byId("login").hidden = page !== "login";
  byId("board").hidden = page !== "board";
  byId("logout").hidden = page !== "board";
}

async function read() {
  const [manager, subsystem] = await Promise.all([redfish.get(MANAGER), redfish.get(SUBSYSTEM)]);
  const { DPOGateway: gateway } = manager.body.Oem;
  state.show(gateway, manager.body.DateTime);
  limit.show(gateway);
  shelf.devices(subsystem.body);
}

/** Reads again what the stream does not tell; several reasons at once make one read. */
function readSoon(after = SOON_MS) {
  clearTimeout(soon);
  soon = setTimeout(async () => {
    if (!live) return;
    try {
      await read();
    } catch (error) {
      // Without a connection the stream says so.
      if (error.status === 401) end("The session has ended.");
    }
    if (live) readSoon(AGAIN_MS);
  }, after);
}

function record(body) {
  if (body.MetricValues) {
    const values = new Map(body.MetricValues.map((one) => [one.MetricId, Number(one.MetricValue)]));
    const now = performance.now();
    [period, reported] = [now - reported, now];
    charts.push(Date.parse(body.Timestamp) / 1000, values);
    shelf.readings(values);
    limit.readings(values);
    tell(`Live, as ${redfish.user()}`);
  }
  for (const event of body.Events ?? []) log.event(event, body.Id.split("-")[0]);
  if (body.Events) readSoon();
}

/** Says whether what is shown is of now; if not, readings are taken away: nobody is to act on old ones. */
function tell(text, old = false) {
  const before = byId("link").className;
  byId("link").className = old ? "error" : "";
  say(byId("link"), text);
  if (!old || before) return;
  charts.gap();
  shelf.readings(new Map());
  limit.readings(new Map());
}

function tick() {
  state.tick();
  const age = performance.now() - reported;
  if (linked && age > Math.max(OLD_MS, 3 * period)) tell("\u25A0 The gateway sends no new readings", true);
}

function link(up, wait) {
  linked = up;
  if (!up) {
    tell(`\u25A0 Connection lost; next try in ${span(wait / 1000)}`, true);
    return;
  }
  [period, reported] = [0, performance.now()];
  readSoon(0);
  // Once, and only now: between a read before and the stream an event could be lost. Later the stream tells what was missed.
  if (!logged) {
    logged = true;
    redfish.get(ENTRIES).then(({ body }) => log.entries(body), () => (logged = false));
  }
}

async function begin() {
  const control = new AbortController();
  live = control;
  try {
    logged = false;
    await read();
    show("board");
    await follow(STREAM, { signal: control.signal, record, link });
  } catch (error) {
    if (live === control) end(error.message);
  }
}

/** Back to the login. */
function end(message) {
  live?.abort();
  live = null;
  linked = false;
  clearTimeout(soon);
  byId("replay").close();
  redfish.forget();
  show("login");
  byId("link").className = "";
  say(byId("link"), "Not connected");
  byId("login-error").textContent = message;
  byId("user").focus();
}

byId("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  byId("login-error").textContent = "";
  try {
    await redfish.login(form.user.value, form.password.value);
    form.reset();
  } catch (error) {
    byId("login-error").textContent = error.status === 401 ? "User or password is wrong." : error.message;
    form.password.focus();
    return;
  }
  byId("main").focus();
  begin();
});

byId("logout").addEventListener("click", async () => {
  const ended = redfish.logout();
  end("");
  try {
    await ended;
  } catch {
    byId("login-error").textContent = "The gateway was not reached: the session ends there when it times out.";
  }
});

charts.start();
replay.start();
limit.start(() => readSoon(0));
setInterval(tick, 1000);
if (redfish.loggedIn()) begin();
else show("login");
