"""``lipon-eis simulate``: a synthetic spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lipon_eis.cli import options
from lipon_eis.cli.parameters import CIRCUIT, FRACTION, NUMBER_ASSIGNMENT, WINDOW, once_each
from lipon_eis.errors import InvalidOption, InvalidQuantity, UnknownParameter, nearest

if TYPE_CHECKING:
    from lipon_eis.model.circuit import Circuit

MAY_BE_ZERO = ("resistance", "inductance")  # a short; the others at 0 are an open circuit


@options.command("simulate")
@click.argument("circuit", type=CIRCUIT)
@options.option(
    "--set",
    "values",
    metavar="R1=4k",
    type=NUMBER_ASSIGNMENT,
    multiple=True,
    callback=once_each,
    help="Value of a parameter: 4k, '4 kohm', 2.2e-9 (repeatable; all are needed).",
)
@options.elements
@options.option(
    "--range", "window", metavar="LOW..HIGH", type=WINDOW, default="1Hz..1MHz", show_default=True, help="Frequencies."
)
@options.option("--points-per-decade", metavar="N", type=click.IntRange(1, 10_000), default=10, show_default=True)
@options.option(
    "--noise", metavar="FRACTION", type=FRACTION, default=0.0, help="Standard deviation of Re and of Im: '0.3%' of |Z|."
)
@options.option("--seed", metavar="N", type=click.IntRange(min=0), default=0, show_default=True, help="Of the noise.")
@options.option("-o", "--output", metavar="FILE.csv", type=options.PATH, help="Write to a file instead of stdout.")
def command(
    circuit: str,
    values: Mapping[str, str],
    elements: Path | None,
    window: tuple[float | None, float | None],
    points_per_decade: int,
    noise: float,
    seed: int,
    output: Path | None,
) -> None:
    """Simulate a spectrum: CSV with frequency_hz,z_re_ohm,z_im_ohm.

    CIRCUIT is a name, a circuit string or a FILE.toml; `lipon-eis circuits CIRCUIT` lists its parameters.

    Example:
        lipon-eis simulate 'R0-p(R1,CPE1)' --set R0=50 --set R1=4k --set CPE1_0=2n --set CPE1_1=0.95
        lipon-eis simulate li-lipon-li ... --noise 0.3% -o cell.csv
    """
    from lipon_eis.cli.output import refuse_unwritable_file
    from lipon_eis.cli.tidy_csv import tidy_csv
    from lipon_eis.element_file import load_elements
    from lipon_eis.library import load_circuit
    from lipon_eis.report.whole_file import write_whole
    from lipon_eis.simulation import simulate

    if elements is not None:
        load_elements(elements)
    model = load_circuit(circuit).circuit
    parameters, frequency = _parameters(model, values), _frequencies(window, points_per_decade)
    if output is not None:
        refuse_unwritable_file(output)
    text = tidy_csv(simulate(model, parameters, frequency, noise=noise, seed=seed))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text.encode())


def _parameters(circuit: Circuit, texts: Mapping[str, str]) -> dict[str, float]:
    """Return values in SI, or refuse what is unknown, missing or out of a parameter's domain."""
    from lipon_eis.units import parse_number

    for name in texts:
        if name not in circuit.names:
            known = ", ".join(circuit.names)
            raise UnknownParameter(
                f"--set: {circuit} has no parameter {name!r}{nearest(name, circuit.names)} (it has {known})"
            )
    if missing := [name for name in circuit.names if name not in texts]:
        wanted = " ".join(f"--set {name}=…" for name in missing)
        raise UnknownParameter(f"{circuit} needs a value of every parameter; missing: {wanted}")
    values = {}
    for p in circuit.parameters:
        try:
            values[p.name] = value = parse_number(texts[p.name], p.unit)
        except InvalidQuantity as error:
            raise InvalidQuantity(f"--set {p.name}: {error}") from error
        low = ">= 0" if p.quantity in MAY_BE_ZERO else f"> {p.lower:g}" if p.lower == 0 else f">= {p.lower:g}"
        above = value >= p.lower if low.startswith(">=") else value > p.lower
        if not (above and value <= p.upper):
            limit = low if p.upper == float("inf") else f"{low} and <= {p.upper:g}"
            raise InvalidOption(f"--set {p.name}={texts[p.name]}: has to be {limit}{' ' + p.unit if p.unit else ''}")
    return values


def _frequencies(window: tuple[float | None, float | None], per_decade: int) -> list[float]:
    """Return frequencies [Hz] from high to low, evenly spaced in the logarithm, both ends included."""
    from math import log10

    low, high = window
    if low is None or high is None or low <= 0:
        raise InvalidOption("--range of a simulation needs two positive ends: 1Hz..1MHz")
    steps = max(1, round(per_decade * log10(high / low)))
    inner = [10 ** (log10(high) + (log10(low) - log10(high)) * k / steps) for k in range(1, steps)]
    return [high, *inner, low]
