// One chart on a canvas: axes, and a line for each series.

import { make, quantity } from "./dom.js";
import { Ring } from "./ring.js";

const LEFT = 58;
const BOTTOM = 20;
const TOP = 6;
// As in the style sheet: a line is known by its dashes, too.
const DASHES = [[], [6, 3], [2, 2]];

/** A step of 1, 2 or 5 times a power of ten, for about `count` lines over `range`. */
function step(range, count) {
  const rough = range / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((n) => n * power >= rough) ?? 10);
}

export class Plot {
  /** Lines drawn by the last draw: it must not grow with the samples. */
  points = 0;

  /** `series`: names. `least`: the smallest range of the vertical axis; `fixed`: its ends. `moment`: when the newest value is. */
  constructor({ title, unit, digits, series, least = 1, fixed = null, moment = "now" }) {
    Object.assign(this, { title, unit, digits, least, fixed, moment });
    this.series = series.map((name) => ({ name, ring: new Ring() }));
    this.figure = make("figure");
    const caption = make("figcaption");
    caption.append(make("b", "", `${title}, ${unit}`));
    for (const [i, one] of this.series.entries()) {
      const key = make("span", `key s${i}`);
      if (this.series.length > 1) key.append(sample());
      one.shown = make("span");
      key.append(one.name ? ` ${one.name} ` : "", one.shown);
      caption.append(key);
    }
    this.canvas = make("canvas");
    this.canvas.setAttribute("role", "img");
    this.figure.append(caption, this.canvas);
    this.context = this.canvas.getContext("2d", { alpha: true });
  }

  /** Fits the canvas to its place on the screen. */
  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    [this.width, this.height] = [clientWidth, clientHeight];
  }

  clear() {
    for (const one of this.series) one.ring = new Ring();
  }

  push(time, values) {
    for (const [i, one] of this.series.entries()) one.ring.push(time, values[i] ?? NaN);
  }

  /** Draws the last `window` seconds before `now`, in s; `colours` by name; `ends`: what stands at the ends of the time. */
  draw(now, window, colours, ends = null) {
    const { context, width, height } = this;
    const area = Math.floor(width - LEFT - 4);
    if (!(area > 0)) return;
    const lines = this.series.map(({ ring }) => this.#line(ring, now - window, now, area));
    const [low, high] = this.#range(lines);
    const y = (value) => TOP + (high - value) / (high - low) * (height - TOP - BOTTOM);
    context.clearRect(0, 0, width, height);
    this.#axes(low, high, y, window, area, colours, ends);
    this.points = 0;
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, area + 2, height);
    context.clip();
    context.lineWidth = 2;
    context.lineJoin = "round";
    for (const [i, line] of lines.entries()) {
      context.strokeStyle = colours[`--s${i}`];
      context.setLineDash(DASHES[i]);
      context.beginPath();
      let down = false;
      for (const column of line) {
        if (column === null) {
          down = false;
          continue;
        }
        const [x, ...values] = column;
        for (const value of values) {
          if (down) context.lineTo(LEFT + x, y(value));
          else context.moveTo(LEFT + x, y(value));
          down = true;
          this.points += 1;
        }
      }
      context.stroke();
    }
    context.restore();
    this.#tell();
  }

  /** Columns of a series; null is a gap. */
  #line(ring, from, to, width) {
    const line = [];
    const add = (x, first, least, most, last) => {
      line.push(least === most ? [x, first] : [x, first, least, most, last]);
    };
    ring.columns(from, to, width, add, () => line.push(null));
    return line;
  }

  #range(lines) {
    if (this.fixed) return this.fixed;
    let [low, high] = [Infinity, -Infinity];
    for (const line of lines) {
      for (const column of line) {
        if (column === null) continue;
        for (let i = 1; i < column.length; i++) {
          low = Math.min(low, column[i]);
          high = Math.max(high, column[i]);
        }
      }
    }
    if (low > high) [low, high] = [0, this.least];
    // Noise is not blown up to the whole height.
    const missing = Math.max(0, this.least - (high - low)) / 2;
    const edge = (high - low) * 0.08;
    return [low - missing - edge, high + missing + edge];
  }

  #axes(low, high, y, window, area, colours, ends) {
    const { context, height } = this;
    context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    context.fillStyle = colours["--soft"];
    context.strokeStyle = colours["--line"];
    context.lineWidth = 1;
    context.setLineDash([]);
    context.textAlign = "right";
    context.textBaseline = "middle";
    const by = step(high - low, 4);
    const digits = Math.max(0, -Math.floor(Math.log10(by) + 1e-9));
    context.beginPath();
    for (let value = Math.ceil(low / by) * by; value <= high; value += by) {
      const at = Math.round(y(value)) + 0.5;
      context.moveTo(LEFT, at);
      context.lineTo(LEFT + area, at);
      context.fillText((Math.abs(value) < by / 1e6 ? 0 : value).toFixed(digits), LEFT - 6, at);
    }
    context.stroke();
    context.textBaseline = "alphabetic";
    const words = window < 120 ? `${window} s` : window < 7200 ? `${window / 60} min` : `${window / 3600} h`;
    context.textAlign = "left";
    context.fillText(ends?.[0] ?? `${words} ago`, LEFT, height - 5);
    context.textAlign = "right";
    context.fillText(ends?.[1] ?? "now", LEFT + area, height - 5);
  }

  /** The newest values beside the names, and for who does not see the lines. */
  #tell() {
    const texts = this.series.map(({ name, ring, shown }) => {
      const text = quantity(ring.last, this.unit, this.digits);
      shown.textContent = text;
      return name ? `${name} ${text}` : text;
    });
    this.canvas.setAttribute("aria-label", `Chart of ${this.title.toLowerCase()}: ${this.moment} ${texts.join(", ")}.`);
  }
}

function sample() {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 28 10");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "line");
  for (const [name, value] of [["x1", 0], ["x2", 28], ["y1", 5], ["y2", 5]]) line.setAttribute(name, value);
  picture.append(line);
  return picture;
}
