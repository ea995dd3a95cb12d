"""A fit handed to impedance.py predicts there what it does here."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.bridge import to_impedance
from lipon_eis.errors import InvalidCircuit, UnknownParameter
from lipon_eis.model import Circuit

F = np.logspace(6, -2, 30)
TYPICAL = {"resistance": 300.0, "admittance": 1e-6, "exponent": 0.9, "time": 1.0, "inductance": 1e-6}


@pytest.mark.parametrize("text", ["R0-p(R1,CPE1)-CPE2", "R0-p(R1-Wo1,CPE1)", "La0-R0-p(R1,CPE1)", "R0"])
def test_the_exported_circuit_predicts_our_impedance(text):
    circuit = Circuit(text)
    values = {p.name: TYPICAL[p.quantity] for p in circuit.parameters}
    exported = to_impedance(circuit, values)
    assert exported.circuit == text
    assert_allclose(exported.predict(F), circuit.impedance(F, values), rtol=1e-12)


def test_a_result_is_exported_with_its_errors_and_unknown_ones_are_nan():
    circuit = Circuit("R0-p(R1,CPE1)")
    values = dict(zip(circuit.names, [5.0, 300.0, 1e-7, 0.9], strict=True))
    result = SimpleNamespace(circuit=circuit, values=values, stderr={"R1": 2.5, "CPE1_0": 1e-9, "CPE1_1": 0.01})
    exported = to_impedance(result)
    assert_allclose(exported.parameters_, [5.0, 300.0, 1e-7, 0.9])
    assert_allclose(exported.conf_, [np.nan, 2.5, 1e-9, 0.01])
    assert exported.get_param_names()[0] == list(circuit.names)
    assert "R1 = 3.00e+02  (+/- 2.50e+00)" in str(exported)


def test_the_error_of_a_converted_inductor_is_not_made_up():
    exported = to_impedance(Circuit("La0-R0"), [1e-5, 0.9, 4.0], {"La0_0": 1e-7, "La0_1": 0.01, "R0": 0.1})
    assert_allclose(exported.parameters_, [1e-5 ** (1 / 0.9), 0.9, 4.0])
    assert_allclose(exported.conf_, [np.nan, 0.01, 0.1])


def test_values_that_do_not_fit_the_circuit_are_refused():
    with pytest.raises(UnknownParameter, match="no value for R1"):
        to_impedance(Circuit("R0-R1"), {"R0": 1.0})


def test_a_circuit_that_impedance_py_cannot_read_is_refused():
    with pytest.raises(InvalidCircuit, match=r"impedance\.py cannot read R-C1"):
        to_impedance(Circuit("R-C1"), [1.0, 1e-6])
