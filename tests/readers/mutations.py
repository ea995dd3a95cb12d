"""What may happen to an export on its way from the instrument: every mutation of one file, by kind.

`KINDS` maps a kind of mutation to a function of an `Export` that yields all its mutants, each with
what may come of it. The lines of the table are found here by their looks alone, not by the readers.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

import layouts
import numpy as np

from lipon_eis.readers.names import NAMES, Quantity, meaning

PLACES = 200
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+|[fpnumkMG])?")
OTHER_ENCODING = (UnicodeEncodeError, UnicodeDecodeError)


@dataclass(frozen=True)
class Mutant:
    """One mutated file.

    Attributes:
        what: For people.
        data: The bytes.
        name: Of the file, where that is what was changed.
        same: Every number must still be there, unless the file is refused.
        read: It may not be refused either.
        said: If points are missing, a note says so.
        line: Where the damage is, which an error has to name; 0 where it may be elsewhere.
    """

    what: str
    data: bytes
    name: str = ""
    same: bool = False
    read: bool = False
    said: bool = True
    line: int = 0


@dataclass(frozen=True, order=True)
class Table:
    """The largest block of lines of numbers: its rows, line of names, separator."""

    first: int
    last: int
    mark: str
    names: int | None = None

    @property
    def rows(self):
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Export:
    """One file: its bytes and name, and what it holds as text."""

    data: bytes
    name: str = "film.dat"
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    @cached_property
    def text(self):
        """The text with LF ends, or None for a binary file."""
        if self.data.startswith(b"\xff\xfe"):
            text = self.data[2:].decode("utf-16-le")
        elif b"\0" in self.data:
            return None
        else:
            try:
                text = self.data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = self.data.decode("cp1252", errors="replace")
        return re.sub(r"\r*\n|\r", "\n", text)

    @cached_property
    def lines(self):
        return (self.text or "").rstrip("\n").split("\n")

    @cached_property
    def table(self):
        """The largest table below a name of frequency, else the largest; None where nothing looks like one."""
        best = None
        for mark in ("\t", ";", ",", ""):
            widths = [_width(line, mark) for line in self.lines]
            start = 0
            for k in range(1, len(widths) + 1):
                if k == len(widths) or widths[k] != widths[start]:
                    if widths[start] >= 3 and k - start >= 3:
                        table = Table(start, k - 1, mark, _names_above(self.lines, start, mark, widths[start]))
                        best = max(best or (False, 0, None), (table.names is not None, k - start, table))
                    start = k
        return best and best[2]

    def encode(self, lines, encoding=None, newline="\r\n"):
        text = "\n".join(lines) + "\n"
        if encoding:
            return layouts.encoded(text, encoding, newline)
        try:
            return layouts.encoded(text, "cp1252", newline)
        except UnicodeEncodeError:
            return layouts.encoded(text, "utf-8", newline)

    def cells(self, line):
        """Cells of a line; names and units have as many as the rows, though some programs write fewer separators."""
        cells = self.lines[line].split(self.table.mark or None)
        if line < self.table.first and len(cells) > 2:
            width = len(self.lines[self.table.first].split(self.table.mark or None))
            cells = [*cells, *[""] * (width - len(cells))]
        return cells

    def join(self, cells):
        return (self.table.mark or "  ").join(cells)


def _width(line, mark):
    """Number of cells of a row of numbers, or 0 for another line."""
    cells = line.split(mark or None)
    full = [c.strip() for c in cells if c.strip()]
    numbers = sum(NUMBER.fullmatch(c) is not None for c in full)
    return len(cells) if numbers >= max(3, 0.6 * len(full)) else 0


def _names_above(lines, first, mark, width):
    """Index of the line of names: of as many cells as the rows, with a frequency among them."""
    for k in range(first - 1, max(-1, first - 4), -1):
        cells = lines[k].split(mark or None)
        known = [meaning(c.strip()) for c in cells]
        timed = any(m and m.quantity in (Quantity.FREQUENCY, Quantity.OMEGA) for m in known)
        if timed:
            return k if _filled(cells) <= width and (mark or len(cells) == width) else None
    return None


def _filled(cells):
    """Number of cells up to the last that holds anything."""
    return max((k for k, cell in enumerate(cells, 1) if cell.strip()), default=0)


def cut(export):
    """Anywhere."""
    size = len(export.data)
    for place in {*np.linspace(0, size - 1, PLACES).astype(int).tolist()}:
        yield Mutant(f"cut at byte {place}", export.data[:place], said=False)


def line_ends_and_encodings(export):
    """All of them: nothing may change."""
    if export.text is None or "\x1a" in export.text:
        return
    for encoding in layouts.ENCODINGS:
        for newline in layouts.LINE_ENDS:
            try:
                data = layouts.encoded(export.text, encoding, newline)
            except UnicodeEncodeError:
                continue
            yield Mutant(f"{encoding} with {newline!r}", data, same=True, read="�" not in export.text)


def decimal_comma(export):
    """As a European spreadsheet or program would write the table."""
    table = export.table
    if not table:
        return
    lines = list(export.lines)
    for k in range(table.first if table.names is None else table.names, table.last + 1):
        line = lines[k].replace(",", ";") if table.mark == "," else lines[k]
        lines[k] = re.sub(r"(?<=[0-9])\.(?=[0-9])", ",", line) if k in table.rows else line
    yield Mutant("decimal comma in the table", export.encode(lines), same=True)
    everywhere = [re.sub(r"(?<=[0-9])\.(?=[0-9]+\b(?!\.))", ",", line) for line in lines]
    yield Mutant("decimal comma everywhere", export.encode(everywhere), same=True)


def columns_reordered(export):
    """Names, units and rows alike."""
    table = export.table
    if not table or table.names is None:
        return
    width = len(export.cells(table.first))
    orders = [list(range(width))[::-1], *(export.random.permutation(width).tolist() for _ in range(4))]
    for order in orders:
        lines = list(export.lines)
        for k in range(table.names, table.last + 1):
            cells = export.cells(k)[:width]
            if len(cells) == width:
                indented = table.mark and not cells[0].strip()
                kept = [n for n in order if not (indented and n == 0)]
                lines[k] = export.join([*([""] if indented else []), *(cells[n] for n in kept)])
        yield Mutant(f"columns in the order {order}", export.encode(lines), same=True)


def columns_renamed(export):
    """To another spelling of the same quantity, with its unit and sign."""
    table = export.table
    if not table or table.names is None:
        return
    names = export.cells(table.names)
    for at, name in enumerate(names):
        known = meaning(name.strip())
        if known is None or known.quantity not in NAMES or known.quantity is Quantity.LOOP:
            continue
        for spelling in sorted(NAMES[known.quantity]):
            changed = f"{'-' * known.negated}{spelling}" + (f"/{known.unit}" if known.unit else "")
            if (again := meaning(changed)) is None or (again.quantity, again.scale) != (known.quantity, known.scale):
                continue
            lines = list(export.lines)
            lines[table.names] = export.join([*names[:at], changed, *names[at + 1 :]])
            yield Mutant(f"{name.strip()!r} renamed to {changed!r}", export.encode(lines), same=True)


def column_added(export):
    """One that nobody knows, with numbers or with words."""
    table = export.table
    if not table or table.names is None:
        return
    for what, cell in (("Remark", "good"), ("Q/mAh", "0.5"), ("Flux", "1.25E-03"), ("empty", "")):
        for at in (None, 0):
            lines = list(export.lines)
            for k in range(table.names, table.last + 1):
                cells = export.cells(k)
                if len(cells) < 3:
                    continue
                new = what if k == table.names else cell if k in table.rows else "-"
                place = len(cells) if at is None else int(bool(table.mark) and not cells[0].strip())
                lines[k] = export.join([*cells[:place], new, *cells[place:]])
            if not (table.mark == "" and not cell):
                yield Mutant(f"a column {what} added", export.encode(lines), same=True)


def row_twice(export):
    """The same point again."""
    for k in _rows(export):
        yield Mutant(f"line {k + 1} twice", export.encode([*export.lines[: k + 1], *export.lines[k:]]), same=True)


def blank_row(export):
    """An empty line, or one of white space."""
    for k in _rows(export):
        for blank in ("", "  \t"):
            lines = [*export.lines[:k], blank, *export.lines[k:]]
            yield Mutant(f"a blank line before line {k + 1}", export.encode(lines), same=True)


def text_in_a_number(export):
    """A letter, a second point, words in place of a number."""
    for k in _rows(export):
        cells = export.cells(k)
        for at in export.random.permutation(len(cells))[:4]:
            for what in ("x", "1.2.3", "error", "?", cells[at][:1] + "x" + cells[at][1:]):
                changed = export.join([*cells[:at], what, *cells[at + 1 :]])
                lines = [*export.lines[:k], changed, *export.lines[k + 1 :]]
                yield Mutant(f"{what!r} in column {at} of line {k + 1}", export.encode(lines), line=k + 1)


def number_lost(export):
    """A cell that is missing, with or without its separator."""
    for k in _rows(export):
        cells = export.cells(k)
        for at in export.random.permutation(len(cells))[:4]:
            for new in ([], [""]):
                changed = export.join([*cells[:at], *new, *cells[at + 1 :]])
                lines = [*export.lines[:k], changed, *export.lines[k + 1 :]]
                line = 0 if k == export.table.first else k + 1  # the first row may tell how many columns there are
                yield Mutant(f"column {at} of line {k + 1} lost", export.encode(lines), line=line)


def trailing_junk(export):
    """What other programs and hands append."""
    for junk in (b"\x1a", b"\0" * 20, b"\r\n\r\n \r\n", b"-- end of measurement --\r\noperator: N. N.\r\n"):
        yield Mutant(f"{junk!r} at the end", export.data + junk)
    for junk in (b"25\r\n", b"1;2;3;4\r\n", b"\xff\xd8\xff\xe0", b"}{", b"</html>"):
        yield Mutant(f"{junk!r} at the end", export.data + junk)


def wrong_suffix(export):
    """The content counts, not the name."""
    for name in ("film.dta", "film.mpt", "film.z", "film.txt", "film.csv", "film.mpr", "film.ism", "film", "film.PDF"):
        yield Mutant(f"named {name}", export.data, name=name, same=True, read=True)


def _rows(export):
    if not export.table:
        return []
    rows = list(export.table.rows)
    chosen = {rows[0], rows[1], rows[-1], *export.random.choice(rows, min(9, len(rows)), replace=False).tolist()}
    return sorted(chosen)


KINDS = {
    kind.__name__.replace("_", " "): kind
    for kind in (
        cut,
        line_ends_and_encodings,
        decimal_comma,
        columns_reordered,
        columns_renamed,
        column_added,
        row_twice,
        blank_row,
        text_in_a_number,
        number_lost,
        trailing_junk,
        wrong_suffix,
    )
}
