"""Every element against impedance.py (Z), mpmath (Z and partials) and central differences (partials)."""

import mpmath
import numpy as np
import pytest
from mpmath import coth, csch, mp, mpf, sqrt, tanh
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidOption
from lipon_eis.model import ELEMENTS, Circuit, Parameter, element

F = np.logspace(-3, 7, 41)

# One typical set of values an element, none of them special.
VALUES = {
    "R": [120.0],
    "C": [3.3e-9],
    "L": [4.1e-7],
    "W": [250.0],
    "Wo": [83.0, 2.4],
    "Ws": [83.0, 0.024],
    "CPE": [2.2e-6, 0.83],
    "La": [3.5e-6, 0.91],
    "G": [410.0, 0.013],
    "Gs": [410.0, 0.013, 0.7],
    "K": [95.0, 1.7e-5],
    "Zarc": [95.0, 1.7e-5, 0.87],
    "TLMQ": [61.0, 4.4e-4, 0.93],
    "T": [4.2, 1.9, 0.36, 0.08],
}

# The formulas once more, in mpmath's own functions and at 60 digits.
EXACT = {
    "R": lambda s, r: r,
    "C": lambda s, c: 1 / (s * c),
    "L": lambda s, inductance: s * inductance,
    "W": lambda s, a: a * sqrt(2) / sqrt(s),
    "Wo": lambda s, r, t: r * coth(sqrt(s * t)) / sqrt(s * t),
    "Ws": lambda s, r, t: r * tanh(sqrt(s * t)) / sqrt(s * t),
    "CPE": lambda s, q, n: 1 / (q * s**n),
    "La": lambda s, inductance, n: inductance * s**n,
    "G": lambda s, r, t: r / sqrt(1 + s * t),
    "Gs": lambda s, r, t, phi: r * coth(phi * sqrt(1 + s * t)) / sqrt(1 + s * t),
    "K": lambda s, r, t: r / (1 + s * t),
    "Zarc": lambda s, r, t, n: r / (1 + (s * t) ** n),
    "TLMQ": lambda s, r, q, n: sqrt(r / (q * s**n)) * coth(sqrt(r * q * s**n)),
    "T": lambda s, a, b, k, t: (a * coth(sqrt(k + s * t)) + b * csch(sqrt(k + s * t))) / sqrt(k + s * t),
}

every_element = pytest.mark.parametrize("symbol", sorted(ELEMENTS))


def test_the_elements_are_those_of_impedance_py(peer):
    from impedance.models.circuits.elements import circuit_elements

    assert set(ELEMENTS) == set(circuit_elements) - {"s", "p", "__builtins__"} == set(VALUES) == set(EXACT)


@pytest.mark.parametrize("symbol", sorted(set(ELEMENTS) - {"La"}))
def test_impedance_equals_that_of_impedance_py(symbol, peer):
    # Its T replaces sinh by 1e10 where the argument passes 100, an error of 1e-10: compared below that.
    f = F[F < 1e4] if symbol == "T" else F
    assert_allclose(
        Circuit(f"{symbol}1").impedance(f, VALUES[symbol]), peer(f"{symbol}1", f, VALUES[symbol]), rtol=1e-12
    )


def test_la_is_what_its_documentation_says_and_not_what_impedance_py_computes(peer):
    inductance, alpha = VALUES["La"]
    ours = Circuit("La1").impedance(F, [inductance, alpha])
    assert_allclose(ours, inductance * (2j * np.pi * F) ** alpha, rtol=1e-12)
    assert_allclose(peer("La1", F, [inductance ** (1 / alpha), alpha]), ours, rtol=1e-12)
    assert (abs(peer("La1", F, [inductance, alpha]) / ours - 1) > 0.5).all()


@every_element
def test_impedance_and_partials_equal_sixty_digit_arithmetic(symbol):
    generator = np.random.default_rng(sum(map(ord, symbol)))
    entry, exact = ELEMENTS[symbol], EXACT[symbol]
    for _ in range(12):
        values = [
            generator.uniform(0.3, 1) if p.quantity == "exponent" else 10 ** generator.uniform(-4, 3)
            for p in entry.parameters
        ]
        s = 2j * np.pi * 10 ** generator.uniform(-5, 7)
        z, partials = entry.evaluate(np.array([[s]]), *(np.array([[v]]) for v in values))
        with mp.workdps(60):
            point, high = mpmath.mpc(0, mpf(s.imag)), [mpf(v) for v in values]
            expected = [exact(point, *high)]
            for k, value in enumerate(high):
                step = value * mpf(10) ** -25
                ends = [exact(point, *high[:k], value + sign * step, *high[k + 1 :]) for sign in (1, -1)]
                expected.append((ends[0] - ends[1]) / (2 * step))
            expected = np.array([complex(e) for e in expected])
        found = np.array([np.ravel(part)[0] for part in (z, *partials)])
        # What changes Z by less than 1e-18 of itself when a parameter doubles is nothing to a fit.
        nothing = 1e-18 * abs(expected[0]) / np.array([1, *values])
        assert (abs(found - expected) <= 1e-11 * abs(expected) + nothing).all()


