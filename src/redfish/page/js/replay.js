// The recording of a grid event, played at the pace at which it was measured.

import * as charts from "./charts.js";
import { byId, make, quantity, say } from "./dom.js";
import { Plot } from "./plot.js";
import * as redfish from "./redfish.js";

const WORDS = {
  NotJudged: ["", "\u25CB Not judged"],
  RiddenThrough: ["ok", "\u25CF Ridden through"],
  BeyondCurve: ["warning", "\u25B2 Beyond the curve, which asks nothing"],
  Failed: ["critical", "\u25A0 Not ridden through"],
  Late: ["critical", "\u25A0 Ridden through, but the power came back too late"],
};
// Title, unit, digits, smallest range, and the columns with their names.
const CHARTS = [
  ["AC voltage, effective", "V", 1, 20, { v_rms_a_v: "L1", v_rms_b_v: "L2", v_rms_c_v: "L3" }],
  ["Busbar voltage", "V", 2, 1, { busbar_v: "" }],
  ["Power", "W", 0, 100, { p_w: "AC input", battery_w: "BBU (positive gives)" }],
];
const plots = CHARTS.map(([title, unit, digits, least, columns]) => {
  const plot = new Plot({ title, unit, digits, least, series: Object.values(columns), moment: "at the mark" });
  return { plot, names: Object.keys(columns) };
});

let rows = [];
let shown = 0;
let playing = null;
let text = "";

/** Rows of a recording by the names of its columns; what is empty is not known. */
export function parse(csv) {
  const lines = csv.split("\n").filter((line) => line && !line.startsWith("#"));
  const names = lines.shift().split(",");
  return lines.map((line) => Object.fromEntries(
    line.split(",").map((cell, i) => [names[i], cell === "" ? NaN : Number(cell)])));
}

function fix() {
  for (const { plot, names } of plots) {
    const values = rows.flatMap((row) => names.map((name) => row[name])).filter(Number.isFinite);
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const edge = Math.max(plot.least - (high - low), 0) / 2 + (high - low) * 0.08;
    plot.fixed = low > high ? [0, plot.least] : [low - edge, high + edge];
  }
}

/** Shows the recording up to `time`, in s from the beginning of the event. */
function show(time) {
  if (shown && rows[shown - 1].time_s > time) {
    for (const { plot } of plots) plot.clear();
    shown = 0;
  }
  for (; shown < rows.length && rows[shown].time_s <= time; shown++) {
    const row = rows[shown];
    for (const { plot, names } of plots) plot.push(row.time_s, names.map((name) => row[name]));
  }
  const [from, to] = [rows[0].time_s, rows.at(-1).time_s];
  const ends = [from, to].map((s) => `${s.toFixed(1)} s`);
  for (const { plot } of plots) plot.draw(to, to - from, charts.palette(), ends);
  byId("replay-time").value = time;
  byId("replay-time").setAttribute("aria-valuetext", `${time.toFixed(2)} s from the beginning of the event`);
  say(byId("replay-at"), `${time.toFixed(2)} s`);
}

function pause() {
  cancelAnimationFrame(playing);
  playing = null;
  say(byId("replay-play"), "Play");
}

function play() {
  const end = rows.at(-1).time_s;
  const at = Number(byId("replay-time").value);
  // The slider has steps: its end may lie a little before that of the recording.
  const from = at >= end - 0.05 ? rows[0].time_s : at;
  const began = performance.now();
  show(from);
  say(byId("replay-play"), "Pause");
  const frame = (now) => {
    const time = Math.min(end, from + Math.max(0, now - began) / 1000);
    show(time);
    if (time < end) playing = requestAnimationFrame(frame);
    else pause();
  };
  playing = requestAnimationFrame(frame);
}

function describe(entry) {
  const event = entry.Oem.DPOGateway;
  const [kind, word] = WORDS[event.Verdict] ?? WORDS.NotJudged;
  byId("replay-verdict").className = kind;
  say(byId("replay-verdict"), event.GridCode ? `${word} (${event.GridCode})` : word);
  const extreme = event.Kind === "Frequency"
    ? quantity(event.ExtremePerUnit * event.NominalHertz, "Hz", 2)
    : `${quantity(event.ExtremePerUnit, "p.u.", 2)} of ${quantity(event.NominalVolts, "V")}`;
  const lines = [
    `${event.Kind} to ${extreme} for ` +
      `${event.DurationSeconds} s; the BBUs gave ${quantity(event.EnergyJoules, "J")}.`,
    ...event.Reasons,
  ];
  if (event.Simulated) lines.push("Grid and shelf are simulated.");
  if (event.RecordingCut) lines.push("The recording ended before the event did.");
  byId("replay-text").replaceChildren(...lines.map((line) => make("li", "", line)));
}

/** Opens the recording of the log entry at `uri`. */
export async function open(uri) {
  const { body: entry } = await redfish.get(uri);
  if (!entry.AdditionalDataURI) throw new Error("The recording is no longer kept.");
  text = await redfish.text(entry.AdditionalDataURI, "text/csv");
  rows = parse(text);
  if (rows.length < 2) throw new Error("There is nothing in the recording.");
  describe(entry);
  for (const { plot } of plots) plot.clear();
  shown = 0;
  fix();
  Object.assign(byId("replay-time"), { min: rows[0].time_s, max: rows.at(-1).time_s });
  byId("replay").showModal();
  for (const { plot } of plots) plot.resize();
  show(rows.at(-1).time_s);
}

function save() {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "grid-event.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

export function start() {
  byId("replay-plots").append(...plots.map(({ plot }) => plot.figure));
  byId("replay-play").addEventListener("click", () => (playing === null ? play() : pause()));
  byId("replay-save").addEventListener("click", save);
  byId("replay-time").addEventListener("input", (event) => {
    pause();
    show(Number(event.target.value));
  });
  byId("replay").addEventListener("close", pause);
}
