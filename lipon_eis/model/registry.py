"""What an element is, and the table of all there are.

An element is one decorated function of s = jω and its parameters that returns the
impedance and the partial derivatives by each parameter. Registering one is all it
takes to use its symbol in a circuit string::

    @element("R", Parameter("", "ohm", "resistance"))
    def resistor(s, r):
        '''Resistor, Z = R.'''
        return r, (1.0,)

A function that knows no derivatives returns the impedance alone and says
``numeric=True``; they are then taken by central differences.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidOption

Complex = NDArray[np.complex128]
Evaluation = tuple[Any, tuple[Any, ...]]
"""Impedance and its partials; each broadcasts against s, so a constant may stay a scalar."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an element, as the element knows it.

    Attributes:
        name: What follows the element's name: ``""`` for an only parameter, else ``"0"``, ``"1"``, …
        unit: In SI, ``""`` where there is none.
        quantity: ``resistance``, ``capacitance``, ``inductance``, ``time``, ``exponent``,
            ``admittance`` (a CPE's Q), ``warburg`` or ``ratio``.
        lower: Smallest value that has a meaning; not itself allowed where it is 0.
        upper: Largest value that has a meaning.
    """

    name: str
    unit: str
    quantity: str
    lower: float = 0.0
    upper: float = np.inf

    @property
    def log(self) -> bool:
        """True where the parameter is a positive scale, known by its logarithm; False for exponents."""
        return self.quantity != "exponent"


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
    """

    symbol: str
    parameters: tuple[Parameter, ...]
    evaluate: Callable[..., Evaluation]
    description: str
    source: str
    numeric: bool = False


ELEMENTS: dict[str, Element] = {}
"""Every element by its symbol."""


def element(
    symbol: str, *parameters: Parameter, source: str = "", numeric: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function as the element `symbol`; the first line of its docstring describes it.

    Raises:
        InvalidOption: The symbol is taken, or is no word of letters, or one that the syntax needs.
    """
    if not re.fullmatch("[A-Za-z]+", symbol) or symbol in ("p", "s"):
        raise InvalidOption(f"an element's symbol is a word of letters other than p and s, not {symbol!r}")
    if symbol in ELEMENTS:
        raise InvalidOption(f"there is an element {symbol} already: {ELEMENTS[symbol].description}")
    if not parameters:
        raise InvalidOption(f"element {symbol} needs at least one parameter")

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        evaluate = _with_differences(function, parameters) if numeric else function
        description = (function.__doc__ or function.__name__).strip().splitlines()[0]
        ELEMENTS[symbol] = Element(symbol, parameters, evaluate, description, source, numeric)
        return function

    return register


def _with_differences(function: Callable[..., Any], parameters: tuple[Parameter, ...]) -> Callable[..., Evaluation]:
    """Add partials by central differences; a step never leaves the parameter's bounds."""

    def evaluate(s: Complex, *values: NDArray[np.float64]) -> Evaluation:
        partials = []
        for k, (parameter, value) in enumerate(zip(parameters, values, strict=True)):
            step = 6e-6 * np.maximum(np.abs(value), 1e-150)  # the cube root of machine precision
            above = np.minimum(value + step, parameter.upper)
            below = np.maximum(value - step, parameter.lower)
            high = function(s, *values[:k], above, *values[k + 1 :])
            low = function(s, *values[:k], below, *values[k + 1 :])
            partials.append((high - low) / (above - below))
        return function(s, *values), tuple(partials)

    return evaluate
