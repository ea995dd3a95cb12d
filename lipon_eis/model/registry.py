"""What an element is, and the table of all there are.

Elements of this package are in `lipon_eis.model.elements`, registered by `builtin` and held to their formulas by
tests; a user's own come through `lipon_eis.model.own.element`, which checks them when they are registered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidOption, nearest

Complex = NDArray[np.complex128]
Evaluation = tuple[Any, tuple[Any, ...]]
"""Impedance and its partials; each broadcasts against s, so a constant may stay a scalar."""

QUANTITY_OF_UNIT = {
    "ohm": "resistance",
    "F": "capacitance",
    "H": "inductance",
    "s": "time",
    "ohm^-1 s^n": "admittance",
    "ohm s^-1/2": "warburg",
}
"""Unit of a parameter → what it measures, where nothing else is said."""

QUANTITIES = (*QUANTITY_OF_UNIT.values(), "exponent", "ratio", "number", "other")
LINEAR = ("exponent", "number")


@dataclass(frozen=True)
class Parameter:
    """One parameter of an element, as the element knows it.

    Attributes:
        name: What follows the element's name and an underscore: ``"0"``, ``"tau"``; ``""`` for an only parameter.
        unit: In SI, ``""`` where there is none.
        quantity: What it measures, for start values: ``resistance``, ``capacitance``, ``inductance``, ``time``,
            ``admittance`` (a CPE's Q), ``warburg``, ``exponent``, ``ratio`` (positive, without unit), ``number``
            (without unit, between finite bounds) or ``other``. Read off the unit and the bounds where not given.
        lower: Smallest value that has a meaning; not itself allowed where it is 0.
        upper: Largest value that has a meaning.

    Raises:
        InvalidOption: A name that is no word, a quantity that is none, bounds that are no range, or a parameter
            that may be negative and has no finite bounds.

    >>> Parameter("tau", "s").quantity, Parameter("alpha", lower=0, upper=1).quantity
    ('time', 'number')
    """

    name: str
    unit: str = ""
    quantity: str = ""
    lower: float = 0.0
    upper: float = np.inf

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]*", self.name):
            raise InvalidOption(f"a parameter's name is a word of letters and digits, not {self.name!r}")
        if not self.lower < self.upper:
            raise InvalidOption(f"parameter {self.name!r}: the lower bound {self.lower:g} is not below {self.upper:g}")
        if not self.quantity:
            unitless = "ratio" if self.lower >= 0 and self.upper == np.inf else "number"
            object.__setattr__(self, "quantity", QUANTITY_OF_UNIT.get(self.unit, "other") if self.unit else unitless)
        if self.quantity not in QUANTITIES:
            hint, known = nearest(self.quantity, QUANTITIES), ", ".join(QUANTITIES)
            raise InvalidOption(f"parameter {self.name!r}: no quantity {self.quantity!r}{hint} (there are {known})")
        if not self.log and not (np.isfinite(self.lower) and np.isfinite(self.upper)):
            raise InvalidOption(f"parameter {self.name!r} is fitted as it stands, so it needs two finite bounds")

    @property
    def log(self) -> bool:
        """True where the parameter is a positive scale, known by its logarithm; False for exponents and the like."""
        return self.lower >= 0 and self.quantity not in LINEAR


@dataclass(frozen=True)
class Element:
    """A two-terminal element.

    Attributes:
        symbol: Letters that stand for it in a circuit string.
        parameters: In the order in which `evaluate` takes them.
        evaluate: ``(s, *values) -> (z, partials)`` with s = jω [rad/s], shape (…, n_freq), each value
            of shape (…, 1), z [Ω] and partials [Ω per unit of the parameter] broadcasting to (…, n_freq).
        description: One line, with the formula.
        source: Where the formula is from.
        numeric: True where the partials are differences, not formulas.
        registered: When, for a user's own [ns]; 0 for an element of this package.
    """

    symbol: str
    parameters: tuple[Parameter, ...]
    evaluate: Callable[..., Evaluation]
    description: str
    source: str
    numeric: bool = False
    registered: int = 0

    @property
    def own(self) -> bool:
        """True for an element that a user registered."""
        return self.registered > 0

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, tuple(getattr(self, field.name) for field in fields(self))


ELEMENTS: dict[str, Element] = {}
"""Every element by its symbol."""


def elements() -> tuple[Element, ...]:
    """Return every element that a circuit string may use, one's own behind those of the package."""
    return tuple(ELEMENTS.values())


def own_elements() -> tuple[Element, ...]:
    """Return the elements that the user registered."""
    return tuple(element for element in ELEMENTS.values() if element.own)


def builtin(
    symbol: str, *parameters: Parameter, source: str
) -> Callable[[Callable[..., Evaluation]], Callable[..., Evaluation]]:
    """Register the decorated function as an element of this package; the first line of its docstring describes it."""

    def register(function: Callable[..., Evaluation]) -> Callable[..., Evaluation]:
        ELEMENTS[symbol] = Element(symbol, parameters, function, first_line(function), source)
        return function

    return register


def first_line(function: Callable[..., Any]) -> str:
    """Return the first line of a function's docstring, else its name."""
    text = (getattr(function, "__doc__", None) or "").strip()
    return text.splitlines()[0] if text else str(getattr(function, "__name__", "a function without a name"))


def _arrived(symbol: str, *rest: Any) -> Element:
    """Make an element known in the process that it was sent to; of two of one symbol the later one holds there."""
    element = Element(symbol, *rest)
    known = ELEMENTS.get(symbol)
    if known is not None and known.own != element.own:
        raise InvalidOption(
            f"{symbol} is an element of this version of lipon_eis and was an own one where it was saved"
        )
    if known is not None and known.registered == element.registered:
        return known
    if known is None or known.registered < element.registered:
        ELEMENTS[symbol] = element
    return element
