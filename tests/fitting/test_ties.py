"""Ties: one parameter follows another, and the two are estimated as one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lipon_eis.errors import InvalidOption, UnknownParameter
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate

GRAIN = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
F = np.logspace(6.5, -1, 52)
TRUTH = dict(zip(GRAIN.names, [12.0, 4e3, 3e-10, 0.9, 9e3, 2e-8, 0.9, 3e-6, 0.85], strict=True))
IDEAL = Circuit("R0-p(R1,C1)-p(R2,C2)-CPE3")


def spectrum(circuit=GRAIN, truth=TRUTH, noise=0.003, seed=1):
    return simulate(circuit, truth, F, noise=noise, seed=seed)


def one(circuit=GRAIN, truth=TRUTH, noise=0.003, seed=1, **how):
    (fit,) = fit_spectra(circuit, [spectrum(circuit, truth, noise, seed)], Options(**how))
    return fit


TIES = [
    {"CPE1_1": "CPE2_1"},
    {"CPE2_1": "CPE1_1"},
    {"CPE1_1": "CPE3_1"},
    {"R2": "R1"},
    {"CPE1_0": "CPE2_0"},
    {"CPE1_1": "CPE3_1", "CPE2_1": "CPE3_1"},
]


@pytest.mark.parametrize("tie", TIES)
def test_the_two_have_one_value_one_error_and_one_interval(tie):
    fit = one(tie=tie)
    for follower, leader in tie.items():
        i, j = fit.index(follower), fit.index(leader)
        assert fit.used_values[i] == fit.used_values[j]
        assert_array_equal(fit.covariance[i], fit.covariance[j])
        assert_array_equal(fit.covariance[:, i], fit.covariance[:, j])
        assert_array_equal(fit.intervals[i], fit.intervals[j])
        assert fit.interval_method[i] == fit.interval_method[j]
        assert fit.at_bound[i] == fit.at_bound[j]
        assert not fit.fixed[i]
    assert fit.ties == tie
    assert fit.n_free == 9 - len(tie)
    assert fit.degrees_of_freedom == 2 * len(F) - 9 + len(tie)


@pytest.mark.parametrize("tie", [t for t in TIES if "R2" not in t and "CPE1_0" not in t])
def test_the_minimum_is_that_of_a_hand_written_problem_with_fewer_unknowns(tie):
    """scipy minimises over the reduced parameters; its minimum and covariance are the witnesses."""
    from scipy.optimize import least_squares

    truth = {**TRUTH, **{follower: TRUTH[leader] for follower, leader in tie.items()}}
    fit, s = one(truth=truth, tie=tie), spectrum(truth=truth)
    free = [i for i, name in enumerate(GRAIN.names) if name not in tie]
    widen = np.zeros((9, len(free)))
    for column, i in enumerate(free):
        widen[i, column] = 1.0
    for follower, leader in tie.items():
        widen[fit.index(follower), free.index(fit.index(leader))] = 1.0
    scale = fit.used_values[free]

    def residuals(x):
        model = GRAIN.impedance(s.frequency, widen @ (x * scale))
        return ((model - s.impedance) / np.abs(s.impedance)).view(float)

    peer = least_squares(residuals, np.full(len(free), 1.01), xtol=1e-14, ftol=1e-14, gtol=1e-14, x_scale="jac")
    assert_allclose(fit.chi2, 2 * peer.cost, rtol=1e-9)
    assert_allclose(peer.x, 1.0, atol=1e-5)
    weighted = GRAIN.jacobian(s.frequency, fit.values) @ widen / np.abs(s.impedance)[:, None]
    expected = np.linalg.inv((weighted.conj().T @ weighted).real) * fit.chi2_reduced
    assert_allclose(fit.covariance, widen @ expected @ widen.T, rtol=1e-5)


def test_a_true_tie_narrows_the_errors_of_both():
    tied, apart = one(tie={"CPE1_1": "CPE2_1"}), one()
    assert tied.stderr["CPE1_1"] < 0.7 * apart.stderr["CPE1_1"]
    assert tied.stderr["R1"] < apart.stderr["R1"]


def test_it_does_not_matter_which_follows_which():
    here, there = one(tie={"CPE1_1": "CPE2_1"}), one(tie={"CPE2_1": "CPE1_1"})
    assert_allclose(here.used_values, there.used_values, rtol=1e-8)
    assert_allclose(here.covariance, there.covariance, rtol=1e-5)


def test_arcs_whose_exponents_are_tied_to_each_other_still_come_fastest_first():
    slow_first = {**TRUTH, "R1": 9e3, "CPE1_0": 2e-8, "R2": 4e3, "CPE2_0": 3e-10}
    fit = one(truth=slow_first, tie={"CPE1_1": "CPE2_1"})
    assert_allclose([fit.values["R1"], fit.values["R2"]], [4e3, 9e3], rtol=0.02)


def test_an_arc_that_is_tied_to_something_else_stays_where_it_is():
    """The slow arc has the tail's exponent: the tie says that it is the first one."""
    values = [12.0, 9e3, 2e-8, 0.8, 4e3, 3e-10, 0.95, 3e-6, 0.8]
    fit = one(truth=dict(zip(GRAIN.names, values, strict=True)), tie={"CPE1_1": "CPE3_1"})
    assert_allclose([fit.values["R1"], fit.values["R2"]], [9e3, 4e3], rtol=0.02)
    assert fit.values["CPE1_1"] == fit.values["CPE3_1"]


