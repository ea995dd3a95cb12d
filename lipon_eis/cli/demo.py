"""``lipon-eis demo``: the sample spectra, written out and fitted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SHEET = "samples.csv"
RESULTS = "results"
NO_SPECTRA = (".md", ".json")


@options.command("demo")
@click.argument("folder", metavar="[DIR]", type=options.PATH, default=Path("lipon-eis-demo"))
@click.pass_obj
def command(typed: str, /, folder: Path) -> Exit:
    """Write the sample spectra into DIR and fit them all into DIR/results.

    DIR is lipon-eis-demo unless given. The spectra are simulated, in the layouts of real instruments; DIR/README.md
    says what each is, and its true values. A file of yours is never replaced.

    Example:
        lipon-eis demo
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.job import run
    from lipon_eis.cli.output import refuse_unwritable
    from lipon_eis.cli.reading import read_paths
    from lipon_eis.cli.request import request
    from lipon_eis.settings import Settings

    refuse_unwritable(folder, hint="DIR")
    written = _write_samples(folder)
    spectra = [str(path) for path in written if path.name != SHEET and path.suffix not in NO_SPECTRA]
    asked = request({"samples": folder / SHEET, "output": folder / RESULTS}, Settings())
    code = run(asked, read_paths(spectra, Settings()), typed)
    terminal.note(f"the report is {(folder / RESULTS / 'report.pdf').as_posix()}; try next:")
    for line in (
        f"lipon-eis show {folder.as_posix()}",
        "lipon-eis circuits",
        "lipon-eis fit YOUR-FOLDER --thickness 1.2um --area 0.5cm2",
    ):
        terminal.note(f"    {line}")
    return code


def _write_samples(folder: Path) -> list[Path]:
    """Write the sample spectra; return their paths.

    Raises:
        InvalidOption: A file of another content stands where one would go; nothing has been written then.
    """
    from importlib.resources import files

    from lipon_eis.errors import InvalidOption
    from lipon_eis.report.whole_file import write_whole

    content = {folder / name: data for name, data in _shipped(files("lipon_eis.sample_spectra"))}
    for path, data in content.items():
        if path.exists() and (not path.is_file() or path.read_bytes() != data):
            raise InvalidOption(f"{path} exists and is not the demo's: choose another folder (lipon-eis demo DIR)")
    for path, data in content.items():
        write_whole(path, data)
    return list(content)


def _shipped(folder: Traversable, before: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield (name relative to the package, content) of every data file, sorted."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            yield from _shipped(entry, f"{before}{entry.name}/")
        elif entry.is_file() and not entry.name.endswith((".py", ".pyc")):
            yield before + entry.name, entry.read_bytes()
