// The charts of the page, fed by metric reports, drawn once a frame at most.

import { byId } from "./dom.js";
import { Plot } from "./plot.js";

export const plots = [
  new Plot({ title: "Busbar voltage", unit: "V", digits: 2, series: [""], least: 1 }),
  new Plot({ title: "Power", unit: "W", digits: 0, series: ["AC input", "PSU output", "BBU (positive gives)"], least: 100 }),
  new Plot({ title: "State of charge", unit: "%", digits: 1, series: [""], fixed: [0, 105] }),
];

const NAMES = ["--s0", "--s1", "--s2", "--soft", "--line"];
const dark = matchMedia("(prefers-color-scheme: dark)");
const picker = byId("window");
let colours = {};
let asked = false;
/** Frames drawn so far. */
export let frames = 0;

function look() {
  const style = getComputedStyle(document.documentElement);
  colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(name)]));
  redraw();
}

/** The colours of the lines, by name. */
export const palette = () => colours;

/** Asks for a draw with the next frame; asking again before it changes nothing. */
function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    frames += 1;
    for (const plot of plots) plot.draw(newest, Number(picker.value), colours);
  });
}

let newest = 0;

/** Adds the readings of an instant, in s since 1970, by identifier of the sensor. */
export function push(time, readings) {
  // The clock of the gateway was set back: what is there would not be in order with what comes.
  if (time < newest) for (const plot of plots) plot.clear();
  newest = time;
  const [volts, power, charge] = plots;
  volts.push(time, [readings.get("ShelfBusVoltage")]);
  power.push(time, ["Input", "Output", "Battery"].map((name) => readings.get(`Shelf${name}Power`)));
  charge.push(time, [readings.get("ShelfStateOfCharge")]);
  redraw();
}

/** Breaks the lines: what comes next does not follow on what was before. */
export function gap() {
  push(newest, new Map());
}

export function start() {
  byId("plots").append(...plots.map((plot) => plot.figure));
  const fit = new ResizeObserver(() => {
    for (const plot of plots) plot.resize();
    redraw();
  });
  for (const plot of plots) fit.observe(plot.canvas);
  picker.addEventListener("change", redraw);
  dark.addEventListener("change", look);
  look();
}
