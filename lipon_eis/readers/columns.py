"""Which column of a table is which quantity."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lipon_eis.readers.names import Meaning, Quantity, meaning

NAMES_WANTED = "a frequency (Freq/Hz, frequency_hz, …), and Re(Z) and Im(Z) or |Z| and phase"


@dataclass(frozen=True)
class Convention:
    """What a format settles for columns whose names do not say it.

    Attributes:
        units: Frequencies are Hz, impedances Ω, phases degrees.
        sign: A column called Im is Im, not minus Im.
    """

    units: bool = False
    sign: bool = False


@dataclass(frozen=True)
class Once:
    """Columns of a table that says each quantity once.

    Attributes:
        indices: Of f, Re, Im, and of |Z| and phase if they stand there.
        factors: To SI, with the sign, one a column; None where all are 1.
        units: All of them have one.
        signed: The name of Im says that it is -Im.
    """

    indices: list[int]
    factors: list[float] | None
    units: bool
    signed: bool


@dataclass(frozen=True)
class Columns:
    """The columns of one table.

    Attributes:
        names: As in the file, in its order.
        found: For each quantity the (index, meaning) of its columns.
        line: Of the names, from 1.
    """

    names: tuple[str, ...]
    found: dict[Quantity, list[tuple[int, Meaning]]]
    line: int

    @cached_property
    def needed(self) -> list[int]:
        """Indices of the columns that are looked at."""
        return sorted(index for columns in self.found.values() for index, _ in columns)

    @cached_property
    def ignored(self) -> list[str]:
        """Names of the others."""
        needed = set(self.needed)
        return [name for k, name in enumerate(self.names) if name and k not in needed]

    @cached_property
    def complete(self) -> bool:
        """True where the columns make an impedance spectrum."""
        timed = self.has(Quantity.FREQUENCY) or self.has(Quantity.OMEGA)
        return timed and (self.by_parts or self.has(Quantity.MODULUS, Quantity.PHASE))

    @cached_property
    def once(self) -> Once | None:
        """The columns of a table that says f, Re and Im and, where both stand, |Z| and phase once each; else None."""
        parts, polar = [Quantity.FREQUENCY, Quantity.REAL, Quantity.IMAGINARY], [Quantity.MODULUS, Quantity.PHASE]
        there = parts + [q for q in polar if q in self.found]
        found = [column for q in there for column in self.found.get(q, [])]
        plain = [means.quantity for _, means in found] in (parts, parts + polar)
        if not plain or self.has(Quantity.OMEGA) or self.has(Quantity.DEVIATION):
            return None
        factors = [-means.scale if means.negated else means.scale for _, means in found]
        scaled = None if all(factor == 1 for factor in factors) else factors
        units = all(means.unit for _, means in found)
        return Once([k for k, _ in found], scaled, units, self.meaning(Quantity.IMAGINARY).negated)

    @cached_property
    def has_particulars(self) -> bool:
        """True where a column says of each row what belongs to its sweep: the loop, or the temperature."""
        return self.has(Quantity.LOOP) or self.has(Quantity.TEMPERATURE)

    def without(self, indices: Collection[int]) -> Columns:
        """Return the same names with nothing found in some of the columns."""
        kept = {q: [(k, means) for k, means in columns if k not in indices] for q, columns in self.found.items()}
        return replace(self, found={q: columns for q, columns in kept.items() if columns})

    @property
    def by_parts(self) -> bool:
        """True where Re and Im stand, which then count; else |Z| and phase do."""
        return self.has(Quantity.REAL, Quantity.IMAGINARY)

    def has(self, *quantities: Quantity) -> bool:
        """Tell whether there is a column for each quantity."""
        return all(q in self.found for q in quantities)

    def name(self, quantity: Quantity) -> str:
        """Return the name of the first column of a quantity."""
        return self.names[self.found[quantity][0][0]]

    def meaning(self, quantity: Quantity) -> Meaning:
        """Return what the first column of a quantity holds."""
        return self.found[quantity][0][1]


def understand(names: Sequence[str], units: Sequence[str] = (), line: int = 0) -> Columns:
    """Find the quantities among the columns of a table.

    Args:
        names: One a column.
        units: From a row of units below the names, if there is one.
        line: Of the names, from 1, for errors.
    """
    return _understood(tuple(names), tuple(units), line)


@lru_cache(maxsize=1024)  # the files of one instrument have the same names on the same line
def _understood(names: tuple[str, ...], units: tuple[str, ...], line: int) -> Columns:
    found: dict[Quantity, list[tuple[int, Meaning]]] = {}
    for k, name in enumerate(names):
        if known := meaning(name, units[k] if k < len(units) else ""):
            found.setdefault(known.quantity, []).append((k, known))
    lost = found.pop(Quantity.LOST, [])
    if len(lost) == 1 and Quantity.IMAGINARY not in found:
        # Only a name with a leading minus is lost; whether it was Im is checked with |Z| and phase.
        found[Quantity.IMAGINARY] = lost
    return Columns(names, found, line)
