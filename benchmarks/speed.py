"""CPU time of a fit beside impedance.py and hand-written scipy, from one spectrum to ten thousand.

    python benchmarks/speed.py [--count N] [--batch N] [--largest N] [--rounds N] [--seed S] [--write]

Every contestant runs in a process of its own, on one thread, and rounds go through them in turn, forward and
back, so that a machine that slows down slows all of them. CPU time is counted, not the clock, since other work
may share the machine. impedance.py and scipy start within half a decade of the truth; ours starts from nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from contestants import BATCHED, CONTESTANTS
from record import ONE_THREAD, Column, Row, Table, finish, parser

HERE = Path(__file__).parent
FAMILIES = ("film", "grain", "cell")
TIMES_IMPEDANCE = {"film": 300.0, "grain": 150.0, "cell": 300.0}  # goals
TIMES_SCIPY = 5.0
FLAT = 1.3
SUCCESS = 1.01  # of the best cost that any contestant found
SINGLE = """
import json, sys, time
import families
import lipon_eis as le
circuit, spectra, _ = families.spectra(sys.argv[1], 21, seed=int(sys.argv[2]))
seconds = []
for spectrum in spectra:
    began = time.process_time()
    le.fit(spectrum, sys.argv[3], thickness="1 um", area="0.1 cm2")
    seconds.append(time.process_time() - began)
print(json.dumps(seconds))
"""
NAMED = {"film": "lipon-blocking", "grain": "polycrystalline-blocking", "cell": "li-lipon-lco-two-arcs"}


def run(command: Sequence[str]) -> tuple[str, float]:
    """Run a command on one thread; return what it printed and the CPU seconds it took."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD, cwd=HERE) as child:
        assert child.stdout
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command[:3])} … ended with {child.returncode}")
    return printed, usage.ru_utime + usage.ru_stime


def contest(name: str, family: str, count: int, seed: int) -> dict[str, Any]:
    """Return what one contestant measured of itself."""
    return json.loads(run([sys.executable, "contestants.py", name, family, str(count), str(seed)])[0])


def side_by_side(family: str, count: int, batch: int, rounds: int, seed: int) -> Row:
    """Run all contestants in turn; medians over spectra, and over batches for those that take many at once."""
    seconds: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    costs: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for number in range(rounds):
        for name in list(CONTESTANTS)[:: -1 if number % 2 else 1]:
            found = contest(name, family, batch if name in BATCHED else count, seed + number)
            seconds[name] += found["seconds"]
            costs[name] += found["cost"] if name not in BATCHED else []
        for name in BATCHED:  # the spectra that the others had, so that costs can be compared
            costs[name] += contest(name, family, count, seed + number)["cost"]
    reached = np.array(list(costs.values()))
    shares = (reached <= SUCCESS * reached.min(axis=0)).mean(axis=1)
    row: Row = {"family": family}
    for name, share in zip(costs, shares.tolist(), strict=True):
        row |= {f"{name} ms": 1e3 * median(seconds[name]), f"{name} success": share}
    mine = row["lipon_eis ms"]
    for name in ("impedance.py", "scipy trf", "scipy lm"):
        row[f"times {name}"] = row[f"{name} ms"] / mine
    row["goal impedance.py"] = TIMES_IMPEDANCE[family]
    row["met impedance.py"] = row["times impedance.py"] >= TIMES_IMPEDANCE[family]
    row["met scipy"] = row["times scipy trf"] >= TIMES_SCIPY
    return row


def by_size(family: str, sizes: Sequence[int], seed: int) -> list[Row]:
    """Time batches of several sizes, small ones repeatedly; memory before the fit and at the peak."""
    rows: list[Row] = []
    for size in sizes:
        runs = [contest("lipon_eis", family, size, seed + k) for k in range(5 if size <= 300 else 1)]
        rows.append(
            {
                "family": family,
                "spectra": size,
                "ms": 1e3 * median(run["seconds"][0] for run in runs),
                "before MB": max(run["before"] for run in runs) / 1e6,
                "peak MB": max(run["peak"] for run in runs) / 1e6,
            }
        )
    for row in rows:
        row["relative"] = row["ms"] / rows[0]["ms"]
        row["flat"] = row["relative"] <= FLAT
    return rows


