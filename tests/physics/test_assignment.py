"""Which arc is the bulk."""

from dataclasses import replace

import numpy as np
import pytest
from fits import make_fit
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.result import Rival
from lipon_eis.library import load_circuit
from lipon_eis.physics.arcs import role_arcs, tails
from lipon_eis.physics.assignment import assign
from lipon_eis.simulation import simulate

POLY = load_circuit("polycrystalline-blocking")
TEXT = POLY.circuit.text
BIG_AND_FAST = {"R1": 50.0, "CPE1_0": 1e-8, "CPE1_1": 1.0}  # τ = 0.5 µs, C = 10 nF
SMALL_AND_SLOW = {"R2": 1e6, "CPE2_0": 1e-10, "CPE2_1": 1.0}  # τ = 0.1 ms, C = 0.1 nF
REST = {"R0": 5.0, "CPE3_0": 1e-6, "CPE3_1": 0.9}


def test_the_bulk_is_the_arc_of_smallest_capacitance_even_if_it_is_the_slower_one():
    found = assign(make_fit(TEXT, {**REST, **BIG_AND_FAST, **SMALL_AND_SLOW}), POLY.roles)
    assert found.fit.values["R1"] == 1e6
    assert found.fit.values["R2"] == 50.0
    assert found.fit.values["CPE1_0"] == 1e-10
    assert found.fit.values["R0"] == 5.0
    assert found.clear
    assert "100" in found.why  # the ratio of capacitances


def test_what_belongs_to_a_parameter_moves_with_it():
    before = make_fit(TEXT, {**REST, **BIG_AND_FAST, **SMALL_AND_SLOW}, relative=np.linspace(0.01, 0.09, 9))
    after = assign(before, POLY.roles).fit
    assert_allclose(after.stderr["R1"], before.stderr["R2"])
    assert_allclose(after.stderr["CPE2_1"], before.stderr["CPE1_1"])
    assert after.interval("R1") == before.interval("R2")
    f = np.logspace(5, 0, 20)
    assert_allclose(POLY.circuit.impedance(f, after.values), POLY.circuit.impedance(f, before.values), rtol=1e-12)


def test_rivals_are_exchanged_too():
    values = {**REST, **BIG_AND_FAST, **SMALL_AND_SLOW}
    fit = replace(make_fit(TEXT, values), rivals=(Rival({**values, "R2": 9e5}, 2e-3),))
    assert assign(fit, POLY.roles).fit.rivals[0].values["R1"] == 9e5


def test_arcs_in_the_right_places_stay():
    values = {**REST, "R1": 1e3, "CPE1_0": 1e-10, "CPE1_1": 1.0, "R2": 1e4, "CPE2_0": 1e-8, "CPE2_1": 1.0}
    assert assign(make_fit(TEXT, values), POLY.roles).fit.values == pytest.approx(values)


@pytest.mark.parametrize(("ratio", "clear"), [(1.5, False), (2.9, False), (3.1, True), (100.0, True)])
def test_alike_capacitances_leave_the_bulk_a_guess(ratio, clear):
    values = {**REST, "R1": 1e3, "CPE1_0": 1e-9, "CPE1_1": 1.0, "R2": 1e5, "CPE2_0": 1e-9 * ratio, "CPE2_1": 1.0}
    assert assign(make_fit(TEXT, values), POLY.roles).clear is clear


@pytest.mark.parametrize("held", ["R1", "CPE1_1", "R2", "CPE2_0"])
def test_an_arc_with_a_fixed_parameter_stays_where_it_is_and_that_is_said(held):
    values = {**REST, **BIG_AND_FAST, **SMALL_AND_SLOW}
    found = assign(make_fit(TEXT, values, fixed=(held,)), POLY.roles)
    assert found.fit.values == pytest.approx(values)
    assert not found.clear
    assert "R1" in found.why


def test_an_arc_that_the_bounds_of_the_other_place_exclude_stays_where_it_is():
    values = {**REST, **BIG_AND_FAST, **SMALL_AND_SLOW}
    fit = make_fit(TEXT, values)
    bounds = fit.bounds.copy()
    bounds[fit.index("R1")] = (10, 100)
    assert assign(replace(fit, bounds=bounds), POLY.roles).fit.values == pytest.approx(values)
    bounds[fit.index("R1")] = (10, 1e7)
    assert assign(replace(fit, bounds=bounds), POLY.roles).fit.values["R1"] == 1e6


def test_three_arcs_keep_the_order_of_the_others():
    named = load_circuit("li-lipon-lco")
    arcs = [(2e2, 1e-7, 1.0), (5e4, 1e-9, 1.0), (80.0, 1e-5, 1.0)]  # fastest first; the second is the bulk
    values = [5.0, *np.ravel(arcs), 100.0, 10.0]
    order = np.argsort([r * q for r, q, _ in arcs])
    values[1:10] = np.ravel([arcs[i] for i in order])
    found = assign(make_fit(named.circuit.text, values), named.roles).fit.values
    assert found["R1"] == 5e4
    assert [found["R2"], found["R3"]] == [r for r, *_ in [arcs[i] for i in order] if r != 5e4]


def test_a_circuit_without_a_bulk_is_left_alone():
    values = {**REST, **BIG_AND_FAST, **SMALL_AND_SLOW}
    roles = {"R1": "charge_transfer.resistance", "R2": "anode_layer.resistance"}
    found = assign(make_fit(TEXT, values), roles)
    assert found.fit.values == pytest.approx(values)
    assert found.clear
    assert assign(make_fit(TEXT, values), {}).fit.values == pytest.approx(values)


def test_a_slow_bulk_is_found_in_a_fitted_spectrum():
    truth = {"R0": 5.0, "R1": 1e6, "CPE1_0": 1e-9, "CPE1_1": 0.99, "R2": 500.0, "CPE2_0": 8e-9, "CPE2_1": 0.99}
    truth |= {"CPE3_0": 2e-7, "CPE3_1": 0.9}
    s = simulate(POLY.circuit, truth, np.logspace(6.5, -2, 70), noise=0.001, seed=1)
    (fit,) = fit_spectra(POLY.circuit, [s], Options())
    assert fit.values["R1"] == pytest.approx(500, rel=0.1)  # as it comes out: the fastest first
    assert assign(fit, POLY.roles).fit.values["R1"] == pytest.approx(1e6, rel=0.05)


def test_arcs_and_tails_are_found_by_role():
    arcs = role_arcs(POLY.circuit, POLY.roles)
    assert [(a.role, POLY.circuit.names[a.r]) for a in arcs] == [("bulk", "R1"), ("grain_boundary", "R2")]
    ((role, q, n),) = tails(POLY.circuit, POLY.roles)
    assert (role, POLY.circuit.names[q], POLY.circuit.names[n]) == ("electrode", "CPE3_0", "CPE3_1")


def test_a_resistance_with_a_role_but_no_capacitance_beside_it_is_an_arc_all_the_same():
    (arc,) = role_arcs(load_circuit("R0-R1-C1").circuit, {"R1": "bulk.resistance"})
    assert arc.part is None
    assert arc.log_tau(np.array([1.0, 2.0, 3.0])) is None
