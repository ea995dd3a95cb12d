"""``lipon-eis arrhenius``: activation energies from results that are there already."""

from __future__ import annotations

from pathlib import Path

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit


@options.command("arrhenius")
@click.argument("results", metavar="RESULTS.json|DIR", type=options.PATH)
@options.option(
    "--temperature-stderr",
    metavar="KELVIN",
    type=click.FloatRange(min=0),
    help="Scatter of one temperature reading, for all spectra. [default: that of the results, else 0.5]",
)
@options.option(
    "--temperature-offset-stderr",
    metavar="KELVIN",
    type=click.FloatRange(min=0),
    help="Error that all readings of a series have in common. [default: that of the results, else 0.5]",
)
@options.as_json
def command(
    results: Path, temperature_stderr: float | None, temperature_offset_stderr: float | None, as_json: bool
) -> Exit:
    """Give activation energies from fitted results, in both conventions.

    Spectra of one `group` of the sample sheet are one film; without groups, those of one thickness, area and circuit
    are. A line goes through the conductivities of a film, and through the reciprocal area-specific
    resistances of its interfaces; three temperatures are the least. Measured files are not opened.

    Exit codes:
        0    every activation energy is PASS or CHECK
        1    there is none: no film was measured at three temperatures
        3    the results cannot be read

    Example:
        lipon-eis arrhenius lipon-eis-results
        lipon-eis arrhenius lipon-eis-results --temperature-stderr 0.2 --json
    """
    from rich.text import Text

    from lipon_eis.cli import terminal
    from lipon_eis.errors import InvalidOption
    from lipon_eis.report.document import load
    from lipon_eis.report.series import series_lines
    from lipon_eis.temperature_series import series_of_document

    if not results.exists():
        raise InvalidOption(f"PATH does not exist: {results}")
    found = series_of_document(load(results), temperature_stderr, temperature_offset_stderr)
    document = {"schema": "lipon-eis/arrhenius/1", "series": [series.to_dict() for series in found]}
    if as_json:
        terminal.print_json(document)
    elif found:
        with terminal.page() as screen:
            for line in series_lines(document, screen.width):
                screen.print(Text(line))
    for series in found:
        for reason in series.reasons:
            if reason.level == "check":
                terminal.warning(f"{reason.code}: {series.label}: {reason.message}")
    if not found:
        terminal.error(
            "no film here was measured at three temperatures; give the spectra temperatures, and one group in a sample "
            "sheet, and fit again"
        )
        return Exit.INCOMPLETE
    return Exit.FINE
