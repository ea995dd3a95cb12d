"""``lipon-eis convert``: exports to tidy CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit


@options.command("convert")
@options.paths
@options.option("-o", "--output", metavar="DIR", type=options.PATH, required=True, help="Folder for the CSV files.")
@options.reading
def command(paths: tuple[str, ...], output: Path, **how: str | None) -> Exit:
    """Write every spectrum as CSV: frequency_hz,z_re_ohm,z_im_ohm.

    A file's spectra become DIR/STEM.csv, or DIR/STEM-0.csv, DIR/STEM-1.csv, … where there are several; the folder's
    name comes before where two files have one stem. All points are written with all their digits, by falling
    frequency. What lies in DIR itself is not converted again.

    Example:
        lipon-eis convert exports/ -o tidy
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.output import refuse_unwritable
    from lipon_eis.cli.reading import read_paths, say_what_was_not_read, source_of
    from lipon_eis.cli.tidy_csv import tidy_csv
    from lipon_eis.report.whole_file import write_whole
    from lipon_eis.settings import read_settings

    refuse_unwritable(output)
    reading = read_paths(paths, read_settings(), **how)
    here = output.resolve()
    spectra = [s for s in reading.spectra if here not in Path(source_of(s)[0]).resolve().parents]
    origins = [source_of(spectrum) for spectrum in spectra]
    for spectrum, name in zip(spectra, file_names(origins), strict=True):
        click.echo(write_whole(output / name, tidy_csv(spectrum).encode()).as_posix())
    code = say_what_was_not_read(reading)
    if ours := len(reading.spectra) - len(spectra):
        terminal.note(f"{ours} already in {output.as_posix()}: not converted again")
    return code


def file_names(origins: Sequence[tuple[str, int]]) -> list[str]:
    """Return a name for each (source, index) pair: the stem, with as much before it as tells files apart.

    Names that differ only in case count as equal, since on many disks they are.

    >>> file_names([("a/film.DTA", 0), ("b/film.DTA", 0), ("cell.mpt", 0), ("cell.mpt", 1)])
    ['a-film.csv', 'b-film.csv', 'cell-0.csv', 'cell-1.csv']
    """
    several = Counter(source for source, _ in origins)
    wordings = {source: _wordings(PurePosixPath(source), place) for place, source in enumerate(several)}
    length = dict.fromkeys(several, 0)

    def name(source: str, index: int) -> str:
        number = f"-{index}" if several[source] > 1 else ""
        return f"{wordings[source][length[source]]}{number}.csv"

    while True:
        users: dict[str, set[str]] = {}
        for source, index in origins:
            users.setdefault(name(source, index).casefold(), set()).add(source)
        alike = {source for sources in users.values() if len(sources) > 1 for source in sources}
        to_lengthen = {source for source in alike if length[source] + 1 < len(wordings[source])}
        if not to_lengthen:
            return [name(source, index) for source, index in origins]
        for source in to_lengthen:
            length[source] += 1


def _wordings(source: PurePosixPath, place: int) -> list[str]:
    """Return ever longer names of a file: its stem, the folders before it one by one, its suffix, a number."""
    folders = [part.strip("/\\:") for part in source.parts[:-1] if part not in (".", "..", "/")]
    names = ["-".join([*folders[k:], source.stem]) for k in range(len(folders), -1, -1)]
    whole = "-".join([*folders, source.name])
    return [*names, whole, f"{whole}~{place}"]
