"""``lipon-eis check``: what data are worth, without a circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit
from lipon_eis.cli.parameters import FRACTION, WINDOW

if TYPE_CHECKING:
    from lipon_eis.validity.quality import Quality

SCHEMA = "lipon-eis/check/1"


@options.command("check")
@options.paths
@options.option("--range", "window", metavar="LOW..HIGH", type=WINDOW, help="Use these frequencies only: 1Hz..1MHz.")
@options.option(
    "--space",
    type=click.Choice(["Z", "Y"]),
    default="Z",
    show_default=True,
    help="Relaxations in series, of the impedance, or in parallel, of the admittance.",
)
@options.option(
    "--accuracy",
    metavar="FRACTION",
    type=FRACTION,
    default="0.2%",
    show_default=True,
    help="Of the instrument, of |Z|: Re and Im may contradict each other by as much.",
)
@options.reading
@options.as_json
def command(
    paths: tuple[str, ...],
    window: tuple[float | None, float | None] | None,
    space: str,
    accuracy: float,
    as_json: bool,
    **how: str | None,
) -> Exit:
    """Check data without a circuit: Kramers-Kronig, noise, drift, inductance, usable window.

    Each spectrum is PASS; CHECK, where a part of the window should be left out or looked at; or FAIL, where Re and Im
    belong together in no two decades of it.

    Example:
        lipon-eis check exports/
        lipon-eis check film.mpt --range ..1MHz --json
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.job import within
    from lipon_eis.cli.reading import line_of, read_paths, say_what_was_not_read
    from lipon_eis.settings import read_settings
    from lipon_eis.validity.quality import assess_many

    reading = read_paths(paths, read_settings(), **how)
    spectra, outside = within(window or (None, None), reading.spectra)
    found = assess_many(spectra, space=space, accuracy=accuracy)
    if as_json:
        failures = [f.to_dict() for f in [*reading.failures, *outside]]
        terminal.print_json({"schema": SCHEMA, "results": [_plain(one) for one in found], "failures": failures})
    else:
        _print(found)
    code = say_what_was_not_read(reading)
    for failure in outside:
        terminal.error(line_of(failure))
    for one in found:
        if one.verdict == "fail":
            terminal.error(f"{one.label}: FAIL: {one.remarks[0]}")
    failed = bool(outside) or any(one.verdict == "fail" for one in found)
    return Exit.INCOMPLETE if code == Exit.FINE and failed else code


def _plain(one: Quality) -> dict[str, Any]:
    """Return one finding as plain values; what is not known is None."""
    from lipon_eis.result import plain

    test = one.test
    document: dict[str, Any] = {
        "source": one.source,
        "spectrum": one.spectrum_index,
        "label": one.label,
        "verdict": one.verdict,
        "remarks": list(one.remarks),
        "inductance_H": one.inductance,
        "repeat_drift": one.repeat_drift,
    }
    if test is None:
        return {**document, "kramers_kronig": None}
    usable = test.usable
    made: dict[str, Any] = plain(
        {
            **document,
            "kramers_kronig": {
                "consistent": test.consistent,
                "space": test.space,
                "accuracy": test.accuracy,
                "p_value": test.p_value,
                "contradiction": test.contradiction,
                "noise": test.noise,
                "noise_re": test.noise_re,
                "noise_im": test.noise_im,
                "usable_range_hz": None if usable is None else list(usable),
                "relaxations": test.n_relaxations,
                "frequency_hz": one.frequency.tolist(),
                "residual_re": test.residual_re.tolist(),
                "residual_im": test.residual_im.tolist(),
                "suspect": test.suspect.tolist(),
            },
        }
    )
    return made


def _print(found: list[Quality]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from lipon_eis.cli import terminal
    from lipon_eis.rounding import format_value

    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    remarks = any(one.remarks for one in found)
    for header in ("spectrum", "verdict", "noise", "KK misfit", "usable", *["remarks"] * remarks):
        number = header in ("noise", "KK misfit", "usable")
        table.add_column(header, overflow="fold", no_wrap=number, justify="right" if number else "left")
    for one in found:
        test = one.test
        cells = [one.label, one.verdict.upper()]
        if test is None:
            cells += ["", "", ""]
        else:
            ends = [format_value(end, unit="Hz", digits=3) for end in test.usable or ()]
            cells += [f"{100 * test.noise:.2g} %", f"{100 * test.contradiction:.2g} %", " – ".join(ends) or "none"]
        table.add_row(*map(Text, (*cells, *["; ".join(one.remarks)] * remarks)))
    with terminal.page() as screen:
        screen.print(table)
