"""What a file says besides its table: kept with its unit and with where it was found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lipon_eis.readers.numbers import AmbiguousNumber, notation_of

_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+))(?:[eEdD]([+-]?[0-9]+))?")
_AREA = {"cm2": 1e-4, "mm2": 1e-6, "m2": 1.0, "um2": 1e-12, "µm2": 1e-12}


@dataclass(frozen=True)
class Header:
    """Metadata of one file, gathered by its reader.

    Attributes:
        meta: Plain values with the unit in the key: ``area_m2``, ``amplitude_V``, ``instrument``.
        origin: Where each of them was found.
        ignored: Names of keys that were not used.
        notes: Sentences for every spectrum of the file.
    """

    meta: dict[str, object] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, key: str, value: object, place: int | str) -> None:
        """Keep a value found on a header line, or elsewhere; empty values and later repetitions are passed over."""
        if value not in ("", None) and key not in self.meta:
            # 30 µA times 1e-6 is to be shown as 3e-05.
            self.meta[key] = float(f"{value:.12g}") if isinstance(value, float) else value
            self.origin[key] = where(place)

    def add(self, key: str, text: str, place: int | str) -> None:
        """Keep a text behind what is kept under its key: a comment goes over several lines."""
        if text and key in self.meta:
            self.meta[key] = f"{self.meta[key]} {text}"
        else:
            self.take(key, text, place)

    def take_area(self, area: float | None, placeholder: tuple[float, ...], place: int | str) -> None:
        """Keep an area [m²] unless it is what the program writes when nobody entered one.

        A placeholder taken for an area would make a conductivity wrong by orders of magnitude, in
        silence; a real area of just that size must be given by option or sample sheet instead.
        """
        if area is None:
            return
        if any(abs(area - p) <= 1e-9 * max(p, 1e-12) for p in placeholder):
            self.ignored.append(f"area of {area * 1e4:g} cm2 ({where(place)}): the program's default, not taken")
        elif area > 0:
            self.take("area_m2", area, place)

    def drop(self, key: str, what: str) -> None:
        """List a value that was kept as ignored: it is what the program writes when nothing was measured."""
        del self.meta[key]
        self.ignored.append(f"{what} ({self.origin.pop(key)}): the program's default, not taken")


def where(place: int | str) -> str:
    """Say where a value was found: a line number stands for a line of the header."""
    return f"header line {place}" if isinstance(place, int) else place


def number(text: str, by_hand: bool = False) -> float | None:
    """Return the number a header value is or begins with, or None.

    Args:
        text: The value, perhaps with a unit behind it.
        by_hand: People write it: ``1,234`` is then left unread, since they may separate thousands.
            Instruments never do, so their comma is a decimal mark.
    """
    match = _NUMBER.match(text)
    if not match:
        return None
    digits, exponent = match.groups()
    if "," in digits:
        try:
            notation_of([match[0]] if by_hand else [])
        except AmbiguousNumber:
            return None
        digits = digits.replace(",", ".")
    return float(f"{digits}e{exponent}" if exponent else digits)


def area_in(text: str, by_hand: bool = False) -> float | None:
    """Return the area a header value states [m²], or None: ``113.100 mm²``, ``0,5 cm2``."""
    value, unit = number(text, by_hand), re.sub(r"^[0-9.,+\-eE\s]*", "", text).replace("²", "2").replace("^", "")
    factor = _AREA.get(unit.strip().replace("μ", "µ"))
    return None if value is None or factor is None else value * factor
