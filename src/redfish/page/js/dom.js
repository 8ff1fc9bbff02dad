// Small helpers. Text always goes in as text: what comes from a device is never markup.

export const byId = (id) => document.getElementById(id);

/** A new element with a class and a text. */
export function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/** Sets a text only if it is another one: a live region speaks at each change of its content. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const number = (digits) => new Intl.NumberFormat("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
const FORMATS = [0, 1, 2].map(number);

/** A number with its unit; "-" if it is not known. */
export function quantity(value, unit, digits = 0) {
  // A minus before nothing is noise.
  const shown = Math.abs(value) < 0.5 / 10 ** digits ? 0 : value;
  return Number.isFinite(value) && value !== null ? `${FORMATS[digits].format(shown)} ${unit}`.trim() : "-";
}

/** An instant in local time, by the clock of 24 h: the same width always, and no question of day and month. */
export const instant = (time) => new Date(time).toLocaleString("sv");

/** A time span in words: seconds below two minutes, then minutes, then hours. */
export function span(seconds) {
  if (!Number.isFinite(seconds) || seconds === null) return "-";
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Class, symbol and word of a health: never the colour alone. */
export function health(word) {
  const known = { OK: ["ok", "\u25CF OK"], Warning: ["warning", "\u25B2 Warning"], Critical: ["critical", "\u25A0 Critical"] };
  return known[word] ?? ["", "\u25CB Unknown"];
}
