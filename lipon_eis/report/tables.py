"""The results as a table in a terminal, readable at 80 columns and better at 120."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lipon_eis.report.document import (
    Document,
    codes,
    derived,
    entries,
    fit_error_only,
    headline,
    quoted_error,
    resistances,
)
from lipon_eis.report.numbers import UNKNOWN, celsius, measured
from lipon_eis.report.wording import role_symbol, verdict_words

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

NARROW = 100
CIRCUIT_WIDTH = 16
GAP = 2  # between columns
LABEL_WIDTH = 12  # at least, whatever the other columns want
PIECE = re.compile(r"[^-_/\s]+[-_/\s]*|[-_/\s]+")
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
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = width or Console().width
    rows, narrow = entries(document), width < NARROW
    columns = {"spectrum": [str(entry.get("label") or "") for entry in rows]}
    columns["T"] = [celsius((entry.get("sample") or {}).get("temperature_K")) for entry in rows]
    if not narrow:
        columns["circuit"] = [_in_lines(_circuit(entry), CIRCUIT_WIDTH) for entry in rows]
    columns["resistance"] = [_resistances(entry) for entry in rows]
    sigma = "σ / S cm⁻¹" if narrow else "conductivity"
    columns[sigma] = [_conductivity(entry, unit=not narrow) for entry in rows]
    widths = {name: _longest([name, *cells]) for name, cells in columns.items()}
    del widths["spectrum"]
    verdict = _verdict_width(rows, columns["spectrum"], width - sum(widths.values()) - GAP * len(columns))
    widths["spectrum"] = max(LABEL_WIDTH, width - sum(widths.values()) - GAP * len(columns) - verdict)

    table = Table(box=SIMPLE_HEAD, width=width, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", width=widths[name], justify="right" if name == "T" else "left")
    table.add_column("verdict", overflow="fold", width=verdict)
    for k, entry in enumerate(rows):
        cells = [Text(column[k]) for column in columns.values()]
        cells[0] = Text(_in_lines(columns["spectrum"][k], widths["spectrum"]))
        if narrow:
            cells[0].append("\n" + _in_lines(_circuit(entry), widths["spectrum"]), style="dim")
        table.add_row(*cells, _verdict(entry, verdict))
    return table


def table_notes(document: Document) -> list[str]:
    """Return what a reader of the table's numbers has to know."""
    with_error = [entry for entry in entries(document) if quoted_error(entry) is not None]
    bare = sum(map(fit_error_only, with_error))
    if not bare:
        return []
    which = "" if bare == len(with_error) else f" of {bare} {'spectrum' if bare == 1 else 'spectra'}"
    return [f"σ{which}: fit error only (thickness and area carry no error)"]


def _verdict_width(rows: list[Mapping[str, Any]], labels: list[str], room: int) -> int:
    """Return a width that leaves labels whole where it can, and always shows codes unbroken between their hyphens."""
    words = ["verdict", *(verdict_words(entry.get("verdict")) for entry in rows)]
    causes = [code for entry in rows for code in codes(entry)]
    least = _longest([*words, *(_in_lines(code, 1) for code in causes)])
    names = (_in_lines(_circuit(entry), CIRCUIT_WIDTH) for entry in rows)
    wanted = room - _longest([*labels, *names])
    return max(least, min(wanted, _longest([*words, *causes])))


def _cells(text: str) -> int:
    """Return how many columns a text takes."""
    from rich.cells import cell_len

    return cell_len(text)


def _longest(texts: Iterable[str]) -> int:
    """Return the columns that the longest line of some texts takes."""
    return max((_cells(line) for text in texts for line in text.split("\n")), default=0)


def _circuit(entry: Mapping[str, Any]) -> str:
    circuit = entry.get("circuit") or {}
    return str(circuit.get("name") or circuit.get("text") or UNKNOWN)


def _in_lines(name: str, width: int) -> str:
    """Break a name behind its hyphens, underscores and blanks, as a reader would break it."""
    lines = [""]
    for piece in PIECE.findall(name):
        if lines[-1] and _cells(lines[-1]) + _cells(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def _resistances(entry: Mapping[str, Any]) -> str:
    """Return one line a resistance that means something, ``R_b  104.0 ± 0.4 Ω``; all where no role says."""
    rows = [(f"R_{role_symbol(role)}" if role else str(p.get("name")), p) for role, p in resistances(entry)]
    size = max((len(name) for name, _ in rows), default=0)
    lines = [
        f"{name:<{size}} {measured(p.get('value'), p.get('stderr'), 'ohm', p.get('interval'))}" for name, p in rows
    ]
    return "\n".join(lines) or UNKNOWN


def _conductivity(entry: Mapping[str, Any], *, unit: bool) -> str:
    quantity = derived(entry, headline(entry))
    if quantity is None:
        return UNKNOWN
    text = measured(quantity.get("value"), quantity.get("stderr"), quantity["unit"], quantity.get("interval"))
    return text if unit else text.removesuffix(" S/cm")


def _verdict(entry: Mapping[str, Any], width: int) -> Text:
    from rich.text import Text

    text = Text(verdict_words(entry.get("verdict")), style=COLOURS.get(entry.get("verdict") or "", ""))
    for code in codes(entry):
        text.append("\n" + _in_lines(code, width), style="dim")
    return text
