"""The witnesses that several files of this room call."""

import warnings

import pytest


@pytest.fixture(scope="session")
def peer():
    """impedance.py's Z of a circuit string; its own warnings are not ours to answer for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        circuits = pytest.importorskip("impedance.models.circuits")

    def impedance(text, frequency, values):
        circuit = circuits.CustomCircuit(text, initial_guess=list(map(float, values)))
        circuit.parameters_ = list(map(float, values))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return circuit.predict(frequency)

    return impedance
