// The form of the shelf's power limit: it says what will happen, asks, and only then writes.

import { byId, make, quantity, say, span } from "./dom.js";
import * as redfish from "./redfish.js";
import * as state from "./state.js";

const LIMIT = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
let newest = new Map();

export function readings(values) {
  newest = values;
}

/** What the BBUs must give under a limit, in W, at the load of now; NaN if it is not known. */
export function share(limit, values) {
  const [input, output, battery] = ["Input", "Output", "Battery"].map((name) => values.get(`Shelf${name}Power`) ?? NaN);
  // Watts at the busbar for one at the AC input; the BBUs feed the busbar, too.
  const efficiency = output / input;
  // What they charge with now (negative) need not be carried.
  return output + battery - limit * efficiency;
}

/** What a limit will do, in sentences. */
export function foresee(limit, values, gateway, user) {
  const { Lease: lease, Energy: energy } = gateway;
  const lines = [];
  const other = lease.Held && !(lease.OwnerType === "Redfish" && lease.UserName === user);
  if (other) lines.push(`The lease is held by ${state.holder()}: the gateway will refuse this until it is free.`);
  lines.push(`The shelf will draw at most ${quantity(limit, "W")} of AC power, as a mean over a few polls.`);
  const gives = share(limit, values);
  if (Number.isNaN(gives)) {
    lines.push("What the BBUs must give is not known: the present load is not.");
  } else if (gives <= 0) {
    lines.push("At the present load the BBUs give nothing: the shelf draws less than that.");
  } else {
    lines.push(`At the present load the BBUs must give ${quantity(gives, "W")} to the busbar.`);
    lines.push(lasts(gives, energy));
  }
  lines.push(
    `It takes the lease for you for ${span(lease.WriteSeconds)}. Write again before that to keep the limit; after it ` +
      "the gateway takes the limit back by itself.",
  );
  return lines;
}

/** How long the BBUs can give a power, as far as is known. */
function lasts(power, energy) {
  const { DeliverableWatts: most, DeliverableSeconds: seconds, DeliverableJoules: joules } = energy;
  if (most === null || joules === null) return "How long that lasts is not known: the charge of the BBUs is not.";
  if (most === 0) return "The BBUs are at their reserve: they give nothing, and the limit cannot be held.";
  if (power > most) return `That is more than the ${quantity(most, "W")} they can give: the limit cannot be held in full.`;
  const sure = span(seconds ?? 0);
  const longer = span(joules / power);
  // The known energy is of a discharge at full power, which their own time limit may have cut short.
  if (sure === longer) return `They can for at least ${sure}.`;
  return `They can for at least ${sure}; their energy would last ${longer}, unless their own time limit ends it before.`;
}

async function ask(lines, verb) {
  const dialog = byId("confirm");
  byId("confirm-text").replaceChildren(...lines.map((line) => make("li", "", line)));
  byId("confirm-yes").textContent = verb;
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  return dialog.returnValue === "yes";
}

async function write(body, lines, verb) {
  const result = byId("limit-result");
  const buttons = byId("limit-form").querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    // The tag of before the question: who changed it meanwhile has changed what was agreed to.
    const { etag } = await redfish.get(LIMIT);
    if (!(await ask(lines, verb))) {
      say(result, "Nothing was sent.");
      return;
    }
    say(result, "Sent; waiting for the devices.");
    const { body: held } = await redfish.patch(LIMIT, body, etag);
    const inForce = held.SetPoint === null ? "No limit is in force." : `In force: ${quantity(held.SetPoint, "W")}.`;
    say(result, `Done. ${inForce}`);
  } catch (error) {
    const meanwhile = error.status === 412 ? "Somebody changed the limit meanwhile. Look again. " : "";
    say(result, `Not done. ${meanwhile}${error.message}`);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** Shows the range that is taken. */
export function show(gateway) {
  const { AllowableMinWatts: least, AllowableMaxWatts: most } = gateway.Setpoints.InputPowerLimit;
  const input = byId("limit");
  if (most > 0) [input.min, input.max] = [least, most];
  say(byId("limit-range"), `${quantity(least, "W")} to ${quantity(most, "W")}. Needs the role Administrator.`);
}

export function start(changed) {
  byId("limit-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const limit = byId("limit").valueAsNumber;
    if (!state.gateway || !Number.isFinite(limit)) return;
    await write({ SetPoint: limit }, foresee(limit, newest, state.gateway, redfish.user()), "Set limit");
    changed();
  });
  byId("limit-back").addEventListener("click", async () => {
    const lines = [
      "The limit of the AC input power is taken back: the shelf draws what the load needs, and the BBUs charge.",
      "If no other setpoint is in force, the lease is given back, too.",
    ];
    await write({ ControlMode: "Disabled" }, lines, "Take back");
    changed();
  });
}
