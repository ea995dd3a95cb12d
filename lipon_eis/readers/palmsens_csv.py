"""PalmSens PSTrace exports as text (``.csv``).

UTF-16 with a byte order mark, which may stand once more at the beginning or the end; cells separated by commas, in a
European locale by semicolons; some versions quote each line whole, with a separator behind its last cell. Lines
``Date and time:``, ``Notes:``, ``Measurement:`` in any order, with their value in the next cell, then for each
spectrum its title (``CH 3: Fixed at 31 freqs``), perhaps a line ``Date and time measurement:``, a line of names and
its rows. Spectra may also stand side by side, each with its own ``freq / Hz``; shorter ones end in empty cells.
Other techniques above, below or beside them have other names and are not read, and what is said of them is not
said of a spectrum: the nearest lines above it count. ``File date:`` is that of the export.

Names: ``freq / Hz``, ``neg. Phase / °``, ``Idc / uA``, ``Z / Ohm``, ``Z' / Ohm``, ``Z'' / Ohm``, ``Cs / F``. What is
called ``Z''`` is -Im(Z); newer versions write ``-Z''``. It is taken so where |Z| and the negative phase stand
beside it to confirm it; without them a ``Z''`` that would be inductive throughout is refused.

Built from a real table of spectra side by side and from what public readers expect of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, where
from lipon_eis.readers.layout import is_row
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.readers.text import Text
from lipon_eis.spectrum import Spectrum

_FREQUENCY = "freq / Hz"
_OWN = ("neg. Phase", "Idc / ", "Z / Ohm", "Cs / F")
_MARKS = (",", ";", "\t")
_BYTE_ORDER_MARK = "\ufeff"
_SETTING = re.compile(r"(Date and time measurement|Date and time|Notes|Measurement|File date):")
_OF_COLUMNS = "Date and time measurement"  # stands between the title of the columns below it and their names
_KEYS = {_OF_COLUMNS: "date", "Date and time": "date", "Notes": "comment", "Measurement": "technique"}
_EMPTY = " \t,;"
_CHANNEL = re.compile(r"CH\s*([0-9]+)\b")
_SEARCHED = 400


@dataclass(frozen=True)
class _Block:
    """One spectrum's columns: from cell ``first`` to before ``end`` of line index ``at``."""

    at: int
    first: int
    end: int | None
    mark: str
    columns: Columns

    def split(self, line: str) -> list[str]:
        return _cells(line, self.mark)[self.first : self.end]


def recognises(head: Head) -> bool:
    """Tell a PSTrace export by a line of its names."""
    return head.text is not None and names_spectra(head.text)


def names_spectra(text: Text) -> bool:
    """Tell a text with a line of PSTrace's names."""
    return next(_name_lines(text, _SEARCHED), None) is not None


def read(file: File) -> list[Spectrum]:
    """Read all spectra of one file, below each other and side by side."""
    return spectra(file, "palmsens-csv", *read_text(file))


def read_text(file: File) -> tuple[Header, list[Sweep]]:
    """Read what a text says besides its tables, and the tables.

    Raises:
        UnreadableFile: There is no table of impedance, or it cannot be read.
    """
    found = list(_name_lines(file.text, len(file.text.lines)))
    if not found:
        raise file.refuse(f"no line of names with {_FREQUENCY!r}; is this an impedance measurement?")
    header = Header()
    sweeps: list[Sweep] = []
    titles = frozenset(_line_of_title(file.text, at, mark) for at, mark in found)
    previous, of_measurement = 0, dict[str, int]()
    for at, mark in found:
        settings = _settings(file.text, previous, at)
        if settings.keys() - {_OF_COLUMNS}:  # else this is a further spectrum of the same measurement
            of_measurement = {name: k for name, k in settings.items() if name != _OF_COLUMNS}
        for block in _blocks(file.text, at, mark):
            above = _taken(file.text, {**settings, **of_measurement}, block)
            unused = [*above.ignored, *(f"column {n}" for n in block.columns.ignored)]
            header.ignored.extend(name for name in unused if name not in header.ignored)
            sweeps += _sweeps(file, block, above, titles)
        previous = at + 1
    return header, sweeps


def _name_lines(text: Text, end: int) -> Iterator[tuple[int, str]]:
    for k, line in enumerate(text.lines[:end]):
        if _FREQUENCY in line:
            for mark in _MARKS:
                cells = _cells(line, mark)
                if _FREQUENCY in cells and any(cell.startswith(_OWN) for cell in cells):
                    yield k, mark
                    break