@every_element
def test_partials_equal_central_differences(symbol):
    circuit, p = Circuit(f"{symbol}1"), np.array(VALUES[symbol])
    jacobian = circuit.jacobian(F, p)
    for k in range(len(p)):
        step = 1e-6 * p * (np.arange(len(p)) == k)
        slope = (circuit.impedance(F, p + step) - circuit.impedance(F, p - step)) / (2 * step.sum())
        # A difference of two impedances is no better than their rounding: |Z|·1e-16 over the step.
        floor = 1e-9 * abs(circuit.impedance(F, p)).max() / p[k]
        assert_allclose(jacobian[:, k], slope, rtol=1e-6, atol=floor)


@every_element
@pytest.mark.parametrize("value", [0.0, 1e-80, 1e80, np.inf])
def test_the_ends_of_floating_point_give_finite_numbers_and_no_warning(symbol, value):
    circuit = Circuit(f"p(R1,{symbol}2)-R3")
    values = [
        min(value, 1.0) if p.quantity == "exponent" else value if p.element == f"{symbol}2" else 10.0
        for p in circuit.parameters
    ]
    f = np.array([1e-6, 1.0, 1e9])
    assert np.isfinite(circuit.impedance(f, values)).all()
    assert np.isfinite(circuit.jacobian(f, values)).all()


@every_element
def test_names_and_units_follow_the_convention(symbol):
    entry = ELEMENTS[symbol]
    units = {"ohm", "F", "H", "s", "ohm^-1 s^n", "ohm s^-1/2", "", "ohm s^n"}
    names = [p.name for p in entry.parameters]
    assert names == ([""] if len(names) == 1 else [str(k) for k in range(len(names))])
    assert {p.unit for p in entry.parameters} <= units
    assert all(p.log != (p.quantity == "exponent") for p in entry.parameters)
    assert all(p.lower == 0 and p.upper == (np.inf if p.log else 1) for p in entry.parameters)
    assert entry.description.endswith(".")
    assert entry.source


def test_a_warburg_is_the_short_time_limit_of_both_finite_ones():
    f = np.array([1e5, 1e6])
    semi_infinite = Circuit("W1").impedance(f, [50 / np.sqrt(2 * 3.0)])
    assert_allclose(Circuit("Wo1").impedance(f, [50, 3.0]), semi_infinite, rtol=1e-12)
    assert_allclose(Circuit("Ws1").impedance(f, [50, 3.0]), semi_infinite, rtol=1e-12)


def test_finite_space_ends_as_a_third_of_its_resistance_and_a_capacitance():
    f = np.array([1e-6])
    assert_allclose(Circuit("Wo1").impedance(f, [30, 2.0]), Circuit("R1-C1").impedance(f, [10, 2.0 / 30]), rtol=1e-9)


@pytest.fixture
def constant_loss():
    @element("Loss", Parameter("0", "ohm", "resistance"), Parameter("1", "s", "time"))
    def loss(s, r, tau):
        """Resistance that falls with frequency, Z = R/(1 + ωτ)."""
        return r / (1 + s.imag * tau)

    yield loss
    del ELEMENTS["Loss"]


def test_an_own_element_works_in_a_circuit_and_its_partials_are_taken_numerically(constant_loss):
    circuit = Circuit("R0-p(Loss1,C1)")
    assert circuit.names == ("R0", "Loss1_0", "Loss1_1", "C1")
    assert ELEMENTS["Loss"].numeric
    r, tau, w = 40.0, 1e-3, 2 * np.pi * F
    z, partials = ELEMENTS["Loss"].evaluate(2j * np.pi * F[None], np.array([[r]]), np.array([[tau]]))
    assert_allclose(z[0], r / (1 + w * tau))
    assert_allclose(partials[0][0], 1 / (1 + w * tau), rtol=1e-8)
    assert_allclose(partials[1][0], -r * w / (1 + w * tau) ** 2, rtol=1e-8, atol=1e-5)


@pytest.mark.parametrize("symbol", ["R", "p", "s", "R1", "", "Zα"])
def test_a_symbol_that_is_taken_or_no_word_is_refused(symbol):
    with pytest.raises(InvalidOption):
        element(symbol, Parameter("", "ohm", "resistance"))
