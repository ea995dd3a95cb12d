"""A user's own elements: registered by a decorator, checked when they are.

::

    @element("HN", Parameter("R", "ohm"), Parameter("tau", "s"), Parameter("a", lower=0, upper=1))
    def cole(s, r, tau, a):
        '''Cole-Cole relaxation, Z = R/(1 + (jωτ)^a).'''
        return r / (1 + (s * tau) ** a)

The function is called with s = jω of shape (…, n_freq) and each value of shape (…, 1): many spectra at once. It
returns Z alone, and derivatives are then central differences, or Z and a tuple of ∂Z/∂p in the order of the
parameters. One call with a few values, when it is registered, finds what would else be a wrong number later.
"""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidOption
from lipon_eis.model.registry import ELEMENTS, Complex, Element, Evaluation, Parameter, first_line

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]

RESERVED = ("p", "s")  # parallel and series in impedance.py's syntax
STEP = 6e-6  # the cube root of machine precision, where rounding and curvature spoil a central difference alike
OMEGA = np.logspace(0, 5, 6)  # at which a function is tried [rad/s]
TYPICAL = {
    "resistance": 100.0,
    "capacitance": 1e-6,
    "inductance": 1e-6,
    "time": 1e-3,
    "admittance": 1e-5,
    "warburg": 100.0,
}
AGREEMENT = 1e-4  # relative difference up to which a given derivative is what differences say
SEEN = 1e-7  # of |Z|: what a difference of two impedances cannot resolve


@dataclass(frozen=True)
class Differences:
    """An element's function with partials added by central differences; a step never leaves the bounds."""

    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]

    def __call__(self, s: Complex, *values: Floats) -> Evaluation:
        """Return Z and its partials, as `Element.evaluate` does."""
        partials = []
        for k, (parameter, value) in enumerate(zip(self.parameters, values, strict=True)):
            scale = np.abs(value) if parameter.log else np.maximum(np.abs(value), parameter.upper - parameter.lower)
            step = STEP * np.maximum(scale, 1e-150)
            above = np.minimum(value + step, parameter.upper)
            below = np.maximum(value - step, parameter.lower)
            high = self.function(s, *values[:k], above, *values[k + 1 :])
            low = self.function(s, *values[:k], below, *values[k + 1 :])
            partials.append((high - low) / (above - below))
        return self.function(s, *values), tuple(partials)


def element(symbol: str, *parameters: Parameter, source: str = "") -> Callable[[Function], Function]:
    """Register the decorated function as an element that circuit strings may use.

    Running the same definition again, as a notebook does, replaces it; circuits made before keep the old one.

    Args:
        symbol: A word of letters: ``HN`` makes ``R0-HN1`` a circuit.
        parameters: In the order in which the function takes them.
        source: Where the formula is from, for the report.

    Returns:
        A decorator that gives the function back as it is.

    Raises:
        InvalidOption: The symbol is taken or no word, two parameters share a name, the function does not take them,
            cannot work on arrays, gives something that is not finite, or gives a derivative that is wrong.

    >>> @element("Half", Parameter("", "ohm"))
    ... def half(s, r):
    ...     '''Half of a resistor, Z = R/2.'''
    ...     return 0.5 * r
    >>> ELEMENTS.pop("Half").numeric
    True
    """
    _check_words(symbol, parameters)
    _check_free(symbol)

    def decorate(function: Function) -> Function:
        _check_free(symbol, function)
        register_own(symbol, parameters, function, source)
        return function

    return decorate


def register_own(
    symbol: str,
    parameters: tuple[Parameter, ...],
    function: Callable[..., Any],
    source: str,
    description: str | None = None,
) -> Element:
    """Check a function and put it into the table.

    Raises:
        InvalidOption: As `element` does.
    """
    numeric = _try(symbol, parameters, function)
    evaluate = Differences(function, parameters) if numeric else function
    made = Element(symbol, parameters, evaluate, description or first_line(function), source, numeric, time.time_ns())
    ELEMENTS[symbol] = made
    return made


def function_of(entry: Element) -> Callable[..., Any]:
    """Return the function that a user registered."""
    return entry.evaluate.function if isinstance(entry.evaluate, Differences) else entry.evaluate


def _check_words(symbol: str, parameters: Sequence[Parameter]) -> None:
    if not re.fullmatch("[A-Za-z]+", symbol) or symbol in RESERVED:
        raise InvalidOption(f"an element's symbol is a word of letters other than p and s, not {symbol!r}")
    if not parameters:
        raise InvalidOption(f"element {symbol} needs at least one parameter")
    for given in parameters:
        if not isinstance(given, Parameter):
            raise InvalidOption(f"element {symbol}: expected Parameter('name', 'unit'), found {given!r}")
    names = [p.name for p in parameters]
    if len(set(names)) < len(names):
        raise InvalidOption(f"element {symbol}: each parameter needs a name of its own, found {names}")
    if len(names) > 1 and "" in names:
        raise InvalidOption(f"element {symbol}: a parameter beside others needs a name")


def _check_free(symbol: str, function: Callable[..., Any] | None = None) -> None:
    """Refuse a symbol of this package, and where a function is given one of another function.

    The same definition may be run again: it has the module and name of the one before.
    """
    known = ELEMENTS.get(symbol)
    if known is None or (known.own and (function is None or _place(function) == _place(function_of(known)))):
        return
    raise InvalidOption(f"there is an element {symbol} already: {known.description}")


