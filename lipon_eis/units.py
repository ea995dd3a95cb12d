"""Text with a unit to SI numbers, and back.

Everything a person types passes through here: ``1.2um``, ``0.5 cm² ± 2 %``, ``25 °C``,
``1Hz..1MHz``, ``R1=4k``. The parser is strict, since a misread thickness is a wrong
conductivity: a missing unit, a unit of another dimension, a decimal comma or digits in
groups are refused with the text to write instead. Decimal arithmetic keeps what was
typed: ``1.2um`` is the float nearest to 1.2e-6.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from lipon_eis.errors import InvalidQuantity, nearest
from lipon_eis.rounding import ZERO_CELSIUS, choose_scale

PREFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12}
"""SI prefixes and their powers of ten, in ASCII."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in SI with its standard error (same unit), None where none was given."""

    value: float
    stderr: float | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """What kind of quantity a text has to be.

    Attributes:
        phrase: With its article, for messages.
        examples: What to write, for messages.
        units: Spelling → factor to SI.
        positive: Whether zero and below make no sense.
        offsets: Spelling → what is added after the factor, for units whose zero is not zero.
    """

    phrase: str
    examples: str
    units: dict[str, Decimal]
    positive: bool = False
    offsets: dict[str, Decimal] | None = None

    @property
    def needs_unit(self) -> bool:
        """Whether a bare number is refused."""
        return "" not in self.units


def _prefixed(*units: str, tail: str = "", prefixes: str = "fpnumkMGT") -> dict[str, Decimal]:
    """Return each unit bare and with each prefix."""
    table = {unit + tail: Decimal(1) for unit in units}
    table |= {p + unit + tail: Decimal(1).scaleb(PREFIXES[p]) for unit in units for p in prefixes}
    return table


def _exact(**factors: str) -> dict[str, Decimal]:
    return {unit: Decimal(factor) for unit, factor in factors.items()}


_LENGTHS = _prefixed("m", prefixes="fpnumk") | _exact(cm="0.01", angstrom="1e-10")
_OHMS = _prefixed("ohm", "Ohm", "ohms", "Ohms")
_KELVINS = _prefixed("K", prefixes="m")
_CELSIUS = ("degC", "deg C", "C", "celsius", "Celsius")
_PER_CM = ("/cm", " cm-1")
_PER_M = ("/m", " m-1")
_SIEMENS = _prefixed("S", prefixes="pnum")

DIMENSIONS = {
    "length": Dimension("a length", "'1.2um' or '1.2e-6m'", _LENGTHS, positive=True),
    "area": Dimension(
        "an area", "'0.5 cm2' or '5e-5 m2'", {f"{u}2": f * f for u, f in _LENGTHS.items()}, positive=True
    ),
    "temperature": Dimension(
        "a temperature",
        "'25 degC' or '298 K'",
        _KELVINS | dict.fromkeys(_CELSIUS, Decimal(1)),
        positive=True,
        offsets=dict.fromkeys(_CELSIUS, ZERO_CELSIUS),
    ),
    "temperature difference": Dimension(
        "a temperature difference", "'0.5 K'", _KELVINS | dict.fromkeys(_CELSIUS, Decimal(1))
    ),
    "resistance": Dimension("a resistance", "'4 kohm' or '4e3 ohm'", _OHMS),
    "capacitance": Dimension("a capacitance", "'2.2 nF' or '2.2e-9 F'", _prefixed("F")),
    "inductance": Dimension("an inductance", "'0.5 uH' or '5e-7 H'", _prefixed("H")),
    "frequency": Dimension("a frequency", "'1 MHz' or '1e6 Hz'", _prefixed("Hz"), positive=True),
    "time": Dimension(
        "a time", "'30 min' or '1800 s'", _prefixed("s", prefixes="fpnum") | _exact(min="60", h="3600", d="86400")
    ),
    "voltage": Dimension("a voltage", "'10 mV' or '0.01 V'", _prefixed("V")),
    "conductivity": Dimension(
        "a conductivity",
        "'2e-6 S/cm'",
        {u + t: f * 100 for u, f in _SIEMENS.items() for t in _PER_CM}
        | {u + t: f for u, f in _SIEMENS.items() for t in _PER_M},
        positive=True,
    ),
    "inverse length": Dimension(
        "a cell constant",
        "'0.4 /cm' or '40 /m'",
        dict.fromkeys(("/cm", "1/cm", "cm-1"), Decimal(100)) | dict.fromkeys(("/m", "1/m", "m-1"), Decimal(1)),
        positive=True,
    ),
    "area resistance": Dimension(
        "an area-specific resistance",
        "'8.6 ohm cm2'",
        {f"{u} cm2": f / 10**4 for u, f in _OHMS.items()} | {f"{u} m2": f for u, f in _OHMS.items()},
    ),
    "dimensionless": Dimension("a plain number", "'0.9' or '90 %'", {"": Decimal(1), "%": Decimal("0.01")}),
    "CPE coefficient": Dimension(
        "a CPE's coefficient", "'2e-9' or '2n'", _prefixed("S", tail=" sn") | _prefixed("ohm-1 sn", prefixes="")
    ),
    "Warburg coefficient": Dimension(
        "a Warburg coefficient", "'4k'", {f"{u} s-1/2": f for u, f in _OHMS.items()}
    ),
}  # fmt: skip

