"""``lipon-eis circuits``: the circuits there are; one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.parameters import CIRCUIT

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from lipon_eis.circuit_file import NamedCircuit

SCHEMA = "lipon-eis/circuits/1"


@options.command("circuits")
@click.argument("name", required=False, type=CIRCUIT)
@options.elements
@options.as_json
def command(name: str | None, elements: Path | None, as_json: bool) -> None:
    """List the circuits there are, or show one in full.

    NAME may also be a circuit string or a FILE.toml of your own.

    Example:
        lipon-eis circuits
        lipon-eis circuits li-lipon-lco
        lipon-eis circuits 'R0-p(R1,CPE1)-Wo1'
    """
    from lipon_eis.cli import terminal
    from lipon_eis.element_file import load_elements
    from lipon_eis.library import circuits, load_circuit

    if elements is not None:
        load_elements(elements)
    shown = [load_circuit(name)] if name else list(circuits())
    if as_json:
        terminal.print_json({"schema": SCHEMA, "circuits": [_plain(named) for named in shown]})
    else:
        with terminal.page() as screen:
            if name:
                _print_in_full(screen, shown[0])
            else:
                _print_list(screen, shown)


def _print_list(screen: Console, shown: list[NamedCircuit]) -> None:
    from rich.text import Text

    for named in shown:
        screen.print(Text.assemble((named.name, "bold"), "  ", (named.circuit.text, "cyan")))
        screen.print(f"    {named.title}", markup=False)


def _print_in_full(screen: Console, named: NamedCircuit) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from lipon_eis.cli.drawing import drawing

    if named.title:
        screen.print(Text.assemble((named.name, "bold"), f": {named.title}"))
    screen.print(Text(named.circuit.text, style="cyan"))
    screen.print()
    for line in drawing(named.circuit.tree):
        screen.print(Text("    " + line.rstrip()), no_wrap=True, overflow="ignore", crop=False)
    screen.print()
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for header in ("parameter", "unit", "role", "limits", ""):
        table.add_column(header)
    for row in _plain(named)["parameters"]:
        sides = f"answer, for {row['sides']} equal sides" if row["sides"] > 1 else "answer"
        limits = _limits(*row["bounds"])
        table.add_row(
            *map(Text, (row["name"], row["unit"], row["role"] or "–", limits, sides if row["answer"] else ""))
        )
    screen.print(table)
    if named.use_when:
        screen.print()
        screen.print(Text(f"Use when: {named.use_when}"))
    for reference in named.references:
        doi = f", doi:{reference.doi}" if reference.doi else ""
        screen.print()
        screen.print(Text(f"{reference.cite}{doi}"))
        if reference.note:
            screen.print(Padding(Text(reference.note), (0, 0, 0, 4)))


def _limits(low: float, high: float | None) -> str:
    return f"> {low:g}" if high is None else f"{low:g} to {high:g}"


def _plain(named: NamedCircuit) -> dict[str, Any]:
    """Return a circuit as plain values for JSON; an open bound is null."""
    return {
        "name": named.name,
        "title": named.title or None,
        "text": named.circuit.text,
        "use_when": named.use_when or None,
        "kinds": list(named.kinds),
        "family": named.family or None,
        "parameters": [
            {
                "name": p.name,
                "unit": p.unit,
                "role": named.roles.get(p.name),
                "bounds": _finite(named.bounds.get(p.name, (p.lower, p.upper))),
                "answer": p.name in named.answers,
                "sides": named.sides_of(p.name),
            }
            for p in named.circuit.parameters
        ],
        "references": [{"cite": r.cite, "doi": r.doi or None, "note": r.note or None} for r in named.references],
    }


def _finite(bounds: tuple[float, float]) -> list[float | None]:
    low, high = bounds
    return [low, None if high == float("inf") else high]
