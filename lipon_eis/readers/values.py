"""The numbers of a table as frequency and impedance, with what contradicts what.

Re and Im are taken where there are both, else |Z| and phase. Where a table says the same
thing twice it must agree with itself to 1 %, or it is refused with both readings shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.readers.columns import Columns, Convention
from lipon_eis.readers.format import File
from lipon_eis.readers.names import Meaning, Quantity
from lipon_eis.spectrum import Floats

Complex = NDArray[np.complex128]

AGREEMENT = 0.01
DEGREE = np.pi / 180
_FULL_TURNS = 720.0  # [°]: no phase of an impedance
SETTLE_SIGN = "say which with --imaginary as-is (the column is Im Z) or --imaginary negated (it is -Im Z)"


@dataclass(eq=False, slots=True)
class Values:
    """The numbers of one table.

    Attributes:
        file: For errors and for what the user said about the sign.
        columns: What the columns hold.
        data: Numbers of each needed column as they stand, shape (n_rows,).
        lines: Line of each row; empty where the file is binary and has none.
        convention: What the format settles.
    """

    file: File
    columns: Columns
    data: Mapping[int, Floats]
    lines: Sequence[int]
    convention: Convention

    def line(self, row: int) -> int | None:
        """Return the line of a row, or None where the file has no lines."""
        return self.lines[row] if self.lines else None

    def first(self, quantity: Quantity) -> Floats | None:
        """Return the first column of a quantity in SI, or None."""
        if quantity not in self.columns.found:
            return None
        index, means = self.columns.found[quantity][0]
        return self.data[index] * means.scale + means.offset

    def frequency(self) -> Floats:
        """Return the frequency [Hz]; rows of frequency 0 are no impedance."""
        hertz, omega = self._agreed(Quantity.FREQUENCY), self._agreed(Quantity.OMEGA)
        if hertz is None:
            assert omega is not None  # Columns.complete was asked before the rows were read
            return omega / (2 * np.pi)
        if omega is not None and not _close(hertz, omega / (2 * np.pi)):
            raise self._contradiction(Quantity.FREQUENCY, Quantity.OMEGA)
        return hertz

    def impedance(self, used: NDArray[np.bool_]) -> tuple[Complex, list[str]]:
        """Return the impedance [Ω] and notes on how it was found.

        Args:
            used: True for rows of a frequency other than 0, shape (n_rows,).
        """
        polar, notes = self._from_modulus(used)
        if not self.columns.by_parts:
            assert polar is not None
            return polar, notes
        rect = self._from_parts()
        if polar is not None:
            self._check(rect, polar, used)
        elif (modulus := self._agreed(Quantity.MODULUS)) is not None:
            self._check(np.abs(rect).astype(complex), modulus.astype(complex), used)
        if self.columns.meaning(Quantity.IMAGINARY).quantity is Quantity.LOST:
            notes.append(self._lost_name(known=polar is not None))
        return rect, notes

    def deviation(self, used: NDArray[np.bool_]) -> tuple[Floats | None, list[str]]:
        """Return the standard deviation of Re and of Im [Ω], or None, and notes on how it was found.

        Without a unit of its own it has that of the impedance. Weights must be known for all points: a column
        with a hole or a zero is no use, and must not cost the point.

        Args:
            used: True for rows of a frequency other than 0, shape (n_rows,).
        """
        found = self.columns.found.get(Quantity.DEVIATION, [])
        if not found:
            return None, []
        names = " and ".join(repr(self.columns.names[index]) for index, _ in found)
        if len(found) > 1:
            return None, [f"the columns {names} are all standard deviations: none taken"]
        index, means = found[0]
        beside = self.columns.meaning(Quantity.REAL if self.columns.by_parts else Quantity.MODULUS)
        values = self.data[index] * (means.scale if means.unit else beside.scale)
        if not (np.isfinite(values[used]) & (values[used] > 0)).all():
            return None, [f"column {names} is no standard deviation of every point: not taken"]
        return values, [f"column {names} taken for the standard deviation of Re and of Im"]

    def sign_is_stated(self, means: Meaning) -> bool:
        """Tell whether name or format says the sign of a column."""
        return means.negated or self.convention.sign

    def _agreed(self, quantity: Quantity) -> Floats | None:
        """The column of a quantity, in SI and with its sign; several of one quantity must agree."""
        found = self.columns.found.get(quantity)
        if not found:
            return None
        first, *others = (scaled(self.data[k], -m.scale if m.negated else m.scale) for k, m in found)
        if not all(_close(first, other) for other in others):
            raise self._contradiction(quantity, quantity)
        return first

    def _contradiction(self, *quantities: Quantity) -> Exception:
        indices = {k: None for q in quantities for k, _ in self.columns.found[q]}
        names = " and ".join(repr(self.columns.names[k]) for k in indices)
        return self.file.refuse(
            f"the columns {names} name one quantity and differ; keep one of them", self.columns.line
        )

    def _from_parts(self) -> Complex:
        real, imaginary = self._agreed(Quantity.REAL), self._agreed(Quantity.IMAGINARY)
        assert real is not None
        assert imaginary is not None
        self._refuse_one_unit()
        return from_parts(real, self._signed(imaginary, self.columns.meaning(Quantity.IMAGINARY)))

    def _refuse_one_unit(self) -> None:
        """Refuse Re in kΩ beside Im without a unit, or the other way round: it may be in Ω or in kΩ."""
        means = {q: self.columns.meaning(q) for q in (Quantity.REAL, Quantity.IMAGINARY)}
        for one, other in (*means.items(),), (*reversed(means.items()),):
            if one[1].unit and one[1].scale != 1 and not other[1].unit and other[1].quantity is not Quantity.LOST:
                names = f"{self.columns.name(other[0])!r} states no unit beside {self.columns.name(one[0])!r}"
                raise self.file.refuse(f"column {names}; write its unit into the name", self.columns.line)

    def _from_modulus(self, used: NDArray[np.bool_]) -> tuple[Complex | None, list[str]]:
        modulus, phase = self._agreed(Quantity.MODULUS), self._agreed(Quantity.PHASE)
        if modulus is None or phase is None:
            return None, []
        if not everywhere(modulus >= 0) and (modulus[used] < 0).any():
            name = self.columns.name(Quantity.MODULUS)
            raise self.file.refuse(
                f"column {name!r} is negative and cannot be |Z|", self.line(int(np.argmax(used & (modulus < 0))))
            )
        means, by_parts = self.columns.meaning(Quantity.PHASE), self.columns.by_parts
        angle = phase if by_parts else self._signed(phase, means)
        if not everywhere(np.abs(angle) <= _FULL_TURNS) and (np.abs(angle[used]) > _FULL_TURNS).any():
            at = int(np.argmax(used & (np.abs(angle) > _FULL_TURNS)))
            raise self.file.refuse(
                f"the phase is {angle[at]:.5g}°, more than two turns; check the unit of"
                f" {self.columns.name(Quantity.PHASE)!r}",
                self.line(at),
            )
        degrees = from_polar(modulus, angle)
        if means.unit or self.convention.units:
            return degrees, []
        radians = from_polar(modulus, angle, 1.0)
        name = self.columns.name(Quantity.PHASE)
        if (np.abs(angle[used]) > 2 * np.pi).any():
            return degrees, [] if by_parts else [f"column {name!r} does not say its unit: its values are degrees"]
        if by_parts:
            return min((degrees, radians), key=lambda z: self._worst(self._from_parts(), z, used)[0]), []
        raise self.file.refuse(f"column {name!r} may be degrees or radians; write the unit into it", self.columns.line)

    def _signed(self, values: Floats, means: Meaning) -> Floats:
        return -values if self.file.imaginary == "negated" and not self.sign_is_stated(means) else values

    def _check(self, rect: Complex, polar: Complex, used: NDArray[np.bool_]) -> None:
        if everywhere(np.abs(rect - polar) < 0.99 * AGREEMENT * np.abs(rect)):
            return  # everywhere, and there are no gaps
        off, at = self._worst(rect, polar, used)
        if off <= AGREEMENT:
            return
        remedy = "check the names and units of the columns"
        if self._worst(rect.conj(), polar, used)[0] <= AGREEMENT:
            remedy = "they differ in the sign of Im alone"
            if not self.sign_is_stated(self.columns.meaning(Quantity.IMAGINARY)):
                remedy += f": {SETTLE_SIGN}"
        raise self.file.refuse(
            f"the columns contradict each other: Re and Im say {_shown(rect[at])} Ω,"
            f" |Z| and phase say {_shown(polar[at])} Ω; {remedy}",
            self.line(at),
        )

    def _worst(self, rect: Complex, polar: Complex, used: NDArray[np.bool_]) -> tuple[float, int]:
        compared = used & np.isfinite(rect) & np.isfinite(polar) & (polar != 0)  # 0: a column that was not filled
        off = np.zeros(rect.shape)
        largest = np.maximum(np.abs(polar), np.abs(rect))
        off[compared] = np.abs(rect - polar)[compared] / largest[compared]
        return float(off.max(initial=0.0)), int(off.argmax()) if off.size else 0

    def _lost_name(self, known: bool) -> str:
        name = self.columns.name(Quantity.IMAGINARY)
        if not known:
            raise self.file.refuse(
                f"a spreadsheet replaced the name of column {name!r}, and there are no |Z| and phase to tell what it"
                " was; write its name again",
                self.columns.line,
            )
        return f"column {name!r} is -Im(Z): it agrees with |Z| and phase"


def everywhere(condition: NDArray[np.bool_]) -> bool:
    """Tell whether a condition holds at every point; for a few points several times as fast as ``all``."""
    return int(np.count_nonzero(condition)) == condition.size


def from_parts(real: Floats, imaginary: Floats) -> Complex:
    """Return Re + j Im."""
    z = np.empty(real.shape, complex)
    z.real, z.imag = real, imaginary
    return z


def from_polar(modulus: Floats, angle: Floats, unit: float = DEGREE) -> Complex:
    """Return the impedance of a modulus and an angle in this unit [rad]."""
    z: Complex = modulus * np.exp(angle * (1j * unit))
    return z


def scaled(values: Floats, factor: float) -> Floats:
    """Return values times a factor, or the values themselves where it is 1."""
    return values if factor == 1 else values * factor


def _close(a: Floats, b: Floats) -> bool:
    return bool(np.allclose(a, b, rtol=AGREEMENT, atol=0, equal_nan=True))


def _shown(z: np.complex128) -> str:
    return f"{z:.5g}" if z.imag else f"{z.real:.5g}"