PARAMETER_DIMENSIONS = {
    "": "dimensionless",
    "ohm": "resistance",
    "F": "capacitance",
    "H": "inductance",
    "s": "time",
    "ohm^-1 s^n": "CPE coefficient",
    "ohm s^-1/2": "Warburg coefficient",
}
"""Unit of a circuit parameter, as in results.json → the dimension its value has to have."""


def parse_quantity(text: str, dimension: str, *, unit: str | None = None, decimal_comma: bool = False) -> Quantity:
    """Read a number with its unit, and with its error where one is given.

    Args:
        text: Such as ``1.2 µm``, ``1.2 um ± 5 %``, ``0.5±0.01 cm2``, ``1.2 um +- 30 nm``.
        dimension: A key of `DIMENSIONS`.
        unit: Of the column the text stands in: a bare number is in it, any other unit is refused.
        decimal_comma: Read ``1,2`` as 1.2, as a table separated by semicolons may.

    Returns:
        Value and error in SI. The error of a temperature is a difference: ``± 0.5 °C`` is 0.5 K.

    Raises:
        InvalidQuantity: Not a number with a unit of this dimension; the message says what to write.

    >>> parse_quantity("1.2 um ± 5 %", "length")
    Quantity(value=1.2e-06, stderr=6e-08)
    """
    kind = DIMENSIONS[dimension]
    given = _plain(text, decimal_comma)
    value_text, error_text = _split_error(given, text)
    number, spelled = _scan(value_text, text)
    if error_text is None:
        factor, offset = _unit_of(spelled, unit, kind, text)
        value = number * factor + offset
        error = None
    else:
        error_number, error_spelled = _scan(error_text, text)
        if not spelled and error_spelled != "%":
            spelled = error_spelled
        factor, offset = _unit_of(spelled, unit, kind, text)
        value = number * factor + offset
        error = _error(error_number, error_spelled, value, kind, unit, text)
    if kind.positive and value <= 0:
        must = (
            "a temperature below absolute zero" if dimension == "temperature" else f"{kind.phrase} has to be positive"
        )
        raise InvalidQuantity(f"{_quoted(text)}: {must}")
    return Quantity(_float(value, text), None if error is None else _float(error, text))


def parse_number(text: str, unit: str | None = None, *, decimal_comma: bool = False) -> float:
    """Read the value of a circuit parameter: ``4000``, ``4k``, ``4 kΩ``, ``2.2e-9 F``.

    Args:
        text: A number; a bare SI prefix multiplies it (m is milli, M is mega).
        unit: Of the parameter, as in results.json; a unit in the text has to be of its dimension.
            None accepts a unit of any dimension.
        decimal_comma: As in `parse_quantity`.

    Returns:
        The number in SI.

    Raises:
        InvalidQuantity: Not a number, or of another dimension.
    """
    number, spelled = _scan(_plain(text, decimal_comma), text)
    if spelled in PREFIXES:
        return _float(number.scaleb(PREFIXES[spelled]), text)
    if not spelled:
        return _float(number, text)
    if unit in PARAMETER_DIMENSIONS:
        factor, _ = _unit_of(spelled, None, DIMENSIONS[PARAMETER_DIMENSIONS[unit]], text)
        return _float(number * factor, text)
    if unit is not None:  # of an element that somebody added: its own unit or none
        if spelled != _plain(unit, decimal_comma=False).replace("^", ""):
            raise InvalidQuantity(f"{_quoted(text)}: expected a number in {unit}, found {spelled!r}")
        return _float(number, text)
    for name, kind in DIMENSIONS.items():
        if spelled in kind.units and not name.startswith("temperature"):
            return _float(number * kind.units[spelled], text)
    hint = "; kilo is a small k" if spelled.startswith("K") else ""
    raise InvalidQuantity(f"{_quoted(text)}: unknown unit {spelled!r}{hint}")


