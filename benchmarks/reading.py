"""Reading many exports: ours beside impedance.py's reader, on the same files.

    python benchmarks/reading.py [--count N] [--points N] [--rounds N] [--seed S] [--write]

Gamry ``.DTA`` files are written once, fifty a folder; then the readers take turns at each folder, so that whatever else
the machine does slows all of them alike. Ours recognises the format by content and checks the numbers; what the header
says is understood when somebody asks, so that is measured too. impedance.py is told the format and takes three columns.
Then the CPU time of a process that does nothing but import one of the two and read one file.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from record import Column, Row, Table, finish, parser
from speed import run

from lipon_eis.model.circuit import Circuit

LAYOUTS = Path(__file__).parents[1] / "tests" / "readers"
IN_A_FOLDER = 50
PRINTED = 1e-6  # relative: the files carry seven digits


def write_files(folder: Path, count: int, points: int, seed: int) -> None:
    """Write noisy films as Gamry exports."""
    sys.path.insert(0, str(LAYOUTS))
    import layouts

    rng, f = np.random.default_rng(seed), np.geomspace(1e6, 0.1, points)
    exact = Circuit("R0-p(R1,CPE1)-CPE2").impedance(f, [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88])
    for number in range(count):
        if number % IN_A_FOLDER == 0:
            below = folder / f"{number // IN_A_FOLDER:04}"
            below.mkdir()
        z = exact * (1 + 0.003 * (rng.normal(size=points) + 1j * rng.normal(size=points)))
        (below / f"film-{number:05}.DTA").write_bytes(layouts.encoded(layouts.gamry(f, z), "cp1252", "\r\n"))


def one_by_one() -> Callable[[Sequence[Path]], list[np.ndarray]]:
    from lipon_eis import read

    return lambda paths: [spectrum.impedance for path in paths for spectrum in read(path)]


def with_metadata() -> Callable[[Sequence[Path]], list[np.ndarray]]:
    from lipon_eis import read

    return lambda paths: [
        s.impedance for path in paths for s in read(path) if s.meta["amplitude_V"] and s.meta["sha256"]
    ]


def many() -> Callable[[Sequence[Path]], list[np.ndarray]]:
    from lipon_eis import read_many

    return lambda paths: [spectrum.impedance for spectrum in read_many(paths)[0]]


def folder() -> Callable[[Sequence[Path]], list[np.ndarray]]:
    from lipon_eis import read_many

    return lambda paths: [s.impedance for s in read_many(paths if len(paths) == 1 else paths[0].parent)[0]]


def impedance_py() -> Callable[[Sequence[Path]], list[np.ndarray]]:
    warnings.simplefilter("ignore")
    from impedance.preprocessing import readGamry

    return lambda paths: [readGamry(str(path))[1] for path in paths]


READERS = {
    "lipon_eis.read, one by one": one_by_one,
    "lipon_eis.read, and the header": with_metadata,
    "lipon_eis.read_many of the files": many,
    "lipon_eis.read_many of the folder": folder,
    "impedance.py, one by one": impedance_py,
}


ONE_FILE = {
    "lipon_eis": "import sys; from lipon_eis import read; read(sys.argv[1])",
    "impedance.py": "import sys; from impedance.preprocessing import readGamry; readGamry(sys.argv[1])",
}


def take_turns(folders: Sequence[list[Path]], turn: int) -> tuple[dict[str, float], dict[str, complex]]:
    """Let each reader read each folder; return the CPU seconds and the sum of all impedances of each."""
    readers = {name: made() for name, made in READERS.items()}
    for read in readers.values():
        read(folders[0][:1])
    seconds, sums = dict.fromkeys(readers, 0.0), dict.fromkeys(readers, 0j)
    for number, paths in enumerate(folders, turn):
        first = number % len(readers)
        for name in [*readers][first:] + [*readers][:first]:
            began = time.process_time()
            found = readers[name](paths)
            seconds[name] += time.process_time() - began
            sums[name] += complex(np.sum(found))
    return seconds, sums


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled, and so is this one then
    made = parser(__doc__, count=(200, "files"), points=(60, "points a file"), rounds=(3, "rounds"))
    options = made.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in READERS}
    alone: dict[str, list[float]] = {name: [] for name in ONE_FILE}
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), options.count, options.points, options.seed)
        folders = [sorted(below.glob("*.DTA")) for below in sorted(Path(folder).iterdir())]
        for number in range(options.rounds):
            took, sums = take_turns(folders, number)
            for name, one in took.items():
                seconds[name].append(one)
            for name, code in ONE_FILE.items():
                alone[name].append(run([sys.executable, "-c", code, str(folders[0][0])])[1])
    first = next(iter(sums.values()))
    if any(abs(first - other) > PRINTED * abs(first) for other in sums.values()):
        raise SystemExit(f"the readers disagree: {sums}")
    rows: list[Row] = [{"reader": name, "ms": 1e3 * median(took) / options.count} for name, took in seconds.items()]
    for row in rows:
        row["relative"] = row["ms"] / rows[0]["ms"]
    columns = [
        Column("reader", "reader"),
        Column("ms", "CPU a file [ms]", "{:.3f}"),
        Column("relative", "relative to the first", "{:.2f}"),
    ]
    single = [Column("reader", "reader"), Column("s", "CPU of a process that reads one file [s]", "{:.2f}")]
    processes: list[Row] = [{"reader": name, "s": median(took)} for name, took in alone.items()]
    title = f"{options.count:,} files of {options.points} points, .DTA"
    tables = [Table("reading", title, columns, rows), Table("one", "One file", single, processes)]
    finish("reading", __doc__, options, tables)


if __name__ == "__main__":
    main()
