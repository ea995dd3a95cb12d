"""Reading for every command: paths to spectra, and on stderr what was not read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lipon_eis.cli import terminal
from lipon_eis.cli.exits import Exit

if TYPE_CHECKING:
    from lipon_eis.readers import Failure, Reading
    from lipon_eis.settings import Settings
    from lipon_eis.sheet import SampleSheet
    from lipon_eis.spectrum import Spectrum

NAMED = 3
RESULTS = ("results.csv", "results.json", "report.pdf")
"""What a fit writes into its folder."""


def read_paths(
    paths: Sequence[str],
    settings: Settings,
    format: str | None = None,
    imaginary: str | None = None,
    temperature_from: str | None = None,
) -> Reading:
    """Read all spectra under the paths; options have precedence over ``lipon-eis.toml``.

    Raises:
        InvalidOption: A path does not exist or an option is wrong; nothing has been read then.
    """
    from lipon_eis.readers import gather

    with terminal.progress("reading"):
        return gather(
            paths,
            format=format or settings.format,
            imaginary=imaginary or settings.imaginary,
            temperature_from=temperature_from or settings.temperature_from,
        )


def without_sheet(paths: Sequence[str], sheet: SampleSheet | None) -> list[str]:
    """Return paths without the sample sheet that is in use, which a shell's ``*.csv`` may name; all, if it is alone."""
    given = None if sheet is None else sheet.path.resolve()
    return [path for path in paths if Path(path).resolve() != given] or list(paths)


def left_aside(reading: Reading, sheet: Path | None = None) -> list[str]:
    """Return the files that no reader knows, without those that this program wrote or was given: they are no loss.

    Args:
        reading: What came of reading.
        sheet: The sample sheet that is in use, if any.
    """
    given = None if sheet is None else sheet.resolve()
    return [name for name in reading.passed_over if not _is_ours(path := Path(name)) and path.resolve() != given]


def _is_ours(path: Path) -> bool:
    """Return whether a file is our settings, or lies in a folder of our results and bears the name of one."""
    from lipon_eis.settings import FILE_NAME

    if path.name == FILE_NAME:
        return True
    if path.name not in RESULTS:
        return False
    try:
        with open(path.with_name("results.json"), "rb") as file:
            return b'"lipon-eis/results/' in file.read(200)
    except OSError:
        return False


def say_what_was_not_read(reading: Reading, sheet: Path | None = None) -> Exit:
    """Name every failure and count the files passed over; return the exit code that reading alone asks for."""
    for failure in reading.failures:
        terminal.error(line_of(failure))
    names = left_aside(reading, sheet)
    if count := len(names):
        more = ", …" if count > NAMED else ""
        files = "file" if count == 1 else "files"
        terminal.note(f"{count} {files} passed over, known to no reader: {', '.join(names[:NAMED])}{more}")
    if not reading.spectra:
        if not reading.failures:
            terminal.error("nothing could be read: no file here is an impedance export")
        return Exit.NOTHING_READ
    return Exit.INCOMPLETE if reading.failures else Exit.FINE


def line_of(failure: Failure) -> str:
    """Return a failure's line, which always names the file."""
    if failure.message.startswith(failure.source):
        return failure.message
    which = "" if failure.spectrum in (None, 0) else f", spectrum {failure.spectrum}"
    return f"{failure.source}{which}: {failure.message}"


def source_of(spectrum: Spectrum) -> tuple[str, int]:
    """Return the file that a spectrum is from and its index in it."""
    return str(spectrum.meta.get("source", spectrum.label)), int(spectrum.meta.get("spectrum", 0))