def cpu(*command: str, times: int = 7) -> float:
    """Return the median CPU seconds of a command."""
    return median(run(command)[1] for _ in range(times))


def beginnings(seed: int) -> list[Row]:
    """Time what happens before the first result."""
    python = sys.executable
    rows: list[Row] = [
        {"what": "bare interpreter", "ms": 1e3 * cpu(python, "-c", "pass")},
        {"what": "`import lipon_eis`", "ms": 1e3 * cpu(python, "-c", "import lipon_eis"), "goal": 250.0},
        {"what": "`lipon-eis --help`", "ms": 1e3 * cpu(python, "-m", "lipon_eis", "--help"), "goal": 300.0},
    ]
    for family, circuit in NAMED.items():
        seconds = json.loads(run([python, "-c", SINGLE, family, str(seed), circuit])[0])
        what = f"`lipon_eis.fit`, one {family} spectrum"
        rows.append({"what": f"{what}, the first in a process (imports what a fit needs)", "ms": 1e3 * seconds[0]})
        rows.append({"what": f"{what}, each later one", "ms": 1e3 * median(seconds[1:]), "goal": 30.0})
    for row in rows:
        row["met"] = row["ms"] < row["goal"] if "goal" in row else None
    return rows


def main() -> None:
    made = parser(
        __doc__,
        count=(10, "spectra a round for those that fit one by one"),
        batch=(1000, "spectra a round for ours"),
        largest=(1000, "largest batch"),
        rounds=(2, "rounds"),
    )
    options = made.parse_args()
    sizes = [size for size in (100, 300, 1000, 3000, 10000) if size <= options.largest]
    contests = [side_by_side(f, options.count, options.batch, options.rounds, options.seed) for f in FAMILIES]
    growth = [row for family in FAMILIES for row in by_size(family, sizes, options.seed)]
    columns = [Column("family", "family")]
    for name in CONTESTANTS:
        columns += [Column(f"{name} ms", f"{name} [ms]", "{:.2f}")]
        columns += [Column(f"{name} success", "finds", "{:.0%}")] if name != "with profiles" else []
    ratios = [
        Column("family", "family"),
        Column("times impedance.py", "impedance.py / ours", "{:.0f}"),
        Column("goal impedance.py", "goal", "{:.0f}"),
        Column("met impedance.py", ""),
        Column("times scipy trf", "scipy trf / ours", "{:.1f}"),
        Column("goal scipy", "goal", "{:.0f}"),
        Column("met scipy", ""),
        Column("times scipy lm", "scipy lm / ours", "{:.1f}"),
    ]
    tables = [
        Table("contest", "Median CPU time per spectrum, and how often the best minimum was found", columns, contests),
        Table("ratios", "The same as ratios", ratios, [row | {"goal scipy": TIMES_SCIPY} for row in contests]),
        Table(
            "size",
            f"Ours by the size of the batch (goal: never more than {FLAT} times the smallest)",
            [
                Column("family", "family"),
                Column("spectra", "spectra", "{:,}"),
                Column("ms", "CPU per spectrum [ms]", "{:.2f}"),
                Column("relative", "relative", "{:.2f}"),
                Column("flat", "flat"),
                Column("before MB", "memory before [MB]", "{:.0f}"),
                Column("peak MB", "at the peak [MB]", "{:.0f}"),
            ],
            growth,
        ),
        Table(
            "beginnings",
            "Before the first result",
            [
                Column("what", "what"),
                Column("ms", "CPU [ms]", "{:.0f}"),
                Column("goal", "goal", "{:.0f}"),
                Column("met", ""),
            ],
            beginnings(options.seed),
        ),
    ]
    finish("speed", __doc__, options, tables)


if __name__ == "__main__":
    main()
