"""The results as a table in a terminal, readable at 80 columns and better at 120."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lipon_eis.report.document import Document, by_role, derived, entries, headline
from lipon_eis.report.numbers import UNKNOWN, celsius, measured
from lipon_eis.report.wording import SHORT_ROLES, role_symbol, verdict_words

if TYPE_CHECKING:
    from rich.table import Table

NARROW = 100
VERDICT_WIDTH = 20  # the longest reason code
CIRCUIT_WIDTH = 16
COLOURS = {"pass": "green", "check": "yellow", "fail": "bold red"}


def results_table(document: Document, width: int | None = None) -> Table:
    """Return the results as a rich table: one spectrum a row, one resistance a line in it.

    Args:
        document: As in ``results.json``.
        width: Columns of the terminal; None lets rich find out. Below 100 the circuit stands
            under the label instead of in a column of its own.

    Returns:
        A ``rich.table.Table``; text in it is never read as markup.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    narrow = width is not None and width < NARROW
    table = Table(box=SIMPLE_HEAD, width=width, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("spectrum", overflow="fold", ratio=4 if narrow else 3)
    table.add_column("T", justify="right", no_wrap=True)
    if not narrow:
        table.add_column("circuit", overflow="fold", min_width=CIRCUIT_WIDTH)
    table.add_column("resistance", no_wrap=True)
    table.add_column("σ / S cm⁻¹" if narrow else "conductivity", no_wrap=True)
    table.add_column("verdict", overflow="fold", ratio=3, min_width=CIRCUIT_WIDTH)
    for entry in entries(document):
        label, circuit = Text(str(entry.get("label") or "")), _in_lines(_circuit(entry), CIRCUIT_WIDTH)
        if narrow:
            label.append(f"\n{circuit}", style="dim")
        cells: list[Any] = [label, celsius((entry.get("sample") or {}).get("temperature_K"))]
        if not narrow:
            cells.append(Text(circuit))
        sigma = _conductivity(entry)
        sigma = sigma.removesuffix(" S/cm") if narrow else sigma
        cells += [Text(_resistances(entry)), Text(sigma), _verdict(entry, CIRCUIT_WIDTH if narrow else VERDICT_WIDTH)]
        table.add_row(*cells)
    return table


def _circuit(entry: Mapping[str, Any]) -> str:
    circuit = entry.get("circuit") or {}
    return str(circuit.get("name") or circuit.get("text") or UNKNOWN)


def _in_lines(name: str, width: int) -> str:
    """Break a name behind its hyphens, as a reader would break it."""
    return "\n".join(textwrap.wrap(name, width, break_on_hyphens=True))


def _resistances(entry: Mapping[str, Any]) -> str:
    """Return one line a resistance that means something, ``R_b  104.0 ± 0.4 Ω``; all where no role says."""
    rows = [(f"R_{role_symbol(role)}", p) for role, p in by_role(entry) if role and role not in SHORT_ROLES]
    if not rows:
        rows = [(p["name"], p) for p in entry.get("parameters") or [] if p.get("unit") == "ohm"]
    size = max((len(name) for name, _ in rows), default=0)
    lines = [f"{name:<{size}} {measured(p['value'], p.get('stderr'), 'ohm', p.get('interval'))}" for name, p in rows]
    return "\n".join(lines) or UNKNOWN


def _conductivity(entry: Mapping[str, Any]) -> str:
    quantity = derived(entry, headline(entry))
    if quantity is None:
        return UNKNOWN
    return measured(quantity.get("value"), quantity.get("stderr"), quantity["unit"], quantity.get("interval"))


def _verdict(entry: Mapping[str, Any], width: int) -> Any:
    from rich.text import Text

    text = Text(verdict_words(entry.get("verdict")), style=COLOURS.get(entry.get("verdict") or "", ""))
    for reason in entry.get("reasons") or []:
        if reason.get("level") != "note":
            text.append("\n" + _in_lines(reason["code"], width), style="dim")
    return text