def _place(function: Callable[..., Any]) -> tuple[Any, Any]:
    return getattr(function, "__module__", None), getattr(function, "__qualname__", None)


def _try(symbol: str, parameters: tuple[Parameter, ...], function: Callable[..., Any]) -> bool:
    """Call a function with two sets of values and refuse what cannot be right; return whether it gives Z alone."""
    try:
        inspect.signature(function).bind(None, *parameters)
    except TypeError as error:
        names = ", ".join(p.name or "value" for p in parameters)
        raise InvalidOption(f"element {symbol}: the function has to take (s, {names}), but: {error}") from error
    except ValueError:  # a function in C has no signature to read
        pass
    s = np.asarray(1j * OMEGA[None], dtype=complex)
    both = [np.array([[_typical(p)], [_typical(p, further=True)]]) for p in parameters]
    together = _called(symbol, function, s, both)
    numeric = not isinstance(together, tuple | list)
    z, partials = _parts(symbol, parameters, together)
    for row in range(2):
        alone, _ = _parts(symbol, parameters, _called(symbol, function, s, [v[row : row + 1] for v in both]))
        if not np.allclose(np.broadcast_to(alone, s.shape)[0], z[row], rtol=1e-9, atol=0):
            raise InvalidOption(f"element {symbol}: two spectra at once do not give what each gives alone")
    if not numeric:
        _, slopes = Differences(lambda *a: _called(symbol, function, a[0], list(a[1:]))[0], parameters)(s, *both)
        _check_partials(symbol, parameters, both, z, partials, slopes)
    return numeric


def _typical(parameter: Parameter, *, further: bool = False) -> float:
    """Return a value to try a parameter at, inside its bounds; another one where `further`."""
    low, high = parameter.lower, parameter.upper
    if not parameter.log:
        return low + (high - low) * (0.9 if further else 0.8)
    value = TYPICAL.get(parameter.quantity, 1.0) * (1.7 if further else 1.0)
    if low < value < high:
        return value
    share = 0.4 if further else 0.5
    if low > 0 and np.isfinite(high):
        return float(low ** (1 - share) * high**share)
    return high * share if np.isfinite(high) else low / share


def _called(symbol: str, function: Callable[..., Any], s: Complex, values: list[Floats]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(s, *values)
    except Exception as error:
        raise InvalidOption(
            f"element {symbol}: the function fails on arrays, s of shape {s.shape} and each value of shape "
            f"{values[0].shape}: {type(error).__name__}: {error}"
        ) from error


def _parts(symbol: str, parameters: Sequence[Parameter], returned: Any) -> tuple[Complex, list[Complex]]:
    """Return Z and the partials that a function gave, each of the full shape, or refuse them."""
    names = [p.name or "value" for p in parameters]
    if isinstance(returned, tuple | list):
        if len(returned) != 2 or not isinstance(returned[1], tuple | list) or len(returned[1]) != len(parameters):
            wanted = ", ".join(f"dZ/d{name}" for name in names)
            raise InvalidOption(f"element {symbol}: the function has to return Z, or (Z, ({wanted},))")
        z, partials = returned
    else:
        z, partials = returned, ()
    whole = []
    for what, part in zip(["Z", *(f"dZ/d{name}" for name in names)], [z, *partials], strict=False):
        try:
            array = np.asarray(part, dtype=complex)
            rows = array.shape[0] if array.ndim == 2 else 1
            whole.append(np.array(np.broadcast_to(array, (rows, OMEGA.size))))
        except (TypeError, ValueError) as error:
            shape = np.shape(part)
            raise InvalidOption(f"element {symbol}: {what} does not broadcast to (…, n_freq), found {shape}") from error
        if not np.isfinite(whole[-1]).all():
            raise InvalidOption(
                f"element {symbol}: {what} is not finite for {_values_text(parameters)} at ω from {OMEGA[0]:g} to "
                f"{OMEGA[-1]:g} rad/s; give the parameters bounds within which it is"
            )
    rows = max(len(part) for part in whole)
    return np.broadcast_to(whole[0], (rows, OMEGA.size)), whole[1:]


def _check_partials(
    symbol: str,
    parameters: Sequence[Parameter],
    values: list[Floats],
    z: Complex,
    partials: list[Complex],
    slopes: Sequence[Complex],
) -> None:
    for parameter, value, given, slope in zip(parameters, values, partials, slopes, strict=True):
        given, slope = (np.broadcast_to(part, (2, OMEGA.size)) for part in (given, slope))
        size = np.maximum(np.abs(given), np.abs(slope))
        off = np.abs(given - slope) - AGREEMENT * size - SEEN * np.abs(z) / np.abs(value)
        if (off > 0).any():
            row, k = np.unravel_index(np.argmax(off / np.maximum(size, 1e-300)), off.shape)
            name = parameter.name or "value"
            raise InvalidOption(
                f"element {symbol}: dZ/d{name} is wrong: {given[row, k]:.6g} where differences give {slope[row, k]:.6g}"
                f" at ω = {OMEGA[k]:g} rad/s and {name} = {value[row, 0]:g}; correct it, or return Z alone"
            )


def _values_text(parameters: Sequence[Parameter]) -> str:
    return ", ".join(f"{p.name or 'value'} = {_typical(p):g}" for p in parameters)
