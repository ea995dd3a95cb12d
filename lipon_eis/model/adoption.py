"""Elements that a user registered by impedance.py's ``@element`` decorator, taken over when they are met.

impedance.py is not imported here: if nobody has, it has no elements of anybody's. Its functions take a list of
numbers and an array of frequencies, one spectrum at a time, and know units but no bounds and no derivatives.
Symbols of this package keep its own formulas, whatever impedance.py's table says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.own import function_of, register_own
from lipon_eis.model.registry import ELEMENTS, Complex, Element, Parameter, first_line

MODULE = "impedance.models.circuits.elements"
SOURCE = "registered by impedance.py's @element"


@dataclass(frozen=True)
class Adopted:
    """A function of impedance.py's kind, called spectrum by spectrum."""

    function: Callable[..., Any]

    def __call__(self, s: Complex, *values: NDArray[np.float64]) -> Complex:
        """Return Z, shape (n, n_freq) [Ω]."""
        frequency = s.imag / (2 * np.pi)
        rows = max(len(frequency), *(len(value) for value in values))
        of_row = [np.broadcast_to(value, (rows, 1))[:, 0].tolist() for value in values]
        every = np.broadcast_to(frequency, (rows, frequency.shape[1]))
        result = [self.function([value[i] for value in of_row], np.array(every[i])) for i in range(rows)]
        return np.asarray(result, dtype=complex)


def find(symbol: str) -> Element | None:
    """Return the element of a symbol, from impedance.py's table where only that one has it; None where neither has.

    Raises:
        InvalidOption: impedance.py's function does not work as one of an element.
    """
    known = ELEMENTS.get(symbol)
    if known is not None and not isinstance(function_of(known), Adopted):
        return known
    function = _table().get(symbol)
    count = getattr(function, "num_params", None)
    if function is None or not count or (known is not None and function_of(known) == Adopted(function)):
        return known
    units = [_unit(str(unit)) for unit in function.units]
    parameters = tuple(Parameter("" if count == 1 else str(k), unit) for k, unit in enumerate(units))
    return register_own(symbol, parameters, Adopted(function), SOURCE, first_line(function))


def available() -> tuple[str, ...]:
    """Return the symbols in impedance.py's table that are none of this package."""
    return tuple(
        name for name, function in _table().items() if hasattr(function, "num_params") and name not in ELEMENTS
    )


def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = getattr(sys.modules.get(MODULE), "circuit_elements", {})
    return table


def _unit(text: str) -> str:
    """Return a unit as it is written here: ``Ohm^-1 sec^a`` is ``ohm^-1 s^n``."""
    words = text.replace("Ohm", "ohm").replace("sec", "s").replace("Ω", "ohm")
    return {"ohm^-1 s^a": "ohm^-1 s^n"}.get(words, words)
