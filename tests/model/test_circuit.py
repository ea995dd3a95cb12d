"""Circuit: the whole tree against impedance.py and differences, batches, and a frozen value's manners."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lipon_eis.errors import InvalidCircuit, InvalidOption, InvalidSpectrum, UnknownParameter
from lipon_eis.model import Circuit

F = np.logspace(6, -2, 33)

NESTED = [
    "R0-p(R1,CPE1)-CPE2",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
    "L0-R0-p(R1-Wo1,CPE1)",
    "R0-p(CPE1,R1,R2-CPE2)",
    "p(R1,p(C1,C2)-R2,R3-p(L1,W1))-G1",
    "p(p(R1,C1)-p(R2,C2),C3)",
    "R0-p(Zarc1,R1)-p(K1,C1)-TLMQ1-Ws1-Gs1",
    "R0",
    "p(R1,CPE1)",
]
nested = pytest.mark.parametrize("text", NESTED)


def typical(circuit, seed=0, size=()):
    """Values that make every element count somewhere in the window."""
    generator = np.random.default_rng(seed)
    middle = {
        "resistance": 1e3,
        "capacitance": 1e-7,
        "inductance": 1e-5,
        "time": 1e-2,
        "admittance": 1e-6,
        "warburg": 1e3,
        "ratio": 1.0,
    }
    columns = [
        generator.uniform(0.5, 0.99, size)
        if p.quantity == "exponent"
        else middle[p.quantity] * 10 ** generator.normal(size=size)
        for p in circuit.parameters
    ]
    return np.stack(columns, axis=-1)


@nested
def test_impedance_equals_that_of_impedance_py(text, peer):
    values = typical(Circuit(text))
    assert_allclose(Circuit(text).impedance(F, values), peer(text, F, values), rtol=1e-12)


@nested
def test_jacobian_agrees_with_central_differences(text):
    circuit = Circuit(text)
    p = typical(circuit)
    jacobian = circuit.jacobian(F, p)
    assert jacobian.shape == (len(F), len(p))
    for k in range(len(p)):
        step = 1e-5 * p * (np.arange(len(p)) == k)
        slope = (circuit.impedance(F, p + step) - circuit.impedance(F, p - step)) / (2 * step.sum())
        floor = 1e-9 * abs(circuit.impedance(F, p)) / p[k]
        assert (abs(jacobian[:, k] - slope) <= 1e-6 * abs(slope) + floor).all()


@nested
def test_a_batch_equals_its_single_spectra(text):
    circuit = Circuit(text)
    p = typical(circuit, size=(5,))
    f = F * np.logspace(0, 1, 5)[:, None]
    z, jacobian = circuit.impedance(f, p), circuit.jacobian(f, p)
    assert z.shape == (5, len(F))
    assert jacobian.shape == (5, len(F), len(circuit.parameters))
    for row in range(5):
        assert_allclose(z[row], circuit.impedance(f[row], p[row]), rtol=1e-14)
        assert_allclose(jacobian[row], circuit.jacobian(f[row], p[row]), rtol=1e-13, atol=1e-300)


def test_shared_frequencies_and_shared_values_broadcast():
    circuit = Circuit("R0-p(R1,CPE1)")
    p = typical(circuit, size=(3,))
    assert_allclose(circuit.impedance(F, p)[2], circuit.impedance(F, p[2]))
    f = np.stack([F, 2 * F])
    assert_allclose(circuit.impedance(f, p[0])[1], circuit.impedance(2 * F, p[0]))


def test_evaluate_gives_the_partials_one_row_a_parameter():
    circuit = Circuit("R0-p(R1,CPE1)-CPE2")
    p = typical(circuit, size=(4,))
    z, partials = circuit.evaluate(2j * np.pi * F[None], p)
    assert z.shape == (4, len(F))
    assert partials.shape == (4, 6, len(F))
    assert_array_equal(z, circuit.impedance(F, p))
    assert_array_equal(partials.swapaxes(1, 2), circuit.jacobian(F, p))


@pytest.mark.parametrize("text", ["R0-p(R1,CPE1)-CPE2", "R0-p(R1-Wo1,CPE1)", "p(TLMQ1,W1)-Zarc1"])
@given(factor=st.floats(1e-6, 1e6))
@settings(max_examples=20)
def test_scaling_all_resistances_up_and_admittances_down_scales_z(text, factor):
    circuit = Circuit(text)
    p = typical(circuit)
    power = {"resistance": 1, "warburg": 1, "admittance": -1, "time": 0, "exponent": 0}
    scaled = p * [factor ** power[parameter.quantity] for parameter in circuit.parameters]
    assert_allclose(circuit.impedance(F, scaled), factor * circuit.impedance(F, p), rtol=1e-11)


def test_values_by_name_equal_values_in_order():
    circuit = Circuit("R0-p(R1,CPE1)")
    by_name = {"CPE1_1": 0.9, "CPE1_0": 1e-9, "R1": np.array([1e3, 2e3]), "R0": 5}
    assert_array_equal(circuit.impedance(F, by_name), circuit.impedance(F, [[5, 1e3, 1e-9, 0.9], [5, 2e3, 1e-9, 0.9]]))


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"R0": 1, "R1": 2, "CPE1_0": 1e-9}, UnknownParameter, "no value for CPE1_1"),
        ({"R0": 1, "R1": 2, "CPE1_0": 1e-9, "CPE_1": 1}, UnknownParameter, "did you mean CPE1_1"),
        ([1, 2, 3], InvalidOption, r"takes 4 values \(R0, R1, CPE1_0, CPE1_1\), got 3"),
        (3.0, InvalidOption, "got one number"),
    ],
)
def test_values_that_do_not_fit_the_circuit_are_refused_by_name(values, error, words):
    with pytest.raises(error, match=words):
        Circuit("R0-p(R1,CPE1)").impedance(F, values)


@pytest.mark.parametrize("frequency", [0.0, -1.0, np.nan])
def test_a_frequency_that_is_not_positive_is_refused(frequency):
    with pytest.raises(InvalidSpectrum, match="positive"):
        Circuit("R0").impedance([1.0, frequency], [1.0])


def test_a_shorted_branch_shorts_its_group_and_an_open_one_leaves_it():
    group = Circuit("p(R1,C1)")
    assert_allclose(group.impedance(F, [0, 1e-6]), 0, atol=1e-90)
    assert_allclose(group.impedance(F, [50, 0]), 50)
    # dZ/dC at C = 0 is −jωR², by hand
    assert_allclose(group.jacobian(F, [50, 0])[:, 1], -2j * np.pi * F * 2500)
    assert_allclose(group.jacobian(F, [0, 1e-6])[:, 0], 1)


def test_a_nan_stays_a_nan():
    assert np.isnan(Circuit("R0-p(R1,C1)").impedance(F, [1, np.nan, 1e-6])).all()


def test_a_circuit_is_a_frozen_value():
    circuit = Circuit("R0 - p( R1 , CPE1 )")
    assert circuit == Circuit(circuit) == Circuit("R0-p(R1,CPE1)")
    assert circuit != Circuit("R0-p(CPE1,R1)")
    assert circuit != "R0-p(R1,CPE1)"
    assert len({circuit, Circuit("R0-p(R1,CPE1)")}) == 1
    assert pickle.loads(pickle.dumps(circuit)) == circuit
    assert repr(circuit) == "Circuit('R0-p(R1,CPE1)')"
    assert str(circuit) == "R0-p(R1,CPE1)"
    with pytest.raises(AttributeError, match="frozen"):
        circuit.text = "R0"
    with pytest.raises(AttributeError, match="frozen"):
        del circuit.text


def test_parameters_carry_impedance_py_names_units_and_bounds():
    circuit = Circuit("R0-p(R1,CPE1)-Wo1-L0")
    assert circuit.names == ("R0", "R1", "CPE1_0", "CPE1_1", "Wo1_0", "Wo1_1", "L0")
    assert [p.unit for p in circuit.parameters] == ["ohm", "ohm", "ohm^-1 s^n", "", "ohm", "s", "H"]
    exponent = circuit.parameters[3]
    assert (exponent.element, exponent.symbol, exponent.quantity) == ("CPE1", "CPE", "exponent")
    assert (exponent.lower, exponent.upper, exponent.log) == (0, 1, False)
    assert circuit.elements == ("R0", "R1", "CPE1", "Wo1", "L0")


def test_an_invalid_circuit_survives_a_trip_to_another_process():
    with pytest.raises(InvalidCircuit) as caught:
        Circuit("R0-p(R1")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.position) == (str(caught.value), 7)
