"""``lipon-eis compare``: which of some circuits the data support."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit
from lipon_eis.errors import InvalidOption

if TYPE_CHECKING:
    from lipon_eis.analysis import Task
    from lipon_eis.comparison import Comparison

SCHEMA = "lipon-eis/compare/1"
BY_NAME = ("guess", "fix", "bounds", "tie")


@options.command("compare")
@options.paths
@options.comparing
@options.as_json
@click.pass_obj
def command(_typed: str, /, paths: tuple[str, ...], circuits: tuple[str, ...], as_json: bool, **given: Any) -> Exit:
    """Fit several circuits to each spectrum and say which the data support.

    Ranked by the corrected Akaike criterion AICc, as --circuit auto does it: a circuit with more parameters has to be
    ahead by 10. Each has its verdict and its resistances, so that one sees what the choice changes. Nothing is written.

    Example:
        lipon-eis compare cell.mpt --circuit li-lipon-lco --circuit li-lipon-lco-two-arcs
        lipon-eis compare films/ --circuit lipon-blocking --circuit 'R0-p(R1,CPE1)-p(R2,CPE2)-CPE3' --json
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.job import within
    from lipon_eis.cli.reading import line_of, read_paths, say_what_was_not_read, without_sheet
    from lipon_eis.cli.request import request
    from lipon_eis.comparison import compare_circuits
    from lipon_eis.settings import read_settings

    if len(circuits) < 2:
        raise InvalidOption("a comparison needs two circuits or more: --circuit A --circuit B")
    settings = read_settings()
    wishes = {name: {**getattr(settings, name), **given[name]} for name in BY_NAME}
    bare = replace(settings, circuit=None, role={}, guess={}, fix={}, bounds={}, tie={})
    asked = request({**given, **{name: {} for name in BY_NAME}, "circuit": circuits[0], "as_json": True}, bare)
    tasks = _tasks(circuits, {**asked.how, **wishes})
    how = (given["format"], given["imaginary"], given["temperature_from"])
    reading = read_paths(without_sheet(paths, asked.sheet), settings, *how)
    spectra, outside = within(asked.window, reading.spectra)
    with terminal.progress("comparing", total=len(spectra)) as done:
        found = compare_circuits(spectra, asked.films(spectra), tasks)
        done(len(spectra))
    failures = [*reading.failures, *outside]
    if as_json:
        terminal.print_json(
            {
                "schema": SCHEMA,
                "results": [_plain(one) for one in found],
                "failures": [f.to_dict() for f in failures],
            }
        )
    else:
        _print(found)
    code = say_what_was_not_read(reading)
    for failure in outside:
        terminal.error(line_of(failure))
    for one in found:
        if one.chosen is None:
            terminal.error(f"{one.spectrum.label}: {one.candidates[0].problem}")
    lost = outside or any(one.chosen is None for one in found)
    return Exit.INCOMPLETE if code == Exit.FINE and lost else code


def _tasks(circuits: tuple[str, ...], how: dict[str, Any]) -> list[Task]:
    """Return a task a circuit; a wish for a parameter is for the circuits that have it, and one at least must."""
    from lipon_eis.batch import make_task
    from lipon_eis.errors import UnknownParameter, nearest
    from lipon_eis.library import load_circuit

    names = {circuit: set(load_circuit(circuit).circuit.names) for circuit in circuits}
    known = set().union(*names.values())
    for wish in BY_NAME:
        for name in how[wish]:
            if name not in known:
                raise UnknownParameter(f"--{wish} {name}: none of these circuits has it{nearest(name, known)}")
    return [
        make_task(
            circuit,
            **{
                **how,
                **{wish: {k: v for k, v in how[wish].items() if k in names[circuit]} for wish in BY_NAME[:-1]},
                "tie": {k: v for k, v in how["tie"].items() if {k, v} <= names[circuit]},
            },
        )
        for circuit in circuits
    ]


def _plain(one: Comparison) -> dict[str, Any]:
    spectrum = one.spectrum
    return {
        "source": str(spectrum.meta.get("source", spectrum.label)),
        "spectrum": int(spectrum.meta.get("spectrum", 0)),
        "label": spectrum.label,
        "says": one.says,
        "chosen": None if one.chosen is None else one.chosen.circuit,
        "circuits": [candidate.to_dict() for candidate in one.candidates],
    }


def _print(found: tuple[Comparison, ...]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from lipon_eis.cli import terminal
    from lipon_eis.report.comparison_text import HEADERS, cells

    with terminal.page() as screen:
        for one in found:
            screen.print(Text.assemble((one.spectrum.label, "bold"), f"  {one.says}"))
            table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
            for header in HEADERS:
                number = header in ("free", "ΔAICc", "misfit")
                table.add_column(header, justify="right" if number else "left", no_wrap=number, overflow="fold")
            for candidate in one.candidates:
                table.add_row(*map(Text, cells(candidate.to_dict())), style="" if candidate.chosen else "dim")
            screen.print(table)
