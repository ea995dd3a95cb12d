"""Several spectra in one least squares with the exponent of each arc in common."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.errors import CannotFit
from lipon_eis.kinds.compared_arcs import member_of
from lipon_eis.physics.shared_exponents import fit_shared_exponents

ROLES = {
    "R0": "lead.resistance",
    "R1": "bulk.resistance",
    "CPE1": "bulk.capacitance",
    "R2": "charge_transfer.resistance",
    "CPE2": "charge_transfer.capacitance",
}
TEXT = "R0-p(R1,CPE1)-p(R2,CPE2)"
F = np.logspace(6.5, 0, 60)
BULK, CT = (300.0, 4e-9, 0.97), (900.0, 2e-6, 0.9)


def fitted(arcs, seed, text=TEXT, noise=0.005, **how):
    values = [5.0, *(value for arc in arcs for value in arc)]
    spectrum = le.simulate(text, values, F, noise=noise, seed=seed)
    return le.fit(spectrum, text, roles=ROLES, interval="covariance", **how)


def ratio(found, arc="charge_transfer"):
    """ln of the ratio of R and of C of two members, and their covariance."""
    values, covariance = found.of(arc, [0, 1])
    sign = np.array([-1.0, 1.0])
    return sign @ values, np.einsum("i,iajb,j->ab", sign, covariance, sign)


@pytest.fixture(scope="module")
def pairs():
    """Pairs of a cell whose charge transfer has three times the area afterwards."""
    grown = (CT[0] / 3, CT[1] * 3, CT[2])
    return [(fitted((BULK, CT), 2 * k), fitted((BULK, grown), 2 * k + 1)) for k in range(40)]


def test_the_errors_of_ratios_are_those_that_repeated_pairs_show(pairs):
    truth = np.array([-np.log(3), np.log(3)])
    found = [ratio(fit_shared_exponents([member_of(r) for r in pair])) for pair in pairs]
    off = np.array([change - truth for change, _ in found])
    expected = np.mean([covariance for _, covariance in found], axis=0)
    assert_allclose(off.std(axis=0), np.sqrt(np.diag(expected)), rtol=0.3)
    assert np.abs(off.mean(axis=0) / np.sqrt(np.diag(expected) / len(off))).max() < 3.5
    correlation = expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1])
    assert np.corrcoef(off.T)[0, 1] == pytest.approx(correlation, abs=0.35)


def test_beside_another_arc_a_shared_exponent_makes_the_ratio_of_capacitances_more_certain():
    near = (900.0, 6e-8, 0.9)
    pair = [fitted((BULK, near), seed, noise=0.002) for seed in (1, 2)]
    _, together = ratio(fit_shared_exponents([member_of(r) for r in pair]))
    alone = [fit_shared_exponents([member_of(r)]).of("charge_transfer", [0])[1][0, 1, 0, 1] for r in pair]
    assert together[1, 1] < 0.8 * sum(alone)


def test_circuits_need_not_be_alike():
    one = fitted((BULK, CT), 1)
    other = fitted((BULK, (CT[0] / 2, CT[1], CT[2]), (3000.0, 1e-4, 0.9)), 2, text=f"{TEXT}-p(R3,CPE3)")
    change, covariance = ratio(fit_shared_exponents([member_of(one), member_of(other)]))
    assert abs(change[0] + np.log(2)) < 4 * np.sqrt(covariance[0, 0]) < 0.2


def test_what_a_fit_held_is_held():
    members = [member_of(fitted((BULK, CT), seed, fix={"R0": 5.0})) for seed in (1, 2)]
    found = fit_shared_exponents(members)
    assert [p[0] for p in found.parameters] == [5.0, 5.0]
    loose = fit_shared_exponents([member_of(fitted((BULK, CT), seed)) for seed in (1, 2)])
    assert found.covariance[0, 0, 0, 0] < loose.covariance[0, 0, 0, 0]


def test_the_parameters_have_one_exponent_and_an_exponent_that_changed_is_left_to_each():
    same = fit_shared_exponents([member_of(fitted((BULK, CT), seed, noise=0.002)) for seed in (1, 2)])
    assert same.changed == {}
    assert same.parameters[0][6] == pytest.approx(same.parameters[1][6], abs=1e-12)
    flat = (CT[0], CT[1], 0.8)
    other = fit_shared_exponents([member_of(fitted((BULK, arc), 1, noise=0.002)) for arc in (CT, flat)])
    assert set(other.changed) == {"charge_transfer"}
    assert other.parameters[0][6] == pytest.approx(0.9, abs=0.01)
    assert other.parameters[1][6] == pytest.approx(0.8, abs=0.01)


def test_ties_are_refused():
    tied = fitted((BULK, CT), 1, tie={"CPE2_1": "CPE1_1"})
    with pytest.raises(CannotFit, match="leave out --tie"):
        fit_shared_exponents([member_of(tied), member_of(tied)])
