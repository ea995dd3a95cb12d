"""``lipon-eis plan``: what a measurement will tell, before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.parameters import ASSIGNMENT, CIRCUIT, FRACTION, NUMBER_ASSIGNMENT, Parsed, film_property, once_each
from lipon_eis.errors import InvalidOption, InvalidQuantity
from lipon_eis.units import Quantity, parse_assignment, parse_number, parse_quantity

if TYPE_CHECKING:
    from rich.console import Console

    from lipon_eis.physics.plan import Measurement, Plan
    from lipon_eis.physics.remedies import Remedy

IMAGES = (".svg", ".pdf", ".png")
DEFAULT_WANT = {"sigma_bulk": 0.01}


def _sigma(text: str) -> float:
    """Return S/m; a bare number is in S/cm, as everybody writes conductivities."""
    try:
        return parse_quantity(text, "conductivity").value
    except InvalidQuantity:
        return 100 * _positive(parse_number(text), text)


def _positive(value: float, text: str) -> float:
    if not value > 0:
        raise InvalidQuantity(f"{text!r} has to be positive")
    return value


def _energy(text: str) -> float:
    return parse_quantity(text.strip().removesuffix("eV").strip(), "dimensionless").value


def _frequency(text: str) -> float:
    return parse_quantity(text, "frequency").value


def _wanted(text: str) -> tuple[str, str]:
    name, value = parse_assignment(text)
    parse_quantity(value, "dimensionless")
    return name, value


FREQUENCY = Parsed("frequency", _frequency)


@options.command("plan")
@options.option(
    "--sigma",
    metavar="S/CM",
    type=Parsed("conductivity", _sigma),
    default="2e-6",
    show_default=True,
    group="The film",
    help="Conductivity at 25 °C that one hopes for: 2e-6 is in S/cm; '2e-4 S/m'.",
)
@options.option(
    "--thickness",
    metavar="LENGTH",
    type=film_property("thickness"),
    required=True,
    group="The film",
    help="'1um', '1 um ± 5 %' (+- will do).",
)
@options.option(
    "--area", metavar="AREA", type=film_property("area"), required=True, group="The film", help="'1mm2', '1mm2 ± 2 %'."
)
@options.option(
    "--eps-r",
    metavar="N",
    type=Parsed("number", lambda text: parse_quantity(text, "dimensionless").value),
    default="16.6",
    show_default=True,
    group="The film",
    help="Its relative permittivity.",
)
@options.option(
    "--temperature",
    metavar="TEMP",
    type=film_property("temperature"),
    default="25 degC",
    show_default=True,
    group="The film",
    help="Of the measurement.",
)
@options.option(
    "--activation-energy",
    metavar="EV",
    type=Parsed("energy", _energy),
    default="0.55",
    show_default=True,
    group="The film",
    help="Of the conductivity in σ = σ0 exp(-Ea/kT): what another temperature does.",
)
@options.option(
    "--circuit",
    metavar="CIRCUIT",
    type=CIRCUIT,
    default="lipon-blocking",
    show_default=True,
    group="The circuit",
    help="A name (see `lipon-eis circuits`), a string with --role, or a FILE.toml.",
)
@options.option(
    "--set",
    "values",
    metavar="R0=5",
    type=NUMBER_ASSIGNMENT,
    multiple=True,
    callback=once_each,
    group="The circuit",
    help="Value to expect of a parameter, in place of the assumed one (repeatable).",
)
@options.option(
    "--fix",
    metavar="R0=5",
    type=NUMBER_ASSIGNMENT,
    multiple=True,
    callback=once_each,
    group="The circuit",
    help="A parameter that is known, and will be held at this value in the fit (repeatable).",
)
@options.option(
    "--role",
    "roles",
    type=ASSIGNMENT,
    metavar="R1=bulk.resistance",
    multiple=True,
    callback=once_each,
    group="The circuit",
    help="What a part of a circuit string stands for (repeatable).",
)
@options.option(
    "--fmin", metavar="FREQ", type=FREQUENCY, default="1Hz", show_default=True, group="The instrument", help="Lowest."
)
@options.option(
    "--fmax", metavar="FREQ", type=FREQUENCY, default="1MHz", show_default=True, group="The instrument", help="Highest."
)
@options.option(
    "--points-per-decade",
    metavar="N",
    type=click.IntRange(1, 500),
    default=10,
    show_default=True,
    group="The instrument",
    help="Of frequency.",
)
@options.option(
    "--noise",
    metavar="FRACTION",
    type=FRACTION,
    default="0.3%",
    show_default=True,
    group="The instrument",
    help="Standard deviation of Re and of Im, of |Z|.",
)
@options.option(
    "--want",
    "wanted",
    metavar="sigma_bulk=1%",
    type=Parsed("name=error", _wanted),
    multiple=True,
    callback=once_each,
    group="The goal",
    help="Relative standard error to reach; says what to change (repeatable). [default: sigma_bulk=1%]",
)
@options.option("-o", "--output", metavar="FILE", type=options.PATH, help="Figure: FILE.svg, .pdf or .png.")
@options.as_json
def command(
    wanted: Mapping[str, str],
    output: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Say what a measurement will tell, before it is made.

    The expected spectrum of a film or cell, the expected error of each quantity, and what to change, each thing
    alone, to reach a wanted error. What is not given is assumed and listed; --set replaces it.

    Example:
        lipon-eis plan --sigma 2e-6 --thickness 1um --area 1mm2 --fmax 1MHz --noise 0.3%
        lipon-eis plan --thickness '1um ± 5%' --area 1mm2 --temperature 60degC --want sigma_bulk=3% -o plan.svg
        lipon-eis plan --thickness 1.2um --area 0.5cm2 --circuit li-lipon-lco --fmin 10mHz --json
    """
    from lipon_eis.cli import terminal
    from lipon_eis.physics.plan import plan
    from lipon_eis.physics.remedies import remedies

    _refuse(output)
    expected = plan(_measurement(**given))
    goals = {name: parse_quantity(text, "dimensionless").value for name, text in wanted.items()}
    if not goals:
        goals = {name: error for name, error in DEFAULT_WANT.items() if name in expected.derived}
    changes = remedies(expected, goals)
    if output:
        _write_figure(output, expected)
    if as_json:
        from lipon_eis.report.plan_document import plan_document

        terminal.print_json(plan_document(expected, goals, changes))
    else:
        with terminal.page() as screen:
            _print_plan(screen, expected)
            _print_goals(screen, expected, goals, changes)
    if output:
        terminal.note(f"figure: {output.as_posix()}")