def parse_range(text: str, dimension: str) -> tuple[float | None, float | None]:
    """Read ``1Hz..1MHz``, ``0.7..1``, ``1k..1M``; an open end (``..1MHz``) is None.

    Args:
        text: Two numbers around ``..``, with the unit at both or at neither (then SI).
        dimension: A key of `DIMENSIONS`.

    Returns:
        (low, high) in SI.

    Raises:
        InvalidQuantity: No range, both ends open, low not below high, or a unit at one end only.
    """
    given = _plain(text, decimal_comma=False)
    kind = DIMENSIONS[dimension]
    parts = [part.strip() for part in given.split("..")]
    if len(parts) != 2 or "..." in given or not any(parts):
        example = "'1Hz..1MHz' or '..1MHz'" if dimension == "frequency" else "'0.7..1' or '1k..1M'"
        raise InvalidQuantity(f"{_quoted(text)} is no range: write {example}")
    ends: list[float | None] = []
    with_unit = []
    for part in parts:
        if not part:
            ends.append(None)
            continue
        number, spelled = _scan(part, text)
        if spelled in PREFIXES:
            value, spelled = number.scaleb(PREFIXES[spelled]), ""
        elif spelled:
            factor, offset = _unit_of(spelled, None, kind, text)
            value = number * factor + offset
        else:
            value = number
        with_unit.append(bool(spelled))
        ends.append(_float(value, text))
    if len(set(with_unit)) > 1:
        raise InvalidQuantity(f"{_quoted(text)}: give the unit of both ends, or of none for SI")
    low, high = ends
    if low is not None and high is not None and not low < high:
        raise InvalidQuantity(f"{_quoted(text)}: the low end comes first and has to be below the high end")
    return low, high


