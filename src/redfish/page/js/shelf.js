// The shelf as tiles: a PSU or BBU each, with status, power or charge, and alarms.

import { byId, health, make, quantity, say } from "./dom.js";

// A pack with less than this at its terminals does nothing, in W.
const IDLE_W = 5;
const tiles = new Map();
let newest = new Map();

function tile(device, list) {
  let made = tiles.get(device.Id);
  if (made) return made;
  made = { node: make("li"), battery: list.id === "bbus", parts: {} };
  const title = make("h4", "", device.Name);
  const add = (name, tag, className = name) => (made.parts[name] = make(tag, className));
  title.append(add("status", "span"));
  made.node.append(title, add("main", "p"));
  if (made.battery) {
    const bar = add("bar", "meter", "");
    Object.assign(bar, { min: 0, max: 100, low: 30, high: 50, optimum: 100 });
    bar.setAttribute("aria-label", `State of charge of ${device.Name}`);
    made.node.append(bar);
  }
  made.node.append(add("more", "p", "note"), add("alarms", "ul"));
  tiles.set(device.Id, made);
  list.append(made.node);
  return made;
}

/** Shows the devices of the expanded power subsystem. */
export function devices(subsystem) {
  for (const [id, collection] of [["psus", subsystem.PowerSupplies], ["bbus", subsystem.Batteries]]) {
    const list = byId(id);
    for (const device of collection.Members) {
      const made = tile(device, list);
      const { State, Health, Conditions = [] } = device.Status;
      const words = { Absent: "\u25CB Empty", UnavailableOffline: "\u25A0 No answer" };
      const [kind, word] = health(Health);
      made.node.className = State === "Absent" ? "absent" : kind;
      say(made.parts.status, words[State] ?? word);
      made.live = State === "Enabled";
      const alarms = Conditions.map((one) => one.MessageArgs?.[1] ?? one.Message);
      if (made.alarms !== alarms.join()) {
        made.alarms = alarms.join();
        made.parts.alarms.replaceChildren(...alarms.map((text) => make("li", "", text)));
      }
      made.parts.alarms.hidden = alarms.length === 0;
    }
  }
  show();
}

/** Shows the newest readings, by identifier of the sensor. */
export function readings(values) {
  newest = values;
  show();
}

/** What a pack does, by its power in W: the charge state that the device names is read more rarely. */
function flow(power) {
  if (Number.isNaN(power)) return "-";
  if (Math.abs(power) < IDLE_W) return "idle";
  return `${power > 0 ? "charging" : "discharging"}, ${quantity(Math.abs(power), "W")} at the pack`;
}

function show() {
  for (const [id, { parts, battery, live }] of tiles) {
    const read = (key) => (live ? newest.get(id + key) ?? NaN : NaN);
    if (battery) {
      const charge = read("StateOfCharge");
      say(parts.main, quantity(charge, "%", 1));
      parts.bar.value = charge || 0;
      parts.bar.hidden = Number.isNaN(charge);
      say(parts.more, flow(read("PackVoltage") * read("PackCurrent")));
    } else {
      say(parts.main, quantity(read("OutputPower"), "W"));
      const bus = quantity(read("OutputVoltage"), "V", 2);
      say(parts.more, live ? `${bus} out, ${quantity(read("InputVoltage"), "V")} in` : "-");
    }
  }
}