def _cells(line: str, mark: str) -> list[str]:
    return split_on(mark)(_bare(line))


def _bare(line: str) -> str:
    """Return a line without byte order marks and without the quotes around the whole of it."""
    line = line.strip(_BYTE_ORDER_MARK)
    if line.startswith('"') and line.endswith('"') and line.count('"') == 2:
        line = line[1:-1].strip(_BYTE_ORDER_MARK)
    return line


def _blocks(text: Text, at: int, mark: str) -> Iterator[_Block]:
    cells = _cells(text.lines[at], mark)
    firsts = [k for k, cell in enumerate(cells) if cell == _FREQUENCY]
    for first, end in zip(firsts, [*firsts[1:], None], strict=True):
        names = cells[first:end]
        while not names[-1]:
            del names[-1]
        columns = understand(_renamed(names), line=at + 1)
        yield _Block(at, first, first + len(names), mark, columns)


def _renamed(names: list[str]) -> list[str]:
    confirmed = "Z / Ohm" in names and any(name.startswith("neg. Phase") for name in names)
    # The degree sign does not survive every conversion.
    renamed = ["neg. Phase / deg" if name.startswith("neg. Phase") else name for name in names]
    return [f"-{name}" if confirmed and name.startswith("Z''") else name for name in renamed]


def _sweeps(file: File, block: _Block, above: Header, titles: frozenset[str]) -> list[Sweep]:
    convention = Convention(units=True, sign=any(n.startswith(("-", "neg.")) for n in block.columns.names))
    sweeps = read_table(file, block.columns, block.at + 1, block.split, convention, _ends(block, titles))
    title = _title(file.text, block)
    own: dict[str, object] = {**above.meta, **({"title": title} if title else {})}
    origin = {**above.origin, **({"title": where(block.at)} if title else {})}
    if match := _CHANNEL.match(title):
        own["channel"], origin["channel"] = match[1], where(block.at)
    return [replace(s, meta={**own, **s.meta}, origin={**origin, **s.origin}) for s in sweeps]


def _title(text: Text, block: _Block) -> str:
    above = _line_of_title(text, block.at, block.mark)
    cells = _cells(above, block.mark)
    title = cells[block.first] if block.first < len(cells) else ""
    return "" if _SETTING.match(_bare(above)) or _SETTING.match(title) else title


def _line_of_title(text: Text, at: int, mark: str) -> str:
    """Return the line of the title above the names at ``at``; empty where there is none, or the last row of a table."""
    above = at - 1
    while above > 0 and _bare(text.lines[above]).startswith(_OF_COLUMNS):
        above -= 1
    line = text.lines[above] if above >= 0 else ""
    return "" if is_row(_bare(line), mark) else line


def _ends(block: _Block, titles: frozenset[str]) -> Callable[[str], bool]:
    """Tell where a spectrum ends: empty cells, the lines above the next one, or another technique's names."""

    def ends(line: str) -> bool:
        if not any(block.split(line)) or line in titles or _FREQUENCY in line:
            return True
        return _SETTING.match(_bare(line)) is not None

    return ends


def _settings(text: Text, start: int, end: int) -> dict[str, int]:
    """Return the nearest settings above line index ``end`` with their line indices.

    A name that stands there already is of the measurement before; so is the date of columns that end above.
    """
    found: dict[str, int] = {}
    others = 0
    for k in range(end - 1, start - 1, -1):
        match = _SETTING.match(_bare(text.lines[k]))
        if match and not (match[1] == _OF_COLUMNS and others > 1):
            if match[1] in found:
                break
            found[match[1]] = k
        elif text.lines[k].strip(_EMPTY):
            others += 1
            if found.keys() - {_OF_COLUMNS}:
                break
    return found


def _taken(text: Text, settings: dict[str, int], block: _Block) -> Header:
    """Take what settings say of one spectrum: where a line says one for each of its columns, that above them."""
    header = Header()
    for name, k in sorted(settings.items(), key=lambda item: item[0] != _OF_COLUMNS):
        if name not in _KEYS:
            header.ignored.append(name)
            continue
        cells = _cells(text.lines[k], block.mark)
        if cells.count(f"{name}:") > 1:
            label, value = [*cells[block.first : block.first + 2], "", ""][:2]
            header.take(_KEYS[name], value if label == f"{name}:" else "", k + 1)
        else:
            header.take(_KEYS[name], _bare(text.lines[k]).partition(":")[2].strip(f"{block.mark} "), k + 1)
    return header


FORMAT = Format("palmsens-csv", "PalmSens PSTrace (.csv)", recognises, read)
