// The newest samples of a quantity in a ring, and what is left of them in a column of pixels.

/** Samples that a ring holds: more than four hours at one a second. */
export const CAPACITY = 1 << 14;

export class Ring {
  #times = new Float64Array(CAPACITY);
  #values = new Float64Array(CAPACITY);
  #next = 0;
  size = 0;

  /** Adds a sample, in order of time; NaN is a gap. */
  push(time, value) {
    this.#times[this.#next] = time;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % CAPACITY;
    this.size = Math.min(this.size + 1, CAPACITY);
  }

  #place(index) {
    return (this.#next - this.size + index + CAPACITY) % CAPACITY;
  }

  /** The newest value, or NaN. */
  get last() {
    return this.size ? this.#values[this.#place(this.size - 1)] : NaN;
  }

  /** Index of the first sample at `time` or later. */
  #find(time) {
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[this.#place(middle)] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Calls `column(x, first, least, most, last)` for each of `width` columns between two times that has samples, and
   * `gap()` where some are missing: however many samples there are, a line has at most four points a column.
   */
  columns(from, to, width, column, gap) {
    const scale = width / (to - from);
    // One sample before the window, so that the line comes in from the left.
    let index = Math.max(0, this.#find(from) - 1);
    let [x, first, least, most, last] = [null, 0, 0, 0, 0];
    const flush = () => {
      if (x !== null) column(x, first, least, most, last);
      x = null;
    };
    for (; index < this.size; index++) {
      const place = this.#place(index);
      const value = this.#values[place];
      if (Number.isNaN(value)) {
        flush();
        gap();
        continue;
      }
      const at = Math.floor((this.#times[place] - from) * scale);
      if (at > width) break;
      if (at !== x) {
        flush();
        [x, first, least, most] = [at, value, value, value];
      }
      if (value < least) least = value;
      if (value > most) most = value;
      last = value;
    }
    flush();
  }
}
