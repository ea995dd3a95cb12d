"""Numbers for people: rounded by the PDG's rule, with SI prefix or power of ten.

This is the only place that rounds. The rule is that of the Particle Data Group (Review of
Particle Physics, introduction, "Rounding"): where the three leading digits of the standard
error lie between 100 and 354 it keeps two digits, between 355 and 949 one, and from 950 on it
becomes 1000 and keeps two; the value is rounded to the same decimal place. Arithmetic is
decimal, so that the number is rounded as it prints and not as its binary neighbour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

UNKNOWN = "–"
"""What stands where nothing is known."""

ZERO_CELSIUS = Decimal("273.15")

_FAR = 1000  # ratio of an interval's ends beyond which one prefix does not serve both
_MOST_DIGITS = 7  # a fit without noise has errors of 1e-12, which nobody wants to read
_EXACT = Context(prec=800)  # any two floats can be added and rounded without loss
_SHOWN = {
    "m2": ("cm²", -4),
    "K": ("°C", 0),
    "1/m": ("/cm", 2),
    "ohm": ("Ω", 0),
    "ohm cm2": ("Ω cm²", 0),
    "F/cm2": ("F/cm²", 0),
    "cm2/s": ("cm²/s", 0),
    "ohm^-1 s^n": ("Ω⁻¹ sⁿ", 0),
    "ohm s^-1/2": ("Ω/√s", 0),
    "ohm s^n": ("Ω sⁿ", 0),
    "ohm h^-1/2": ("Ω/√h", 0),
    "ohm h^-1": ("Ω/h", 0),
    "ohm cm2 h^-1/2": ("Ω cm²/√h", 0),
    "ohm cm2 h^-1": ("Ω cm²/h", 0),
    "ohm cycle^-1/2": ("Ω/√cycle", 0),
    "ohm cycle^-1": ("Ω/cycle", 0),
    "ohm cm2 cycle^-1/2": ("Ω cm²/√cycle", 0),
    "ohm cm2 cycle^-1": ("Ω cm²/cycle", 0),
}  # unit → (symbol, power of ten between them)
_LARGEST_PREFIX = {
    "ohm": 12,
    "ohm cm2": 12,
    "ohm s^-1/2": 12,
    "Hz": 12,
    "F": 3,
    "F/cm2": 3,
    "H": 3,
    "V": 3,
    "m": 0,
    "s": 0,
}
_POWERS = ("S/cm", "S/m", "cm2/s", "ohm^-1 s^n", "ohm s^n")
_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def round_with_error(value: float, stderr: float | None, digits: int = 4) -> tuple[str, str]:
    """Round a value and its standard error by the PDG's rule.

    Args:
        value: Any finite number.
        stderr: In the same unit; None, NaN, infinite or 0 where it is unknown.
        digits: Significant digits of the value where its error is unknown.

    Returns:
        (value, error) in fixed notation to one decimal place; the error is ``""`` where unknown.

    Raises:
        ValueError: The value is not finite or the error is negative.

    >>> round_with_error(0.827, 0.119), round_with_error(0.827, 0.367), round_with_error(0.827, 0.0967)
    (('0.83', '0.12'), ('0.8', '0.4'), ('0.83', '0.10'))
    """
    shown, error = _rounded(_decimal(value), _known(stderr), digits)
    return _fixed(shown), "" if error is None else _fixed(error)


def format_value(
    value: float | None,
    stderr: float | None = None,
    unit: str = "",
    *,
    interval: tuple[float | None, float | None] | None = None,
    digits: int = 4,
) -> str:
    """Write a value with its error for people.

    Args:
        value: In ``unit``, or None where it is not known; then the interval is shown, if there is one.
        stderr: Standard error, same unit; an unknown one is left away.
        unit: SI or a unit of results.json (``ohm``, ``S/cm``, ``m``, ``K``, …).
        interval: (low, high), same unit; one end may be None.
        digits: Significant digits where no error says how many.

    Returns:
        ``120.0 ± 0.4 Ω``, ``(2.00 ± 0.05) × 10⁻⁶ S/cm``, ``> 3.2 kΩ``, or ``–``; at most seven
        digits: an error below the last of them is written ``± <0.0001``.

    >>> format_value(120.04, 0.38, "ohm"), format_value(2e-6, 4.8e-8, "S/cm")
    ('120.0 ± 0.4 Ω', '(2.00 ± 0.05) × 10⁻⁶ S/cm')
    >>> format_value(None, unit="ohm", interval=(3210.0, None))
    '> 3.2 kΩ'
    """
    if value is None or not math.isfinite(value):
        return format_interval(*(interval or (None, None)), unit)
    number, error = _decimal(value), _known(stderr)
    # The scale follows the rounded numbers: 999.97 Ω is 1.000 kΩ.
    rounded = _rounded(number, error, digits)
    scale = choose_scale(_largest(*rounded, unit=unit), unit)
    shown, shown_error = _rounded(scale.apply(number), None if error is None else scale.stretch(error), digits)
    if shown_error is None:
        return _fixed(shown) + scale.suffix
    least = Decimal(1).scaleb(shown.adjusted() - _MOST_DIGITS + 1)
    if shown and shown_error < least:
        return scale.enclose(f"{_fixed(_significant(shown, _MOST_DIGITS))} ± <{_fixed(least)}")
    return scale.enclose(f"{_fixed(shown)} ± {_fixed(shown_error)}")


def format_interval(low: float | None, high: float | None, unit: str = "") -> str:
    """Write an interval, or a bound where one end is None.

    The ends are rounded to the second digit of the half width, so that the interval can be
    compared with another, and keep two digits at least; ends more than three decades apart have
    each its own prefix. A lone bound is rounded outwards to two digits, so that it stays true.

    >>> format_interval(119.52, 120.48, "ohm"), format_interval(None, 3.21e-9, "F"), format_interval(None, None)
    ('119.52 – 120.48 Ω', '< 3.3 nF', '–')
    """
    ends = [None if end is None or not math.isfinite(end) else _decimal(end) for end in (low, high)]
    bottom, top = ends
    if bottom is None or top is None:
        bound = top if bottom is None else bottom
        if bound is None:
            return UNKNOWN
        sign, outwards = ("<", ROUND_CEILING) if bottom is None else (">", ROUND_FLOOR)
        scale = choose_scale(_significant(bound, 2, outwards), unit)
        return f"{sign} {_fixed(_significant(scale.apply(bound), 2, outwards))}{scale.suffix}"
    if bottom > top:
        raise ValueError(f"the interval {low!r} to {high!r} runs backwards")
    rounded = _rounded_ends(bottom, top)
    if rounded[0] > 0 and rounded[1] > _FAR * rounded[0]:
        return f"{_alone(bottom, unit)} – {_alone(top, unit)}"
    scale = choose_scale(_largest(*rounded, unit=unit), unit)
    shown = _rounded_ends(scale.apply(bottom), scale.apply(top))
    return scale.enclose(" – ".join(map(_fixed, shown)))


@dataclass(frozen=True, slots=True)
class Scale:
    """How a number of some unit is shown: ``(number + offset) / 10**exponent``, then the symbol.

    Attributes:
        exponent: Power of ten taken out of the number.
        offset: Added before that (kelvin to °C).
        symbol: The unit with its prefix.
        power: Power of ten to be written out (``× 10⁻⁶``), 0 where none is.
    """

    exponent: int
    offset: Decimal
    symbol: str
    power: int = 0

    def apply(self, number: Decimal) -> Decimal:
        """Return the number to be shown."""
        return self.stretch(_EXACT.add(number, self.offset))

    def stretch(self, difference: Decimal) -> Decimal:
        """Return an error or a difference as it is to be shown: without the offset."""
        return difference.scaleb(-self.exponent, _EXACT)

    @property
    def suffix(self) -> str:
        """What follows the number, with its leading space where there is one."""
        times = f" × 10{superscript(self.power)}" if self.power else ""
        return times + (f" {self.symbol}" if self.symbol else "")

    def enclose(self, numbers: str) -> str:
        """Return two numbers with their common suffix, in parentheses before a power of ten."""
        return (f"({numbers})" if self.power else numbers) + self.suffix


def choose_scale(value: Decimal, unit: str) -> Scale:
    """Choose prefix or power of ten for a number of this size in this unit.

    Resistances, frequencies and the like take SI prefixes, conductivities powers of ten,
    areas cm², temperatures °C. A unit that is not known is shown as it is.
    """
    symbol, base = _SHOWN.get(unit, (unit, 0))
    offset = -ZERO_CELSIUS if unit == "K" else Decimal(0)
    shown = _EXACT.add(value, offset).scaleb(-base, _EXACT)
    size = shown.adjusted() if shown else 0
    if unit in _LARGEST_PREFIX:
        step = min(3 * (size // 3), _LARGEST_PREFIX[unit])
        if step in _PREFIXES and size - step < 6:
            return Scale(step, offset, _PREFIXES[step] + symbol)
    if (unit in _POWERS and size != 0) or not -4 <= size <= 5:
        return Scale(base + size, offset, symbol, power=size)
    return Scale(base, offset, symbol)


def superscript(number: int) -> str:
    """Return an integer in superscript digits."""
    return str(number).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))


def _decimal(value: float) -> Decimal:
    if not math.isfinite(value):
        raise ValueError(f"cannot round {value!r}")
    return Decimal(repr(float(value)))


def _known(stderr: float | None) -> Decimal | None:
    if stderr is None or not math.isfinite(stderr) or stderr == 0:
        return None
    if stderr < 0:
        raise ValueError(f"a standard error cannot be negative: {stderr!r}")
    return _decimal(stderr)


def _pdg_place(error: Decimal) -> int:
    """Return the power of ten of the last digit that a standard error keeps."""
    size = error.adjusted()
    return size - 1 if int(error.scaleb(2 - size, _EXACT)) < 355 else size


def _at(number: Decimal, place: int, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    return number.quantize(Decimal(1).scaleb(place), rounding, _EXACT)


def _significant(number: Decimal, digits: int, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    if not number:
        return Decimal(0)
    shown = _at(number, number.adjusted() - digits + 1, rounding)
    grown = shown.adjusted() > number.adjusted()  # 9.996 → 10.00, which has a digit too many
    return _at(shown, number.adjusted() - digits + 2) if grown else shown


def _rounded(number: Decimal, error: Decimal | None, digits: int) -> tuple[Decimal, Decimal | None]:
    if error is None:
        return _significant(number, digits), None
    place = _pdg_place(error)
    return _at(number, place), _at(error, place)


def _rounded_ends(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    if low == high:
        return _significant(low, 4), _significant(high, 4)
    place = (_EXACT.subtract(high, low) / 2).adjusted() - 1
    low, high = (_at(end, min(place, end.adjusted() - 1) if end else place) for end in (low, high))
    return low, high


def _alone(number: Decimal, unit: str) -> str:
    """Write an end of a wide interval to two digits, with a scale of its own."""
    scale = choose_scale(_significant(number, 2), unit)
    return _fixed(_significant(scale.apply(number), 2)) + scale.suffix


def _largest(first: Decimal, second: Decimal | None, unit: str) -> Decimal:
    """Return the number that sets the scale: the larger in size; of a temperature the value itself."""
    return first if second is None or unit == "K" else max(first, second, key=abs)


def _fixed(number: Decimal) -> str:
    return f"{number if number else abs(number):f}"  # no -0
