"""Numbers as instruments and spreadsheets write them.

The decimal mark is decided once for a table, from all of its cells, because one cell
alone cannot tell ``1,234`` (twelve hundred) from ``1,234`` (one and a quarter).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.spectrum import Floats

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)*|[.,][0-9]+)(?:[eEdD][+-]?[0-9]+)?")
COMPLEX = re.compile(r"\(?[-+]?[0-9][0-9.eE+-]*[-+][0-9.]+(?:[eE][-+]?[0-9]+)?[ij*]+\)?")
_NOT_A_NUMBER = frozenset({"nan", "-nan", "+nan", "inf", "-inf", "+inf"})
_DOUBLE = 15  # decimal digits that every double holds
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


class AmbiguousNumber(ValueError):
    """The cells of a table do not tell which of comma and point is the decimal mark.

    Attributes:
        cell: The first that does not fit.
    """

    def __init__(self, problem: str, cell: str):
        self.cell = cell
        super().__init__(problem)


@dataclass(frozen=True)
class Notation:
    """How a table writes numbers: its decimal mark and its thousands separator, if any."""

    decimal: str = "."
    thousands: str = ""

    def plain(self, cell: str) -> str:
        """Rewrite a cell for ``float``."""
        if self.thousands:
            cell = cell.replace(self.thousands, "")
        return cell.replace(self.decimal, ".") if self.decimal != "." else cell


def looks_numeric(cell: str) -> bool:
    """Tell whether a cell is a number in any notation; NaN and infinity count."""
    cell = cell.strip()
    return _NUMBER.fullmatch(cell) is not None or cell.casefold() in _NOT_A_NUMBER


def notation_of(cells: Iterable[str]) -> Notation:
    """Decide the notation of a table from its cells; text among them is passed over.

    Raises:
        AmbiguousNumber: Cells contradict each other, or every comma could be either mark.
    """
    with_comma = [c.strip() for c in cells if "," in c and looks_numeric(c)]
    if not with_comma:
        return Notation()
    both = [c for c in with_comma if "." in c]
    if both:
        return _from_both(both, with_comma)
    if any(c.count(",") > 1 for c in with_comma):
        bad = next((c for c in with_comma if not _GROUPED.fullmatch(c)), None)
        if bad:
            raise AmbiguousNumber(f"{bad!r} is no number, if the comma separates thousands as in other cells", bad)
        return Notation(".", ",")
    if all(_GROUPED.fullmatch(c) for c in with_comma):
        raise AmbiguousNumber(
            f"the comma in {with_comma[0]!r} may be a decimal mark or separate thousands; write numbers with a point",
            with_comma[0],
        )
    return Notation(",")


def _from_both(both: Sequence[str], with_comma: Sequence[str]) -> Notation:
    decimals = {"." if c.rfind(".") > c.rfind(",") else "," for c in both}
    decimal = decimals.pop()
    thousands = "," if decimal == "." else "."
    for cell in both:
        whole = re.split(r"[eEdD]", cell)[0].rpartition(decimal)[0]
        if decimals or cell.count(decimal) > 1 or not _GROUPED.fullmatch(whole):
            raise AmbiguousNumber(f"{cell!r} is no number with a decimal mark and thousands separators", cell)
    for cell in with_comma:
        if decimal == "." and "." not in cell and not _GROUPED.fullmatch(cell):
            raise AmbiguousNumber(f"{cell!r} and {both[0]!r} use the comma for different things", cell)
    return Notation(decimal, thousands)


def parse(cells: Sequence[str], notation: Notation) -> Floats:
    """Turn the cells of one column into floats.

    Raises:
        ValueError: A cell is no number; found row by row by the caller.
    """
    if notation != Notation():
        _check_points(cells, notation)
        cells = [notation.plain(c) for c in cells]
    joined = "".join(cells)
    if not joined.isascii() or "_" in joined:
        raise ValueError("a cell is no number")
    try:
        return np.array(list(map(float, cells)))
    except ValueError:
        return np.array([float(re.sub("[dD]", "e", c)) for c in cells])


def _check_points(cells: Sequence[str], notation: Notation) -> None:
    # A point in a table of decimal commas is a thousands separator where other cells say so; else refuse to guess.
    if notation.decimal == "," and not notation.thousands:
        bad = next((c for c in cells if "." in c), None)
        if bad:
            problem = f"{bad.strip()!r} has a decimal point, other numbers of the table a decimal comma"
            raise AmbiguousNumber(problem, bad.strip())
    if notation.thousands:
        mark = notation.thousands
        bad = next((c for c in cells if mark in c and not _grouped_before(c.strip(), notation)), None)
        if bad:
            raise AmbiguousNumber(f"{bad.strip()!r} does not separate thousands as other cells do", bad.strip())


def _grouped_before(cell: str, notation: Notation) -> bool:
    whole = re.split(r"[eEdD]", cell)[0].partition(notation.decimal)[0]
    return _GROUPED.fullmatch(whole) is not None


def surely_whole(last: str, others: Sequence[str]) -> bool:
    """Tell whether the last number of a file that ends without a line end can have lost digits.

    A file cut in a number leaves a number: ``1.234E+0`` was ``1.234E+03``. The cell counts as
    whole where it has the decimals and exponent digits that the others of its column share,
    or all the digits that a float holds.

    Args:
        last: The cell.
        others: The cells above it.
    """
    shape, known = _shape(last), [s for s in map(_shape, others) if s is not None]
    if shape is None or len(known) < len(others) or len(set(others)) < 3:
        return False
    digits, decimals, exponent = shape
    if exponent or any(s[2] for s in known):
        return exponent >= max(2, *(s[2] for s in known))
    if not decimals or len(known) < 5:
        return False  # an integer may have lost digits
    # A format fixes the decimals or the digits; trailing zeros are often not written, so most cells show which.
    most_digits, most_decimals = max(s[0] for s in known), max(s[1] for s in known)
    fixed_digits = sum(s[0] == most_digits for s in known) >= 0.8 * len(known)
    fixed_decimals = sum(s[1] == most_decimals for s in known) >= 0.8 * len(known)
    if not (fixed_decimals and not fixed_digits) and not _continues(last, others[-1]):
        return False  # "5.2263" may have been 5.2263e-05, unless the format has decimals only
    whole = (digits == most_digits or not fixed_digits) and (decimals == most_decimals or not fixed_decimals)
    return digits >= _DOUBLE or ((fixed_digits or fixed_decimals) and whole)


def _shape(cell: str) -> tuple[int, int, int] | None:
    """Count (significant digits, decimals, exponent digits) as written."""
    match = re.fullmatch(r"\s*[+-]?([0-9]*)(?:[.,]([0-9]*))?(?:[eEdD][+-]?([0-9]+))?\s*", cell)
    if not match:
        return None
    whole, decimals, exponent = (g or "" for g in match.groups())
    return len((whole + decimals).lstrip("0")), len(decimals), len(exponent)


def _continues(last: str, previous: str) -> bool:
    """Tell whether a cell is of the size of the one above it: losing its exponent would show."""
    here, above = (abs(float(re.sub("[dD]", "e", c.strip().replace(",", ".")))) for c in (last, previous))
    return 0.1 * above < here < 10 * above
