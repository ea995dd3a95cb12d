"""Published conductivities and activation energies of LiPON and its relatives, and the search in them.

The table is data, ``literature.toml`` beside this module; `lipon_eis.physics.literature_file` reads it
and files of the same format. σ is in S/cm and Ea in eV, as in results.json.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path

from lipon_eis.errors import InvalidOption, UnknownName, UnreadableFile, nearest
from lipon_eis.physics.formula import elements_of

KINDS = ("film", "melt", "solid-state", "general")
"""What a value was measured on: a film, a melt-quenched glass, a powder or pellet; or said of a material in general."""

CAUTION = (
    'The table says "room temperature" at most: it gives no exact temperature, no Arrhenius convention, no thickness '
    "and no error, so compare orders of magnitude."
)
"""What every comparison with the table has to say."""


@dataclass(frozen=True, slots=True)
class Range:
    """What was published of one quantity; one value is a range whose ends are equal.

    Raises:
        ValueError: An end is not positive or not finite, or the range runs backwards.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < math.inf:
            raise ValueError(f"expected 0 < low <= high, found {self.low!r} to {self.high!r}")

    @property
    def middle(self) -> float:
        """The middle on a logarithmic scale."""
        return math.sqrt(self.low * self.high)


@dataclass(frozen=True, slots=True)
class Publication:
    """A published work, as far as its source names it.

    Attributes:
        key: What stands in brackets: its number in the review's list of references, or a name.
        authors: As printed, ``et al`` included.
        year: Of publication, or None.
        title: Of the work.
        journal: Abbreviated.
        volume: Of the journal.
        pages: Pages or number of the article.
        doi: Without ``https://doi.org/``; empty where the source gives none.
    """

    key: str
    authors: str = ""
    year: int | None = None
    title: str = ""
    journal: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""

    def __str__(self) -> str:
        """Return ``[69] Famprikis T, … 2019 ACS Appl. Energy Mater. 2 4782–91``."""
        parts = (f"[{self.key}]", self.authors, self.year, self.journal or self.title, self.volume, self.pages)
        return " ".join(str(part) for part in parts if part)

    @property
    def short(self) -> str:
        """``Famprikis 2019``: the first author's surname and the year."""
        first = self.authors.partition(",")[0].partition(" and ")[0].removesuffix(" et al")
        surname = " ".join(word for word in first.split() if not word.replace("-", "").isupper())
        return " ".join(str(part) for part in (surname or first, self.year) if part)


@dataclass(frozen=True, slots=True)
class LiteratureRow:
    """One published material.

    Attributes:
        formula: As plain text, ``Li2.3Si0.2PO1.4N1.1`` or only ``LiBPON``.
        sigma: Conductivity [S/cm].
        activation_energy: [eV], in a convention that the table does not name; None where it is not known.
        reference: Who measured it.
        name: Its usual name where that is not the formula, or "".
        family: The heading it stands under: ``Si-doped``, ``metal-doped``, …
        method: Of preparation, or "" where none is named.
        kind: One of `KINDS`.
        approximate: Whether the source says "about".
        temperature: What the source says of it, in its own words; "" where it says nothing.
        printed_sigma: The conductivity as printed, or "".
        printed_activation_energy: The activation energy as printed, or "".
        note: What else the source says, and what in it is ambiguous.
        table: Title of the file that holds the row.
    """

    formula: str
    sigma: Range
    activation_energy: Range | None
    reference: Publication
    name: str = ""
    family: str = ""
    method: str = ""
    kind: str = "film"
    approximate: bool = False
    temperature: str = ""
    printed_sigma: str = ""
    printed_activation_energy: str = ""
    note: str = ""
    table: str = ""

    @property
    def is_film(self) -> bool:
        """Whether the value is that of a film."""
        return self.kind == "film"

    @property
    def elements(self) -> frozenset[str]:
        """The elements of the formula."""
        return elements_of(self.formula)


