"""``lipon-eis series``: joint fits of spectra that belong together."""

from __future__ import annotations

from typing import Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit


@options.command("series")
@options.paths
@options.option(
    "--kind",
    metavar="KIND",
    help="What varies: temperature, thickness, area, time, cells or before-after. "
    "[default: what varies in the sample sheet]",
)
@options.fitting
@click.pass_obj
def command(typed: str, /, paths: tuple[str, ...], kind: str | None, **given: Any) -> Exit:
    """Fit the spectra of a series together.

    All spectra of one `group` of the sample sheet are fitted in one least squares, with what they have in common:
    over temperature an activation energy and the lead resistance, before and after an anneal or over time the exponents
    of the arcs; of blocking, symmetric and full cells, as their stacks in the sheet say, the film and both
    interfaces; over thickness and area a line with errors both ways. Every spectrum is fitted alone first, and its
    result stands beside the joint one. Options, files and exit codes are those of `lipon-eis fit`.

    Example:
        lipon-eis series exports/ --samples samples.csv --kind temperature
        lipon-eis series exports/ --samples samples.csv --kind cells
        lipon-eis series cold.mpt hot.mpt warm.mpt --thickness 1.2um --area 0.5cm2 --circuit lipon-blocking
    """
    from lipon_eis.batch import make_task
    from lipon_eis.cli.job import run
    from lipon_eis.cli.reading import read_paths, without_sheet
    from lipon_eis.cli.request import request
    from lipon_eis.series import check_kind, with_series
    from lipon_eis.settings import read_settings

    check_kind(kind)
    settings = read_settings()
    asked = request(given, settings)
    how = (given["format"], given["imaginary"], given["temperature_from"])
    reading = read_paths(without_sheet(paths, asked.sheet), settings, *how)
    return run(
        asked,
        reading,
        typed,
        as_json=given["as_json"],
        then=lambda batch: with_series(batch, make_task(asked.circuit, **asked.how), kind) if batch.results else batch,
    )
