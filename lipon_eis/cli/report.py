"""``lipon-eis report``: the PDF again."""

from __future__ import annotations

from pathlib import Path

import click

from lipon_eis.cli import options


@options.command("report")
@click.argument("results", metavar="RESULTS.json|DIR", type=options.PATH)
@options.option("-o", "--output", metavar="FILE", type=options.PATH, help="[default: report.pdf beside results.json]")
def command(results: Path, output: Path | None) -> None:
    """Make the PDF report again from results.json alone.

    The measured files are not opened; the same results give the same bytes.

    Example:
        lipon-eis report lipon-eis-results -o film.pdf
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.output import refuse_unwritable_file
    from lipon_eis.errors import InvalidOption
    from lipon_eis.report import write_report

    if not results.exists():
        raise InvalidOption(f"PATH does not exist: {results}")
    target = output or (results if results.is_dir() else results.parent) / "report.pdf"
    if target.suffix.lower() != ".pdf":
        raise InvalidOption(f"-o {target}: a report is a PDF, name it so: {target.with_suffix('.pdf').name}")
    refuse_unwritable_file(target)
    with terminal.progress("writing report"):
        write_report(results, target)
    click.echo(target.as_posix())