def literature(*own: str | Path) -> tuple[LiteratureRow, ...]:
    """Return the rows of the built-in table, followed by those of files of one's own.

    Args:
        own: Files of the format of docs/literature.md.

    Raises:
        UnreadableFile: A file is not of that format, or gives a reference the name of another one.

    >>> len(literature()), str(literature()[0].sigma)
    (40, 'Range(low=2.3e-06, high=2.3e-06)')
    """
    from lipon_eis.physics.literature_file import read_literature

    tables = [_shipped(), *map(read_literature, own)]
    known: dict[str, Publication] = {}
    for path, rows in zip(("the built-in table", *own), tables, strict=True):
        for row in rows:
            key = row.reference.key
            if known.setdefault(key, row.reference) != row.reference:
                raise UnreadableFile(path, f"the reference [{key}] is another work already: {known[key]}; rename it")
    return tuple(chain.from_iterable(tables))


def search_literature(
    name: str = "",
    *,
    rows: Sequence[LiteratureRow] | None = None,
    elements: Iterable[str] = (),
    family: str = "",
    method: str = "",
    kind: str = "",
    sigma: tuple[float | None, float | None] = (None, None),
) -> tuple[LiteratureRow, ...]:
    """Return the rows to which all of the given conditions apply, in the order of the table.

    Args:
        name: One element (``Si``: what contains it), a formula (``LiSiPON``: what consists of these elements), a
            material's name, a family, a method, an author, or the key of a reference (``[66]``).
        rows: To search in; the built-in table unless given.
        elements: All of them must be contained.
        family: How a word of the family's name begins, in any case: ``metal`` is not ``nonmetal-doped``.
        method: How a word of the method begins, in any case.
        kind: One of `KINDS`.
        sigma: (low, high) [S/cm], an end None where open; a row is found where its range overlaps.

    Raises:
        UnknownName: Nothing is called so; the message lists the nearest names.
        InvalidOption: There is no such element or kind.

    >>> [row.reference.key for row in search_literature("LiBPON")]
    ['89', '90']
    """
    rows = literature() if rows is None else rows
    wanted = frozenset(elements)
    for element in wanted:
        if elements_of(element) != {element}:
            raise InvalidOption(f"{element!r} is no chemical element: write 'Si'")
    if kind and kind not in KINDS:
        raise InvalidOption(f"unknown kind {kind!r}{nearest(kind, KINDS)} (known: {', '.join(KINDS)})")
    low, high = sigma
    return tuple(
        row
        for row in (_named(name, rows) if name else rows)
        if wanted <= row.elements
        and _in_words(family, row.family)
        and _in_words(method, row.method)
        and kind in ("", row.kind)
        and (low is None or row.sigma.high >= low)
        and (high is None or row.sigma.low <= high)
    )


def _named(name: str, rows: Sequence[LiteratureRow]) -> list[LiteratureRow]:
    """Return what is meant by a name; a formula is looked for as one, any other word in all texts."""
    word, elements = name.strip().casefold(), elements_of(name.strip())
    found = [row for row in rows if word in (row.formula.casefold(), row.name.casefold())]
    if found and any(character.isdigit() for character in word):
        return found  # a formula with its amounts means no other
    if len(elements) == 1:
        found = [row for row in rows if elements <= row.elements]
    elif elements:
        found = [row for row in rows if row in found or row.elements == elements]
    else:
        found = [row for row in rows if row in found or _says(row, word)]
    if not found:
        known = dict.fromkeys(text for row in rows for text in (row.formula, row.name, row.family, row.method) if text)
        raise UnknownName(f"nothing in the literature table is called {name!r}{nearest(name, known)}")
    return found


def _says(row: LiteratureRow, word: str) -> bool:
    key = row.reference.key.casefold()
    texts = (row.name, row.family, row.method, row.reference.authors)
    return word in (key, f"[{key}]") or any(_in_words(word, text) for text in texts)


def _in_words(word: str, text: str) -> bool:
    """Return whether a word of a text begins so, in any case; an empty word is in every text."""
    return bool(re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE)) or not word


@cache
def _shipped() -> tuple[LiteratureRow, ...]:
    from lipon_eis.physics.literature_file import read_literature

    with as_file(files("lipon_eis.physics") / "literature.toml") as path:
        return read_literature(path)
