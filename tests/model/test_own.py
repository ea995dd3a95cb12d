"""An own element is checked when it is registered, and stays what it was."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidCircuit, InvalidOption
from lipon_eis.model import ELEMENTS, Circuit, Parameter, element
from lipon_eis.model.registry import own_elements

F = np.logspace(5, -2, 30)
OHM, SECOND = Parameter("R", "ohm"), Parameter("tau", "s")
UNIT = Parameter("a", lower=0, upper=1)


@pytest.fixture(autouse=True)
def forgotten():
    """Elements that a test registers are gone after it."""
    before = dict(ELEMENTS)
    yield
    ELEMENTS.clear()
    ELEMENTS.update(before)


def cole(s, r, tau, a):
    """Cole-Cole relaxation, Z = R/(1 + (jωτ)^a)."""
    return r / (1 + (s * tau) ** a)


def cole_with_partials(s, r, tau, a):
    power = (s * tau) ** a
    slope = -r / (1 + power) ** 2 * power
    return r / (1 + power), (1 / (1 + power), slope * a / tau, slope * np.log(s * tau))


def test_a_few_lines_make_an_element_that_equals_the_built_in_one():
    assert element("Cole", OHM, SECOND, UNIT, source="Cole, Cole 1941")(cole) is cole
    own, ours, p = Circuit("R0-Cole1"), Circuit("R0-Zarc1"), [5.0, 300.0, 1e-3, 0.8]
    assert own.names == ("R0", "Cole1_R", "Cole1_tau", "Cole1_a")
    assert_allclose(own.impedance(F, p), ours.impedance(F, p), rtol=1e-12)
    scale = abs(ours.impedance(F, p))[:, None] / p
    assert_allclose(own.jacobian(F, p) / scale, ours.jacobian(F, p) / scale, atol=1e-8)
    (entry,) = own_elements()
    assert (entry.numeric, entry.source) == (True, "Cole, Cole 1941")
    assert entry.description == "Cole-Cole relaxation, Z = R/(1 + (jωτ)^a)."


def test_given_derivatives_are_used_as_they_are():
    element("Cole", OHM, SECOND, UNIT)(cole_with_partials)
    own, ours, p = Circuit("Cole1"), Circuit("Zarc1"), [300.0, 1e-3, 0.8]
    assert not own_elements()[0].numeric
    scale = abs(ours.impedance(F, p))[:, None] / p
    assert_allclose(own.jacobian(F, p) / scale, ours.jacobian(F, p) / scale, atol=1e-12)


@pytest.mark.parametrize(
    ("parameter", "quantity", "log"),
    [
        (Parameter("x", "ohm"), "resistance", True),
        (Parameter("x", "s"), "time", True),
        (Parameter("x", "m^2/s"), "other", True),
        (Parameter("x"), "ratio", True),
        (Parameter("x", lower=0, upper=1), "number", False),
        (Parameter("x", lower=-5, upper=5), "number", False),
        (Parameter("x", "V", lower=-1, upper=1), "other", False),
        (Parameter("x", "", "exponent", 0, 1), "exponent", False),
    ],
)
def test_what_a_parameter_is_follows_from_its_unit_and_bounds(parameter, quantity, log):
    assert (parameter.quantity, parameter.log) == (quantity, log)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "t au"}, "a word of letters and digits"),
        ({"name": "x", "lower": 2, "upper": 1}, "2 is not below 1"),
        ({"name": "x", "quantity": "resistence"}, "did you mean resistance"),
        ({"name": "x", "lower": -1}, "two finite bounds"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(given, words):
    with pytest.raises(InvalidOption, match=words):
        Parameter(**given)


def too_few(s, r):
    return r


def scalars_only(s, r, tau, a):
    return r if tau > 1 else r / 2


def overflowing(s, r, tau, a):
    return r * np.exp(1e6 * np.abs(s * tau))


def one_number(s, r, tau, a):
    return np.array([1.0, 2.0, 3.0])


def mixing_spectra(s, r, tau, a):
    return r / (1 + s * tau) + tau.sum()


def too_few_partials(s, r, tau, a):
    return r + 0 * s, (1.0,)


def wrong_partial(s, r, tau, a):
    z, (by_r, by_tau, by_a) = cole_with_partials(s, r, tau, a)
    return z, (by_r, by_tau / a, by_a)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (too_few, r"has to take \(s, R, tau, a\)"),
        (scalars_only, "fails on arrays.*ValueError"),
        (overflowing, "Z is not finite for R = 100, tau = 0.001, a = 0.8"),
        (one_number, r"Z does not broadcast.*\(3,\)"),
        (mixing_spectra, "two spectra at once"),
        (too_few_partials, r"return Z, or \(Z, \(dZ/dR, dZ/dtau, dZ/da,\)\)"),
        (wrong_partial, r"dZ/dtau is wrong: -?\d.* where differences give -?\d.* at ω = \d+ rad/s and tau = 0\.00\d+"),
    ],
)
def test_a_function_that_would_give_wrong_numbers_is_refused(function, words):
    with pytest.raises(InvalidOption, match=words):
        element("Bad", OHM, SECOND, UNIT)(function)
    assert "Bad" not in ELEMENTS


@pytest.mark.parametrize(
    ("symbol", "parameters", "words"),
    [
        ("CPE", [OHM], "there is an element CPE already: Constant phase element"),
        ("R1", [OHM], "a word of letters"),
        ("p", [OHM], "other than p and s"),
        ("Own", [], "at least one parameter"),
        ("Own", [OHM, OHM], "a name of its own"),
        ("Own", [OHM, Parameter("")], "beside others needs a name"),
        ("Own", ["ohm"], "expected Parameter"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(symbol, parameters, words):
    with pytest.raises(InvalidOption, match=words):
        element(symbol, *parameters)


def test_a_definition_run_again_replaces_the_element_and_leaves_circuits_that_are_made():
    def define(factor):
        @element("Again", OHM)
        def again(s, r):
            return factor * r + 0 * s

    define(1.0)
    first = Circuit("Again1")
    define(2.0)
    assert Circuit("Again1").impedance([1.0], [10.0]) == 20
    assert first.impedance([1.0], [10.0]) == 10
    with pytest.raises(InvalidOption, match="already"):
        element("Again", OHM)(too_few)


def test_a_pickled_circuit_brings_its_elements_along():
    element("Cole", OHM, SECOND, UNIT)(cole)
    circuit = Circuit("R0-p(Cole1,C1)")
    data, values = pickle.dumps(circuit), [1.0, 10.0, 1e-3, 0.9, 1e-6]
    assert copy.deepcopy(circuit).tree == circuit.tree
    there = circuit.impedance(F, values)
    del ELEMENTS["Cole"]
    with pytest.raises(InvalidCircuit, match="no element 'Cole'"):
        Circuit(circuit.text)
    assert_allclose(pickle.loads(data).impedance(F, values), there)
    assert Circuit(circuit.text).names == circuit.names


def test_what_comes_back_from_elsewhere_does_not_replace_a_later_definition():
    element("Later", OHM)(twice)
    data = pickle.dumps(Circuit("Later1"))
    del ELEMENTS["Later"]
    element("Later", OHM)(thrice)
    assert pickle.loads(data).impedance([1.0], [1.0]) == 2
    assert Circuit("Later1").impedance([1.0], [1.0]) == 3


def twice(s, r):
    return 2 * r + 0 * s


def thrice(s, r):
    return 3 * r + 0 * s


def test_a_number_is_differentiated_at_zero_and_at_its_bounds():
    @element("Off", OHM, Parameter("x", lower=-1, upper=1))
    def off(s, r, x):
        return r * (1 + 2 * x) + 0 * s

    for x in (-1.0, 0.0, 1.0):
        assert_allclose(Circuit("Off1").jacobian([1.0], [7.0, x]), [[1 + 2 * x, 14.0]], rtol=1e-8)
