// State machine, lease and setpoints: the gateway's own state, an extension of the manager.

import { byId, instant, make, quantity, say, span } from "./dom.js";

const STATES = {
  Normal: ["Normal", "nothing to do"],
  SagDetected: ["Sag detected", "AC input out of band"],
  Supporting: ["Supporting", "BBUs carry load"],
  Recovering: ["Recovering", "load goes back to the grid"],
  Recharging: ["Recharging", "BBUs charge"],
  FailSafe: ["Fail-safe", "fail-safe values in force"],
};
const CAUSES = {
  InputVoltage: "because of the AC input",
  Setpoint: "a setpoint of the lease holder",
  Battery: "the BBUs act by themselves",
  LeaseExpired: "the lease ended without renewal",
  Reserve: "the charge is at the reserve",
  DischargeTime: "the BBUs gave for as long as they allow",
  Device: "a device or its measurements failed",
};
const SETPOINTS = { InputPowerLimit: "AC input limit", BBUDischarge: "BBU discharge" };

/** The newest state as the service told it. */
export let gateway = null;
let readAt = 0;
// How long the state had lasted then, in ms by the clock of the gateway: the one of the browser may be another.
let before = 0;

/** The holder of the lease in words; null if it is free. */
export function holder() {
  const { Held, OwnerType, UserName } = gateway.Lease;
  if (!Held) return null;
  if (OwnerType === "Redfish") return `user ${UserName}`;
  return OwnerType === "Modbus" ? "a Modbus client" : "the gateway's own software";
}

/** Shows what the service told at `time`. */
export function show(told, time) {
  gateway = told;
  readAt = performance.now();
  before = Date.parse(time) - Date.parse(told.StateSince);
  const [name] = STATES[told.State] ?? [told.State];
  const cause = CAUSES[told.StateCause];
  say(byId("state-now"), cause ? `${name}: ${cause}` : name);
  const list = byId("states");
  if (!list.firstChild) list.append(...Object.keys(STATES).map(item));
  for (const node of list.children) {
    if (node.dataset.state === told.State) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
  }
  say(byId("lease-holder"), holder() ?? "free");
  byId("setpoints").replaceChildren(...Object.entries(SETPOINTS).map(([key, text]) => row(text, told.Setpoints[key])));
  tick();
}

/** Shows what changes with the clock alone. */
export function tick() {
  if (!gateway) return;
  const passed = performance.now() - readAt;
  const [last] = STATES[gateway.StateBefore] ?? [gateway.StateBefore];
  say(byId("state-since"), `Since ${instant(gateway.StateSince)}, for ${span((before + passed) / 1000)}; before: ${last}.`);
  const left = gateway.Lease.RemainingSeconds - passed / 1000;
  say(byId("lease-left"), gateway.Lease.Held ? span(left) : "-");
}

function item(state) {
  const [name, text] = STATES[state];
  const node = make("li", "", name);
  node.dataset.state = state;
  node.append(make("small", "", text));
  return node;
}

function row(text, setpoint) {
  const line = make("tr");
  const head = make("th", "", text);
  head.scope = "row";
  const watts = (value) => quantity(value, "");
  const range = `${watts(setpoint.AllowableMinWatts)} to ${watts(setpoint.AllowableMaxWatts)}`;
  const cells = [watts(setpoint.RequestedWatts), watts(setpoint.AppliedWatts), range];
  line.append(head, ...cells.map((cell) => make("td", "", cell)));
  return line;
}
