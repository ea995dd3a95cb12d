"""Laws of growth: the right one is found, its parameters have honest intervals, and what cannot be told is not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import least_squares

from lipon_eis.physics.growth_laws import (
    CONSTANT,
    LINEAR,
    LOGARITHMIC,
    ROOT,
    compare_growth,
    telling_time,
)

HOURS = np.array([0.0, 1, 2, 4, 8, 16, 24, 48, 72, 100])
LAWS = {
    CONSTANT: lambda t: 100 + 0 * t,
    ROOT: lambda t: 100 + 20 * np.sqrt(t),
    LINEAR: lambda t: 100 + 2 * t,
    LOGARITHMIC: lambda t: 100 + 60 * np.log1p(t / 3),
}


def grown(law, rng, error=0.01, t=HOURS, covariance=None):
    spread = np.eye(t.size) * error**2 if covariance is None else covariance
    y = np.log(LAWS[law](t)) + rng.multivariate_normal(np.zeros(t.size), spread)
    return compare_growth(t, y, spread)


@pytest.mark.parametrize("law", LAWS)
def test_the_law_is_recognised_and_a_wrong_one_hardly_ever_called(law):
    rng = np.random.default_rng(4)
    found = [grown(law, rng) for _ in range(25)]
    called = [one.laws[0].name for one in found if one.decided]
    assert sum(name != law for name in called) <= 2
    assert called.count(law) >= (13 if law == CONSTANT else 20)


def test_intervals_of_the_rate_hold_the_truth():
    rng = np.random.default_rng(8)
    spread = 1e-4 * (np.eye(HOURS.size) + 0.5)  # an error in common
    hits = 0
    for _ in range(60):
        found = grown(ROOT, rng, covariance=spread)
        law = next(one for one in found.laws if one.name == ROOT)
        low, high = found.estimate(law, 1).interval
        hits += low < 20 < high
    assert 53 <= hits <= 60


@pytest.mark.parametrize("law", [ROOT, LINEAR, LOGARITHMIC])
def test_the_minimum_is_that_of_scipy(law):
    rng = np.random.default_rng(5)
    spread = 1e-4 * (np.eye(HOURS.size) + 0.3)
    y = np.log(LAWS[law](HOURS)) + rng.multivariate_normal(np.zeros(HOURS.size), spread)
    found = next(one for one in compare_growth(HOURS, y, spread).laws if one.name == law)
    root = np.linalg.inv(np.linalg.cholesky(spread))
    basis = {ROOT: lambda p: np.sqrt(HOURS), LINEAR: lambda p: HOURS, LOGARITHMIC: lambda p: np.log1p(HOURS / p[2])}

    def off(p):
        return root @ (y - np.log(np.maximum(p[0] + p[1] * basis[law](p), 1e-3)))

    theirs = least_squares(off, [90.0, 10.0, *([2.0] if law == LOGARITHMIC else [])], x_scale="jac", xtol=1e-12)
    assert_allclose(found.parameters, theirs.x, rtol=1e-4)
    assert_allclose(found.chi2, 2 * theirs.cost, rtol=1e-6)
    assert_allclose(found.covariance, np.linalg.inv(theirs.jac.T @ theirs.jac), rtol=1e-2)


def test_aicc_of_a_constant_is_what_a_hand_computes():
    y = np.log(np.array([100.0, 101.0, 99.0, 100.0]))
    found = compare_growth(np.array([0.0, 1, 2, 3]), y, np.eye(4) * 1e-4)
    constant = next(one for one in found.laws if one.name == CONSTANT)
    chi2 = ((y - y.mean()) ** 2).sum() / 1e-4
    assert_allclose(constant.chi2, chi2, rtol=1e-9)
    assert_allclose(constant.aicc, chi2 + 2 + 4 / 2, rtol=1e-9)
    assert LOGARITHMIC not in [law.name for law in found.laws]  # four points cannot bear three parameters
    assert_allclose(found.weights.sum(), 1)


def test_points_that_scatter_more_than_their_errors_widen_these():
    rng = np.random.default_rng(6)
    y = np.log(LAWS[ROOT](HOURS)) + 0.03 * rng.normal(size=HOURS.size)
    found = compare_growth(HOURS, y, np.eye(HOURS.size) * 1e-4)
    assert found.scale.estimated
    law = next(one for one in found.laws if one.name == ROOT)
    honest = next(one for one in compare_growth(HOURS, y, np.eye(HOURS.size) * 9e-4).laws if one.name == ROOT)
    assert_allclose(law.covariance, honest.covariance, rtol=0.8)


def test_a_short_series_cannot_tell_and_says_how_long_would():
    t = np.array([9.0, 12, 16, 20])
    rng = np.random.default_rng(3)
    found = grown(ROOT, rng, error=0.003, t=t)
    assert not found.decided
    names = [law.name for law in found.laws[:2]]
    assert set(names) == {ROOT, LINEAR}
    later = telling_time(found, t, 0.003)
    assert later > 20
    longer = np.append(t, 2 * later)
    assert grown(ROOT, np.random.default_rng(3), error=0.003, t=longer).laws[0].name == ROOT


def test_a_falling_resistance_stays_positive():
    y = np.log(np.array([100.0, 40, 20, 10, 5, 3]))
    found = compare_growth(np.array([0.0, 1, 2, 3, 4, 5]), y, np.eye(6) * 1e-4)
    for law in found.laws:
        assert (law.value(np.linspace(0, 5, 6)) > 0).all()
        assert np.isfinite(law.chi2)
