"""``lipon-eis samples``: a sample sheet to fill in."""

from __future__ import annotations

import sys
from pathlib import Path

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit


@options.command("samples")
@options.paths
@options.reading
@options.option("-o", "--output", metavar="FILE", type=options.PATH, help="Write to a new file instead of stdout.")
def command(paths: tuple[str, ...], output: Path | None, **how: str | None) -> Exit:
    """Write a sample sheet to fill in, one row a spectrum.

    What the files themselves say (temperature, area) is filled in. File names are relative to the sheet.

    Example:
        lipon-eis samples exports/ -o exports/samples.csv
        lipon-eis fit exports/ --samples exports/samples.csv
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.output import refuse_unwritable_file
    from lipon_eis.cli.reading import read_paths, say_what_was_not_read, source_of
    from lipon_eis.errors import InvalidOption
    from lipon_eis.settings import read_settings
    from lipon_eis.sheet import write_template

    if output is not None:
        refuse_unwritable_file(output)
        if output.exists():
            raise InvalidOption(f"{output} exists and may have been filled in: remove it or choose another name")
    reading = read_paths(paths, read_settings(), **how)
    if reading.spectra:
        rows = [(*source_of(spectrum), spectrum) for spectrum in reading.spectra]
        write_template(rows, sys.stdout if output is None else output)
    code = say_what_was_not_read(reading)
    if reading.spectra and output is not None:
        terminal.note(f"written to {output.as_posix()}: fill it in, then name it by --samples or in lipon-eis.toml")
    return code