def parse_assignment(text: str) -> tuple[str, str]:
    """Split ``R1=4k`` into ``("R1", "4k")``; raise `InvalidQuantity` where a side is missing."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise InvalidQuantity(f"{_quoted(text)} assigns nothing: write NAME=VALUE, such as R1=4k")
    return name, value


def format_quantity(value: float, unit: str) -> str:
    """Write a number exactly, in the unit and with the prefix that people use for it.

    Nothing is rounded (that is `lipon_eis.rounding`), so the text parses back to the same number.

    Args:
        value: In ``unit``.
        unit: SI or a unit of results.json: ``m``, ``m2``, ``K``, ``ohm``, ``S/cm``, …

    >>> format_quantity(1.2e-6, "m"), format_quantity(5e-5, "m2"), format_quantity(298.15, "K")
    ('1.2 µm', '0.5 cm²', '25 °C')
    >>> format_quantity(2e-6, "S/cm")
    '2 × 10⁻⁶ S/cm'
    """
    number = Decimal(repr(float(value)))
    scale = choose_scale(number, unit)
    digits = scale.apply(number).normalize()
    return f"{digits:f}{scale.suffix}"


_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_ONE = re.compile(rf"({_NUMBER})(?:\s*[x×*]\s*10\^([+-]?\d+))?\s*(.*)", re.ASCII)
_PLUS_MINUS = re.compile(r"±|\+\s?/?\s?-")
_PARENTHESES = re.compile(r"\(([^()]*)\)(.*)")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SPELLINGS = (
    ("\u00b5", "u"), ("\u03bc", "u"), ("Ω", "ohm"), ("Å", "angstrom"), ("℃", "degC"), ("°", "deg"), ("º", "deg"),
    ("\u2212", "-"), ("ⁿ", "^n"), ("·", " "), ("⋅", " "), ("**", "^"),
)  # fmt: skip


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _plain(text: str, decimal_comma: bool) -> str:
    """Return the text in ASCII spelling with decimal points, or refuse its commas."""
    plain = unicodedata.normalize("NFC", text)
    plain = re.sub("[⁺⁻⁰¹²³⁴-⁹]+", lambda m: "^" + m.group().translate(_SUPERSCRIPTS), plain)
    for spelling, ascii_ in _SPELLINGS:
        plain = plain.replace(spelling, ascii_)
    plain = " ".join(plain.split())
    if not plain:
        raise InvalidQuantity("expected a number, found nothing")
    if re.search(r"(?<!\d)\d{1,3}( \d{3})+(?!\d)", plain, re.ASCII):
        joined = re.sub(r"(?<=\d) (?=\d{3})", "", plain)
        raise InvalidQuantity(f"{_quoted(text)} has digits in groups: write {joined}")
    return _with_points(plain, text, decimal_comma)


def _with_points(plain: str, text: str, decimal_comma: bool) -> str:
    grouped = re.search(r"(?<![\d.,])[1-9]\d{0,2}(?:([.,])\d{3})+(?![\d.])", plain, re.ASCII)
    if not decimal_comma:
        if "," not in plain:
            return plain
        if re.search(r"\.\d+,", plain):  # 1.234,5
            remedy, what = plain.replace(".", "").replace(",", "."), "a decimal comma"
        elif re.search(r",\d*\.", plain):  # 1,234.5
            remedy, what = plain.replace(",", ""), "digits in groups"
        elif grouped and plain.count(",") == 1:
            remedy, what = f"{plain.replace(',', '.')} or {plain.replace(',', '')}", "a comma"
        else:
            remedy, what = plain.replace(",", "."), "a decimal comma"
        raise InvalidQuantity(f"{_quoted(text)} has {what}: write {remedy}")
    if re.search(r"\.\d*,|,\d*\.", plain):
        raise InvalidQuantity(f"{_quoted(text)} has both comma and point: write the decimal comma alone")
    if grouped and grouped.group(1) == ".":
        comma, joined = plain.replace(".", ","), plain.replace(".", "")
        raise InvalidQuantity(
            f"{_quoted(text)}: among decimal commas this can be {comma} or {joined}: write one of them"
        )
    if re.search(r",(?!\d)|,\d*,", plain):
        raise InvalidQuantity(f"{_quoted(text)} has a comma that is no decimal comma")
    return plain.replace(",", ".")


def _split_error(plain: str, text: str) -> tuple[str, str | None]:
    """Split at ±; what follows a parenthesis belongs to both: ``(2.0 ± 0.1) × 10^-6 S/cm``."""
    tail = ""
    if enclosed := _PARENTHESES.fullmatch(plain):
        plain, tail = enclosed.groups()
    value, *errors = _PLUS_MINUS.split(plain)
    if len(errors) > 1:
        raise InvalidQuantity(f"{_quoted(text)} has more than one ±")
    return (value + tail).strip(), (errors[0] + tail).strip() if errors else None


def _scan(plain: str, text: str) -> tuple[Decimal, str]:
    """Return the number and the unit as spelled, carets removed."""
    found = _ONE.fullmatch(plain)
    if found is None:
        raise InvalidQuantity(f"expected a number, found {_quoted(text)}")
    digits, power, unit = found.groups()
    try:
        return Decimal(digits).scaleb(int(power or 0)), unit.replace("^", "")
    except ArithmeticError as error:
        raise InvalidQuantity(f"{_quoted(text)} is out of range") from error


def _unit_of(spelled: str, column: str | None, kind: Dimension, text: str) -> tuple[Decimal, Decimal]:
    """Return (factor, offset) to SI of a unit, or refuse it."""
    offsets = kind.offsets or {}
    if column is not None:
        same = kind.units.get(spelled) == kind.units[column] and offsets.get(spelled) == offsets.get(column)
        if spelled and not same:
            raise InvalidQuantity(f"{_quoted(text)} stands in a column in {column}: write the number alone")
        spelled = column
    if spelled in kind.units:
        return kind.units[spelled], offsets.get(spelled, Decimal(0))
    if not spelled:
        raise InvalidQuantity(f"{_quoted(text)} has no unit: write {kind.phrase} such as {kind.examples}")
    for other in DIMENSIONS.values():
        if spelled in other.units:
            raise InvalidQuantity(
                f"{_quoted(text)}: expected {kind.phrase} such as {kind.examples}, found {other.phrase}"
            )
    alike = [unit for unit in kind.units if unit.casefold() == spelled.casefold()]
    hint = f"; did you mean {' or '.join(alike)}?" if alike else nearest(spelled, kind.units)
    raise InvalidQuantity(
        f"{_quoted(text)}: {spelled!r} is no unit of {kind.phrase}{hint or f'; write it as {kind.examples}'}"
    )


def _error(number: Decimal, spelled: str, value: Decimal, kind: Dimension, column: str | None, text: str) -> Decimal:
    """Return the standard error in SI; percent is relative, a temperature's is a difference."""
    if number < 0:
        raise InvalidQuantity(f"{_quoted(text)}: an error cannot be negative")
    if spelled == "%":
        if kind.offsets:
            raise InvalidQuantity(f"{_quoted(text)}: percent of a temperature means nothing: write '± 0.5 K'")
        return abs(value) * number / 100
    if not spelled and column is None and kind.needs_unit:
        raise InvalidQuantity(f"{_quoted(text)}: the error has no unit: write it with one, or in %")
    if kind.offsets:
        column = None if spelled else column
        kind = DIMENSIONS["temperature difference"]
    return number * _unit_of(spelled, column, kind, text)[0]


def _float(number: Decimal, text: str) -> float:
    value = float(number)
    if value in (float("inf"), float("-inf")) or (value == 0) != (number == 0):
        raise InvalidQuantity(f"{_quoted(text)} is out of range")
    return value
