#!/usr/bin/env python3
"""How much of a load could any linear forecast from its own past tell? Python's standard library alone.

For each horizon: a ridge regression of (what came - last sample) on 14 features of the past (differences to the samples 1 to 64
steps ago, means over 2 to 64 steps). `all`: fitted on the very data it is scored on, which no forecast can do: an upper end.
`rest`: fitted on all blocks of time but the one it is scored on, the future among them (8 blocks, two horizons left out at each
side). Skill is 1 - RMSE / RMSE of persistence, as in the back-test, on the same cells of 10 ms and the same first tenth left out.

    python3 spec/evidence/forecast/bound.py TRACE.csv ...
"""
import bisect
import csv
import sys

LAGS = (1, 2, 3, 5, 8, 16, 32, 64)
MEANS = (2, 4, 8, 16, 32, 64)
BLOCKS = 8


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))[1:]
    out = []
    for row in rows:
        try:
            out.append((float(row[0]), float(row[1])))
        except (ValueError, IndexError):
            continue
    return out


def cells(samples):
    """Means of cells of 10 ms where samples are closer than that, as in the back-test."""
    if gap(samples, 0.5) >= 0.009:
        return samples
    sums = {}
    for t, v in samples:
        sums.setdefault(int((t - samples[0][0]) / 0.01), []).append(v)
    return [((n + 0.5) * 0.01, sum(c) / len(c)) for n, c in sorted(sums.items())]


def gap(samples, share):
    gaps = sorted(b[0] - a[0] for a, b in zip(samples, samples[1:]))
    return gaps[int(share * (len(gaps) - 1))]


def value(times, samples, t):
    """On the line between samples; before an origin only samples up to it are used, since it is a sample itself."""
    at = min(max(bisect.bisect_right(times, t) - 1, 0), len(samples) - 2)
    (t0, v0), (t1, v1) = samples[at], samples[at + 1]
    return v0 + (v1 - v0) * min(max((t - t0) / (t1 - t0), 0.0), 1.0)


def features(x):
    """Of the values 0 to 64 steps back."""
    row = [x[0] - x[lag] for lag in LAGS]
    row += [x[0] - sum(x[:n]) / n for n in MEANS]
    return row + [1.0]


def solve(a, b):
    n = len(b)
    m = [row[:] + [v] for row, v in zip(a, b)]
    for c in range(n):
        p = max(range(c, n), key=lambda r: abs(m[r][c]))
        m[c], m[p] = m[p], m[c]
        for r in range(c + 1, n):
            f = m[r][c] / m[c][c]
            if f:
                m[r] = [u - f * v for u, v in zip(m[r], m[c])]
    out = [0.0] * n
    for c in reversed(range(n)):
        out[c] = (m[c][n] - sum(m[c][k] * out[k] for k in range(c + 1, n))) / m[c][c]
    return out


def fit(rows):
    n = len(rows[0][0])
    a = [[0.0] * n for _ in range(n)]
    b = [0.0] * n
    for f, y in rows:
        for i in range(n):
            b[i] += f[i] * y
            fi = f[i]
            ai = a[i]
            for j in range(n):
                ai[j] += fi * f[j]
    trace = sum(a[i][i] for i in range(n)) / n
    for i in range(n):
        a[i][i] += 1e-4 * trace
    return solve(a, b)


def skill(rows, told):
    own = sum((y - t) ** 2 for (_, y), t in zip(rows, told))
    base = sum(y * y for _, y in rows)
    return 1.0 - (own / base) ** 0.5 if base > 0 else 0.0


def main():
    print(f"{'trace':<34} {'horizon':>8} {'origins':>8} {'all':>7} {'rest':>7}")
    for path in sys.argv[1:]:
        samples = cells(read(path))
        times = [t for t, _ in samples]
        step = gap(samples, 0.5)
        begin = times[0] + max(64 * step, 0.1 * (times[-1] - times[0]))
        origins = [(t, v) for t, v in samples if t >= begin]
        past = [features([v] + [value(times, samples, t - n * step) for n in range(1, 65)]) for t, v in origins]
        for horizon in (0.1, 0.3, 1.0, 3.0):
            if horizon < 0.99 * step or times[-1] - begin < 10 * horizon:
                continue
            rows = [
                (f, value(times, samples, t + horizon) - v)
                for f, (t, v) in zip(past, origins)
                if t + horizon <= times[-1]
            ]
            k = horizon * len(origins) / (times[-1] - begin)
            every = max(1, len(rows) // 3000)
            rows = rows[::every]
            dot = lambda w, f: sum(a * b for a, b in zip(w, f))
            w = fit(rows)
            whole = skill(rows, [dot(w, f) for f, _ in rows])
            told, edge = [], int(2 * k / every) + 1
            for block in range(BLOCKS):
                lo, hi = block * len(rows) // BLOCKS, (block + 1) * len(rows) // BLOCKS
                rest = rows[: max(0, lo - edge)] + rows[hi + edge :]
                w = fit(rest)
                told += [dot(w, f) for f, _ in rows[lo:hi]]
            name = path.rsplit("/", 1)[-1]
            print(f"{name:<34} {horizon * 1e3:>5.0f} ms {len(rows):>8} {whole:>+7.3f} {skill(rows, told):>+7.3f}", flush=True)


if __name__ == "__main__":
    main()
