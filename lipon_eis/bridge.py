"""The way to impedance.py, and the only place that imports it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lipon_eis.errors import InvalidCircuit
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import Leaf, leaves


def to_impedance(fitted: Any, values: Any = None, stderr: Mapping[str, float] | None = None) -> Any:
    """Return a fitted ``impedance.models.circuits.CustomCircuit`` that predicts what our circuit does.

    Args:
        fitted: A fit result (anything with ``circuit``, ``values`` and ``stderr``), or a circuit.
        values: Parameters where `fitted` is a circuit: by name, or in order.
        stderr: Their standard errors by name; what is missing is NaN.

    Returns:
        The circuit with ``parameters_`` and ``conf_`` filled in. A modified inductor is given in
        impedance.py's own terms, (L'jω)^α with L' = L^(1/α); the error of L' is NaN, since it
        depends on the correlation of L and α.

    Raises:
        InvalidCircuit: impedance.py cannot read the circuit: an element that it has not, or one without a number.
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
    try:
        peer = CustomCircuit(circuit.text, initial_guess=parameters)
    except ValueError as error:
        raise InvalidCircuit(f"impedance.py cannot read {circuit}: {error}") from error
    peer.parameters_, peer.conf_ = np.array(parameters), np.array(errors)
    return peer


def _in_terms_of_impedance(leaf: Leaf, parameters: list[float], errors: list[float]) -> None:
    first, second = leaf.slice.start, leaf.slice.stop - 1
    parameters[first] **= 1 / parameters[second]
    errors[first] = math.nan
