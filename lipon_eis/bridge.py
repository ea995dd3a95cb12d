"""The way to impedance.py, and the only place that imports it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lipon_eis.errors import InvalidCircuit
from lipon_eis.model.adoption import Adopted
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.own import function_of
from lipon_eis.model.registry import Element
from lipon_eis.model.tree import Leaf, leaves


def to_impedance(fitted: Any, values: Any = None, stderr: Mapping[str, float] | None = None) -> Any:
    """Return a fitted ``impedance.models.circuits.CustomCircuit`` that predicts what our circuit does.

    Own elements are registered in impedance.py's table by their symbols, where they are not there already.

    Args:
        fitted: A fit result (anything with ``circuit``, ``values`` and ``stderr``), or a circuit.
        values: Parameters where `fitted` is a circuit: by name, or in order.
        stderr: Their standard errors by name; what is missing is NaN.

    Returns:
        The circuit with ``parameters_`` and ``conf_`` filled in. A modified inductor is given in
        impedance.py's own terms, (L'jω)^α with L' = L^(1/α); the error of L' is NaN, since it
        depends on the correlation of L and α.

    Raises:
        InvalidCircuit: impedance.py cannot read the circuit: an element without a number, or one of its own
            elements has the symbol of another there.
        UnknownParameter, InvalidOption: `values` does not fit the circuit.
    """
    from impedance.models.circuits import CustomCircuit

    if values is None and not isinstance(fitted, str | Circuit):
        fitted, values, stderr = fitted.circuit, fitted.values, fitted.stderr
    circuit = Circuit(getattr(fitted, "circuit", fitted))
    parameters = circuit.values(values).tolist()
    errors = [float((stderr or {}).get(name, math.nan)) for name in circuit.names]
    for leaf in leaves(circuit.tree):
        if leaf.symbol == "La":
            _in_terms_of_impedance(leaf, parameters, errors)
    for element in circuit.own_elements:
        _register(element)
    try:
        peer = CustomCircuit(circuit.text, initial_guess=parameters)
    except ValueError as error:
        raise InvalidCircuit(f"impedance.py cannot read {circuit}: {error}") from error
    peer.parameters_, peer.conf_ = np.array(parameters), np.array(errors)
    return peer


@dataclass(frozen=True)
class Exported:
    """An own element as impedance.py calls one."""

    element: Element

    @property
    def __name__(self) -> str:
        return self.element.symbol

    def __call__(self, values: list[float], frequency: Any) -> Any:
        """Return Z at each frequency [Ω]."""
        s = np.asarray(2j * np.pi * np.asarray(frequency, dtype=float)[None], dtype=complex)
        z, _ = self.element.evaluate(s, *(np.array([[float(value)]]) for value in values))
        return np.array(np.broadcast_to(z, s.shape)[0])


def _register(element: Element) -> None:
    """Put an own element into impedance.py's table, or find it there."""
    from impedance.models.circuits.elements import circuit_elements
    from impedance.models.circuits.elements import element as register

    there = circuit_elements.get(element.symbol)
    came_from_there = there is not None and function_of(element) == Adopted(there)
    if came_from_there:
        return
    exported = getattr(there, "exported", None)
    if there is not None and exported is None:
        problem = f"impedance.py's table has another element {element.symbol}; register yours under another symbol"
        raise InvalidCircuit(problem)
    units = [parameter.unit.replace("ohm", "Ohm") for parameter in element.parameters]
    made = register(num_params=len(units), units=units, overwrite=True)(Exported(element))
    made.exported = element


def _in_terms_of_impedance(leaf: Leaf, parameters: list[float], errors: list[float]) -> None:
    first, second = leaf.slice.start, leaf.slice.stop - 1
    parameters[first] **= 1 / parameters[second]
    errors[first] = math.nan