def _refuse(output: Path | None) -> None:
    from lipon_eis.cli.output import refuse_unwritable_file

    if output:
        if output.suffix.lower() not in IMAGES:
            raise InvalidOption(f"-o {output}: expected a figure that ends in {', '.join(IMAGES)}")
        refuse_unwritable_file(output)


def _measurement(
    thickness: str,
    area: str,
    temperature: str,
    fmin: float,
    fmax: float,
    circuit: str,
    values: Mapping[str, str],
    fix: Mapping[str, str],
    roles: Mapping[str, str],
    **rest: Any,
) -> Measurement:
    """Return what the options say, in SI."""
    from lipon_eis.library import load_circuit
    from lipon_eis.physics.plan import Measurement

    if both := sorted(set(values) & set(fix)):
        raise InvalidOption(f"{both[0]}: --set and --fix; --fix alone says the value too")
    named = load_circuit(circuit, roles or None)
    units = {p.name: p.unit for p in named.circuit.parameters}
    d, a = parse_quantity(thickness, "length"), parse_quantity(area, "area")
    return Measurement(
        thickness=d.value,
        area=a.value,
        thickness_error=_relative(d),
        area_error=_relative(a),
        temperature=parse_quantity(temperature, "temperature").value,
        f_min=fmin,
        f_max=fmax,
        circuit=named,
        values={name: parse_number(text, units.get(name)) for name, text in {**values, **fix}.items()},
        fixed=tuple(fix),
        **rest,
    )


def _relative(quantity: Quantity) -> float | None:
    return None if not quantity.stderr else quantity.stderr / quantity.value


def _write_figure(path: Path, expected: Plan) -> None:
    from lipon_eis.report import style
    from lipon_eis.report.image import image
    from lipon_eis.report.plan_figure import plan_figure
    from lipon_eis.report.whole_file import write_whole

    with style.settings():
        write_whole(path, image(plan_figure(expected), path.suffix.lower().removeprefix(".")))


def _print_plan(screen: Console, expected: Plan) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from lipon_eis.report.plan_text import place_text, quantity_rows

    screen.print(Text.assemble((expected.named.name, "bold"), f"  {expected.named.circuit.text}"))
    for position in expected.positions:
        screen.print(Text(place_text(position)))
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for header in ("quantity", "expected", "error", "of it geometry", "will be"):
        table.add_column(header, overflow="fold")
    for row in quantity_rows(expected):
        table.add_row(*map(Text, row))
    screen.print(table)


def _print_goals(screen: Console, expected: Plan, goals: Mapping[str, float], changes: Sequence[Remedy]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from lipon_eis.report.plan_text import goal_text, remedy_text

    for name, error in goals.items():
        screen.print()
        screen.print(Text(goal_text(expected, name, error, changes), style="bold"))
        for change in changes:
            if change.quantity == name:
                screen.print(Padding(Text(remedy_text(change)), (0, 0, 0, 4)))
