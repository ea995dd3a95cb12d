"""``lipon-eis drt``: distribution of relaxation times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit
from lipon_eis.cli.parameters import WINDOW
from lipon_eis.errors import CannotFit, InvalidOption

if TYPE_CHECKING:
    from lipon_eis.spectrum import Spectrum
    from lipon_eis.validity.relaxation_times import RelaxationTimes

    Pairs = list[tuple[Spectrum, RelaxationTimes]]

SCHEMA = "lipon-eis/relaxation-times/1"
IMAGES = (".svg", ".pdf", ".png")


@options.command("drt")
@options.paths
@options.option("--range", "window", metavar="LOW..HIGH", type=WINDOW, help="Use these frequencies only: 1Hz..1MHz.")
@options.option(
    "--ridge",
    metavar="NUMBER",
    type=click.FloatRange(min=0, min_open=True),
    help="Weight of smoothness. [default: by cross-validation]",
)
@options.option("-o", "--output", metavar="FILE", type=options.PATH, help="Figure: FILE.svg, .pdf or .png.")
@options.reading
@options.as_json
def command(
    paths: tuple[str, ...],
    window: tuple[float | None, float | None] | None,
    ridge: float | None,
    output: Path | None,
    as_json: bool,
    **how: str | None,
) -> Exit:
    """Show the distribution of relaxation times: which arcs there are.

    A picture to choose a circuit by. Each peak has a resistance and a time constant; one that is small beside
    the rest may be left over by the smoothing, and one outside the measured window is seen by its flank alone.

    Example:
        lipon-eis drt cell.mpt -o drt.svg
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.job import within
    from lipon_eis.cli.output import refuse_unwritable_file
    from lipon_eis.cli.reading import line_of, read_paths, say_what_was_not_read
    from lipon_eis.settings import read_settings
    from lipon_eis.validity.relaxation_times import relaxation_times

    if output is not None:
        if output.suffix.lower() not in IMAGES:
            raise InvalidOption(f"-o {output}: expected a figure that ends in {', '.join(IMAGES)}")
        refuse_unwritable_file(output)
    reading = read_paths(paths, read_settings(), **how)
    spectra, outside = within(window or (None, None), reading.spectra)
    found: Pairs = []
    failures = [f.to_dict() for f in [*reading.failures, *outside]]
    for failure in outside:
        terminal.error(line_of(failure))
    for part in spectra:
        try:
            found.append((part, relaxation_times(part, ridge=ridge)))
        except CannotFit as problem:
            source, index = str(part.meta.get("source", part.label)), int(part.meta.get("spectrum", 0))
            failures.append(
                {"source": source, "spectrum": index, "error": type(problem).__name__, "message": str(problem)}
            )
            terminal.error(f"{part.label}: {problem}")
    if output is not None and found:
        _write_figure(output, found)
        terminal.note(f"figure: {output.as_posix()}")
    if as_json:
        results = [_plain(spectrum, distribution) for spectrum, distribution in found]
        terminal.print_json({"schema": SCHEMA, "results": results, "failures": failures})
    else:
        _print(found)
    code = say_what_was_not_read(reading)
    return Exit.INCOMPLETE if code == Exit.FINE and failures else code


def _write_figure(path: Path, found: Pairs) -> None:
    from lipon_eis.report import style
    from lipon_eis.report.image import image
    from lipon_eis.report.relaxation_plot import relaxation_figure
    from lipon_eis.report.whole_file import write_whole

    with style.settings():
        figure = relaxation_figure([(spectrum.label, distribution) for spectrum, distribution in found])
        write_whole(path, image(figure, path.suffix.lower().removeprefix(".")))


def _plain(spectrum: Spectrum, found: RelaxationTimes) -> dict[str, Any]:
    from lipon_eis.result import plain

    made: dict[str, Any] = plain(
        {
            "source": spectrum.meta.get("source", spectrum.label),
            "spectrum": int(spectrum.meta.get("spectrum", 0)),
            "label": spectrum.label,
            "peaks": [
                {
                    "tau_s": peak.tau,
                    "frequency_hz": peak.frequency,
                    "resistance_ohm": peak.resistance,
                    "resistance_stderr_ohm": peak.resistance_stderr,
                    "inside": peak.inside,
                    "clear": peak.clear,
                }
                for peak in found.peaks
            ],
            "tau_s": found.tau.tolist(),
            "gamma_ohm": found.gamma.tolist(),
            "gamma_stderr_ohm": found.gamma_stderr.tolist(),
            "series_resistance_ohm": found.resistance,
            "inductance_H": found.inductance,
            "tail": [{"n": n, "coefficient_ohm_s_to_minus_n": value} for n, value in found.tail.items()],
            "residual": found.residual,
            "ridge": found.ridge,
            "degrees_of_freedom": found.degrees_of_freedom,
        }
    )
    return made


def _print(found: Pairs) -> None:
    from rich.table import Table
    from rich.text import Text

    from lipon_eis.cli import terminal
    from lipon_eis.rounding import format_value

    with terminal.page() as screen:
        for spectrum, distribution in found:
            residual = f"residual {100 * distribution.residual:.2g} %"
            tail = ", ".join(f"(jω)^-{n:g}" for n in distribution.tail)
            rises = f"; rises at low frequencies as {tail}" if tail else ""
            screen.print(Text.assemble((spectrum.label, "bold"), f"  {residual}{rises}"))
            table = Table.grid(padding=(0, 2))
            for peak in distribution.peaks:
                where = "" if peak.inside else "outside the window"
                table.add_row(
                    "  peak",
                    format_value(peak.frequency, unit="Hz", digits=2),
                    format_value(peak.tau, unit="s", digits=2),
                    format_value(peak.resistance, unit="ohm", digits=2),
                    where or ("" if peak.clear else "small beside the rest: perhaps left over by the smoothing"),
                )
            screen.print(table if distribution.peaks else Text("  no peak"))
