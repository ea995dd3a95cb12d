"""Interchangeable arcs come out by time constant, the fastest first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.order import interchangeable
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate

F = np.logspace(6.5, -1.5, 60)


def tau(r, q, n):
    return (r * q) ** (1 / n)


@settings(max_examples=10, deadline=None)
@given(
    st.permutations([(4e3, 3e-10, 0.95), (9e3, 3e-8, 0.88), (2e3, 2e-5, 0.9)]),
    st.integers(0, 1000),
)
def test_arcs_come_out_fastest_first_however_the_truth_was_written(arcs, seed):
    circuit = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)")
    truth = [12.0, *np.concatenate(arcs)]
    (fit,) = fit_spectra(circuit, [simulate(circuit, truth, F, noise=0.002, seed=seed)])
    found = [tuple(fit.used_values[1 + 3 * i : 4 + 3 * i]) for i in range(3)]
    assert [tau(*arc) for arc in found] == sorted(tau(*arc) for arc in found)
    assert_allclose([arc[0] for arc in found], [4e3, 9e3, 2e3], rtol=0.1)


def test_what_belongs_to_an_arc_moves_with_it():
    circuit = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    fast, slow = [4e3, 3e-10, 0.95], [9e3, 2e-8, 0.88]
    fits = [
        fit_spectra(circuit, [simulate(circuit, [12.0, *a, *b, 3e-6, 0.85], F, noise=0.003, seed=4)])[0]
        for a, b in ((fast, slow), (slow, fast))
    ]
    assert_allclose(fits[0].used_values, fits[1].used_values, rtol=1e-7)
    assert_allclose(fits[0].covariance, fits[1].covariance, rtol=1e-4)
    assert_allclose(fits[0].intervals, fits[1].intervals, rtol=1e-4)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("R0-p(R1,CPE1)-CPE2", 0),
        ("R0-p(R1,CPE1)-p(CPE2,R2)", 1),
        ("R0-p(R1,CPE1)-p(R2,C2)", 0),
        ("p(R1,C1)-p(R2,C2)-p(R3,CPE3)-p(R4,CPE4)", 2),
        ("R0-Zarc1-Zarc2-K1-K2", 2),
        ("p(R0-p(R1,CPE1)-p(R2,CPE2),C9)", 1),
        ("p(p(R1,C1),p(R2,C2))", 0),
    ],
)
def test_only_parts_of_one_series_and_one_form_may_change_places(text, groups):
    assert len(interchangeable(Circuit(text))) == groups


@pytest.mark.parametrize("text", ["p(R1,C1)-p(R2,C2)-R0", "R0-Zarc1-Zarc2", "R0-K1-K2", "R0-p(CPE1,R1)-p(R2,CPE2)"])
def test_every_form_of_arc_is_ordered(text):
    circuit = Circuit(text)
    fast = {"resistance": 3e3, "capacitance": 1e-9, "admittance": 1e-9, "time": 3e-6, "exponent": 0.9}
    timeless = ("resistance", "exponent")
    truth = {
        p.name: fast[p.quantity] * (1.0 if p.quantity in timeless or p.element.endswith("2") else 1e3)
        for p in circuit.parameters
    }
    (fit,) = fit_spectra(circuit, [simulate(circuit, truth, F, noise=0.002, seed=1)], Options())
    slow_first = circuit.impedance(F, truth)
    assert_allclose(circuit.impedance(F, fit.values), slow_first, rtol=0.01)
    speed = [p.name for p in circuit.parameters if p.quantity in ("capacitance", "admittance", "time")]
    assert fit.values[speed[0]] < fit.values[speed[1]]
