"""``lipon-eis fit``: the main job."""

from __future__ import annotations

from typing import Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit


@options.command("fit")
@options.paths
@options.fitting
@click.pass_obj
def command(typed: str, /, paths: tuple[str, ...], **given: Any) -> Exit:
    """Fit spectra, convert to conductivities, judge, report.

    PATH is a file, a folder (with all below it) or a glob. All options but --json may also stand in
    lipon-eis.toml in the current folder. Thickness, area and temperature are taken from the option, else the sample
    sheet, else lipon-eis.toml, else the file's header.

    Example:
        lipon-eis fit exports/ --thickness '1.2 um ± 5 %' --area 0.5cm2
        lipon-eis fit cell.mpt --circuit 'R0-p(R1,CPE1)-CPE2' --role R1=bulk.resistance
    """
    from lipon_eis.cli.job import run
    from lipon_eis.cli.reading import read_paths, without_sheet
    from lipon_eis.cli.request import request
    from lipon_eis.settings import read_settings

    settings = read_settings()
    asked = request(given, settings)
    how = (given["format"], given["imaginary"], given["temperature_from"])
    reading = read_paths(without_sheet(paths, asked.sheet), settings, *how)
    return run(asked, reading, typed, as_json=given["as_json"])
