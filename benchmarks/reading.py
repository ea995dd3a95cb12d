"""Reading many exports: ours beside impedance.py's reader, on the same files.

    python benchmarks/reading.py [--count N] [--points N] [--rounds N] [--seed S] [--write]

Gamry ``.DTA`` files are written once; then each reader reads all of them in a process of its own, in turn. Ours
recognises the format by content, decodes, checks and takes the header's metadata; impedance.py is told the format
and takes three columns.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from record import Column, Row, Table, finish, parser
from speed import run

from lipon_eis.model.circuit import Circuit

LAYOUTS = Path(__file__).parents[1] / "tests" / "readers"
PRINTED = 1e-6  # relative: the files carry seven digits


def write_files(folder: Path, count: int, points: int, seed: int) -> None:
    """Write noisy films as Gamry exports."""
    sys.path.insert(0, str(LAYOUTS))
    import layouts

    rng, f = np.random.default_rng(seed), np.geomspace(1e6, 0.1, points)
    exact = Circuit("R0-p(R1,CPE1)-CPE2").impedance(f, [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88])
    for number in range(count):
        z = exact * (1 + 0.003 * (rng.normal(size=points) + 1j * rng.normal(size=points)))
        (folder / f"film-{number:05}.DTA").write_bytes(layouts.encoded(layouts.gamry(f, z), "cp1252", "\r\n"))


def lipon_eis() -> Callable[[Path], np.ndarray]:
    from lipon_eis import read

    def one(path: Path) -> np.ndarray:
        (spectrum,) = read(path)
        return spectrum.impedance

    return one


def impedance_py() -> Callable[[Path], np.ndarray]:
    warnings.simplefilter("ignore")
    from impedance.preprocessing import readGamry

    return lambda path: readGamry(str(path))[1]


READERS = {"lipon_eis": lipon_eis, "impedance.py": impedance_py}


def read_all(name: str, folder: str) -> None:
    """Read every file; print the CPU seconds and the sum of all impedances."""
    read = READERS[name]()
    paths = sorted(Path(folder).glob("*.DTA"))
    read(paths[0])
    began = time.process_time()
    found = [read(path) for path in paths]
    seconds = time.process_time() - began
    total = np.sum(found)
    print(json.dumps({"seconds": seconds, "sum": [total.real, total.imag]}))


def main() -> None:
    made = parser(__doc__, count=(200, "files"), points=(60, "points a file"), rounds=(3, "rounds"))
    options = made.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in READERS}
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), options.count, options.points, options.seed)
        for number in range(options.rounds):
            for name in list(READERS)[:: -1 if number % 2 else 1]:
                found = json.loads(run([sys.executable, __file__, "read", name, folder])[0])
                seconds[name].append(found["seconds"])
                sums[name] = complex(*found["sum"])
    first, second = sums.values()
    if abs(first - second) > PRINTED * abs(first):
        raise SystemExit(f"the readers disagree: {sums}")
    rows: list[Row] = [{"reader": name, "ms": 1e3 * median(took) / options.count} for name, took in seconds.items()]
    for row in rows:
        row["relative"] = row["ms"] / rows[0]["ms"]
    columns = [
        Column("reader", "reader"),
        Column("ms", "CPU a file [ms]", "{:.2f}"),
        Column("relative", "relative to ours", "{:.2f}"),
    ]
    title = f"{options.count:,} files of {options.points} points, .DTA"
    finish("reading", __doc__, options, [Table("reading", title, columns, rows)])


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        read_all(*sys.argv[2:])
    else:
        main()