def test_capacitors_may_be_tied():
    truth = dict(zip(IDEAL.names, [12.0, 4e2, 3e-9, 9e4, 3e-9, 3e-6, 0.85], strict=True))
    fit = one(IDEAL, truth, tie={"C2": "C1"})
    assert fit.values["C1"] == fit.values["C2"] == pytest.approx(3e-9, rel=0.01)


def test_bounds_of_either_hold_for_both():
    fit = one(tie={"CPE1_1": "CPE2_1"}, bounds={"CPE1_1": (0.5, 0.89)})
    for name in ("CPE1_1", "CPE2_1"):
        assert fit.values[name] == 0.89
        assert fit.at_bound[fit.index(name)]
        assert fit.bounds[fit.index(name)].tolist() == [0.5, 0.89]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"tie": {"R1": "R1"}}, "R1 follows itself"),
        ({"tie": {"R1": "R2", "R2": "R0"}}, "R1 follows R2, which follows R0: let R1 follow R0"),
        ({"tie": {"R1": "R2", "R2": "R1"}}, "keep one of the two"),
        ({"tie": {"R1": "CPE1_1"}}, r"R1 \(resistance, ohm\) cannot follow CPE1_1 \(exponent\)"),
        ({"tie": {"R1": "R2"}, "fix": {"R2": 4e3}}, "R2 is fixed"),
        ({"tie": {"R1": "R2"}, "fix": {"R1": 4e3}}, "R1 is fixed"),
        ({"tie": {"R1": "R2"}, "guess": {"R1": 4e3}}, "R1 follows R2: give the guess of R2"),
        (
            {"tie": {"CPE1_1": "CPE2_1"}, "bounds": {"CPE1_1": (0.5, 0.7), "CPE2_1": (0.8, None)}},
            "CPE1_1 from 0.5 to 0.7 and CPE2_1 from 0.8 to 1 have no value in common",
        ),
    ],
)
def test_a_tie_that_cannot_be_is_refused_by_name(how, said):
    with pytest.raises(InvalidOption, match=said):
        one(**how)


@pytest.mark.parametrize("tie", [{"R1": "R7"}, {"R7": "R1"}])
def test_a_tie_of_a_name_that_the_circuit_has_not_is_refused(tie):
    with pytest.raises(UnknownParameter, match=r"tie: .* has no parameter 'R7'"):
        one(tie=tie)
