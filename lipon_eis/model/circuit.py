"""Circuit: an equivalent circuit as a frozen value, with impedances and exact partial derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lipon_eis.errors import InvalidCircuit, InvalidOption, InvalidSpectrum, UnknownParameter, nearest
from lipon_eis.model import tree as trees
from lipon_eis.model.parser import parse
from lipon_eis.model.registry import Complex, Element
from lipon_eis.model.topology import topology

Floats = NDArray[np.float64]
Values = Mapping[str, Any] | ArrayLike

SMALLEST = 1e-100
"""Stands for a parameter that is 0 (its inverse for one that is infinite): C = 0 is an open branch and R = 0 a
shorted one, and the chain rule gives their partials without dividing by zero."""


@dataclass(frozen=True)
class CircuitParameter:
    """One parameter of a circuit.

    Attributes:
        name: As in impedance.py: ``R1``, or ``CPE1_0`` where the element has several.
        element: Name of its element, ``CPE1``.
        symbol: Symbol of its element, ``CPE``.
        unit: In SI, ``""`` where there is none.
        lower: Smallest value that has a meaning.
        upper: Largest value that has a meaning.
        quantity: What it measures, see `lipon_eis.model.registry.Parameter`.
        log: True where it is a positive scale, False for an exponent.
    """

    name: str
    element: str
    symbol: str
    unit: str
    lower: float
    upper: float
    quantity: str
    log: bool


class Circuit:
    """An equivalent circuit, made from impedance.py's syntax.

    Circuits are equal when their texts are; a circuit made from another is the same.

    Attributes:
        text: The circuit string without spaces.
        tree: `lipon_eis.model.tree` nodes.
        parameters: In the order in which they are written.
        names: Their names.

    Raises:
        InvalidCircuit: The text is no circuit; the message points at the character.

    >>> c = Circuit("R0 - p(R1, CPE1)")
    >>> c.text, c.names
    ('R0-p(R1,CPE1)', ('R0', 'R1', 'CPE1_0', 'CPE1_1'))
    >>> c.impedance([1e3], {"R0": 10, "R1": 0, "CPE1_0": 1e-6, "CPE1_1": 1}).real.tolist()
    [10.0]
    """

    text: str
    tree: trees.Node
    parameters: tuple[CircuitParameter, ...]
    names: tuple[str, ...]

    def __init__(self, text: str | Circuit):
        if not isinstance(text, str | Circuit):
            raise InvalidCircuit(f"expected a text such as 'R0-p(R1,CPE1)', found {type(text).__name__}")
        self._be(text.tree if isinstance(text, Circuit) else parse(text))

    def _be(self, node: trees.Node) -> None:
        parameters = tuple(p for leaf in trees.leaves(node) for p in _parameters(leaf))
        self.__dict__.update(text=str(node), tree=node, parameters=parameters, names=tuple(p.name for p in parameters))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Circuit is frozen; make a new one instead of setting {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Circuit is frozen; {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Circuit) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.text, self.own_elements)

    def __repr__(self) -> str:
        return f"Circuit({self.text!r})"

    def __str__(self) -> str:
        return self.text

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Names of the elements in the order they are written."""
        return tuple(leaf.name for leaf in trees.leaves(self.tree))

    @property
    def own_elements(self) -> tuple[Element, ...]:
        """Those of its elements that a user registered, each once."""
        found = {leaf.symbol: leaf.element for leaf in trees.leaves(self.tree)}
        return tuple(element for element in found.values() if element.own)

    def topology(self) -> str:
        """Return a description that is the same for circuits of one form; see `lipon_eis.model.topology`."""
        return topology(self.tree)

    def values(self, values: Values) -> Floats:
        """Return parameter values as an array in the order of `parameters`, shape (…, n_par).

        Args:
            values: By name (numbers, or arrays that broadcast), or an array in order.

        Raises:
            UnknownParameter: A name is none of this circuit's, or one has no value.
            InvalidOption: The array is not of the circuit's length.
        """
        if isinstance(values, Mapping):
            for name in values:
                if name not in self.names:
                    raise UnknownParameter(f"{self.text} has no parameter {name!r}{nearest(str(name), self.names)}")
            if missing := [name for name in self.names if name not in values]:
                raise UnknownParameter(f"no value for {', '.join(missing)} of {self.text}")
            columns = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in self.names))
            return np.stack(columns, axis=-1)
        array = np.asarray(values, dtype=float)
        if array.ndim == 0 or array.shape[-1] != len(self.names):
            found = "one number" if array.ndim == 0 else f"{array.shape[-1]} values"
            raise InvalidOption(f"{self.text} takes {len(self.names)} values ({', '.join(self.names)}), got {found}")
        return array

    def impedance(self, frequency: ArrayLike, values: Values) -> Complex:
        """Return Z at each frequency.

        Args:
            frequency: [Hz], shape (n_freq,), or (n, n_freq) with one row a spectrum.
            values: By name, or an array in the order of `parameters`, shape (n_par,) or (n, n_par).

        Returns:
            Shape (n_freq,), or (n, n_freq) where either is batched [Ω].

        Raises:
            InvalidSpectrum: A frequency is not positive.
            UnknownParameter, InvalidOption: As `values` does.
        """
        return self._evaluate(frequency, values)[0]

    def jacobian(self, frequency: ArrayLike, values: Values) -> Complex:
        """Return ∂Z/∂p by every parameter as it stands (no logarithms).

        Takes what `impedance` takes and raises what it raises.

        Returns:
            Shape (n_freq, n_par), or (n, n_freq, n_par) where either is batched [Ω per unit of the parameter].
        """
        return np.ascontiguousarray(np.moveaxis(self._evaluate(frequency, values)[1], -2, -1))

    def evaluate(self, s: Complex, p: Floats) -> tuple[Complex, Complex]:
        """Return Z and its partial derivatives for many spectra in one pass; made for solvers, checks nothing.

        Args:
            s: jω, shape (n, n_freq), or (1, n_freq) where all share their frequencies [rad/s].
            p: Values in the order of `parameters`, shape (n, n_par).

        Returns:
            Z, shape (n, n_freq) [Ω], and ∂Z/∂p, shape (n, n_par, n_freq).
        """
        n_spectra, n_freq = max(len(s), len(p)), s.shape[-1]
        partials = np.empty((n_spectra, len(self.parameters), n_freq), dtype=complex)
        # A solver's trial step may go far out and overflow; its cost then is not finite, and the step is not taken.
        with np.errstate(all="ignore"):
            p = np.copysign(np.clip(np.abs(p), SMALLEST, 1 / SMALLEST), p)
            z = trees.evaluate(self.tree, s, p, partials)
        whole = np.empty((n_spectra, n_freq), dtype=complex)
        whole[:] = z
        return whole, partials

    def _evaluate(self, frequency: ArrayLike, values: Values) -> tuple[Complex, Complex]:
        f, p = np.atleast_1d(np.asarray(frequency, dtype=float)), self.values(values)
        if not (f > 0).all():
            raise InvalidSpectrum(f"frequencies must be positive, got {f.min()} Hz")
        batched = f.ndim > 1 or p.ndim > 1
        z, partials = self.evaluate(2j * np.pi * np.atleast_2d(f), np.atleast_2d(p))
        return (z, partials) if batched else (z[0], partials[0])


def _remade(text: str, own_elements: tuple[Element, ...]) -> Circuit:
    """Return a circuit that was pickled, with the very elements that it had."""
    circuit = Circuit.__new__(Circuit)
    circuit._be(parse(text, {element.symbol: element for element in own_elements}))
    return circuit


def _parameters(leaf: trees.Leaf) -> list[CircuitParameter]:
    return [
        CircuitParameter(
            name=f"{leaf.name}_{p.name}" if p.name else leaf.name,
            element=leaf.name,
            symbol=leaf.symbol,
            unit=p.unit,
            lower=p.lower,
            upper=p.upper,
            quantity=p.quantity,
            log=p.log,
        )
        for p in leaf.element.parameters
    ]
