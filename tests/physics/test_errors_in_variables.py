"""Straight lines through points that err both ways: what they find, and how often their intervals hold the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidOption
from lipon_eis.physics.errors_in_variables import deviations, fit_line

X = np.array([50, 120, 300, 800, 1500, 3000]) * 1e-9
SLOPE = 5e7  # Ω cm² a metre: 2e-6 S/cm


def noisy(rng, intercept=0.0, x=X, of_x=0.05, of_y=0.003):
    y = SLOPE * x + intercept
    return x * (1 + of_x * rng.normal(size=x.size)), y * (1 + of_y * rng.normal(size=x.size))


def errors(of_x=0.05, of_y=0.003, n=X.size):
    return [of_x] * n, [of_y] * n


@settings(deadline=None, max_examples=30)
@given(st.floats(-1.5, 20.0), st.floats(1e6, 1e9))
def test_points_on_a_line_give_that_line(intercept, slope):
    y = slope * X + intercept * slope * X[0] / 2.5
    line = fit_line(X, y, *errors())
    assert_allclose(line.slope.value, slope, rtol=1e-6)
    assert_allclose(line.intercept.value, intercept * slope * X[0] / 2.5, rtol=1e-5, atol=1e-6 * slope * X[0])
    assert line.chi2 < 1e-9


def test_with_exact_places_it_is_the_weighted_line_of_any_textbook():
    rng = np.random.default_rng(1)
    x, y = noisy(rng, 8.6, of_x=0.0)
    line = fit_line(x, y, *errors(of_x=0.0))
    (slope, intercept), covariance = np.polyfit(x, y, 1, w=1 / (0.003 * y), cov="unscaled")
    assert_allclose([line.slope.value, line.intercept.value], [slope, intercept], rtol=2e-4)
    assert_allclose(line.intercept.stderr / np.sqrt(line.scale.variance), np.sqrt(covariance[1, 1]), rtol=0.01)


def test_the_least_sum_over_all_true_places_is_that_of_an_independent_minimiser():
    from scipy.optimize import minimize

    x, y = noisy(np.random.default_rng(2), 8.6)
    line = fit_line(x, y, *errors())

    def total(p):
        true = np.exp(p[2:]) * X
        off, left = np.log(x / true) / 0.05, np.log(y / (np.exp(p[0]) * SLOPE * true + p[1])) / 0.003
        return float((off**2 + left**2).sum())

    start = np.concatenate([[0.0, 5.0], np.zeros(X.size)])
    best = minimize(total, start, method="Nelder-Mead", options={"maxiter": 60_000, "maxfev": 60_000, "xatol": 1e-9})
    best = minimize(total, best.x, method="BFGS", options={"gtol": 1e-7})
    assert_allclose(line.chi2, best.fun, rtol=1e-4)
    assert_allclose(line.intercept.value, best.x[1], rtol=1e-3)


def test_an_end_of_the_interval_is_where_the_sum_has_risen_by_the_quantile_squared():
    x, y = noisy(np.random.default_rng(5), 8.6)
    line = fit_line(x, y, *errors())
    assert not line.scale.estimated
    # A point of no error but the intercept itself, far below all others, holds the line there.
    for end in line.intercept.interval:
        tiny = 1e-15
        held = fit_line([*x, tiny], [*y, end], [0.05] * 6 + [0.0], [0.003] * 6 + [1e-6])
        assert_allclose(held.chi2 - line.chi2, 1.96**2, rtol=0.01)


@pytest.mark.parametrize("intercept", [0.0, 8.6])
def test_intervals_hold_the_truth_where_a_line_that_takes_x_for_exact_does_not(intercept):
    rng = np.random.default_rng(7)
    hits, naive, count = np.zeros(2), 0, 100
    for _ in range(count):
        x, y = noisy(rng, intercept)
        line = fit_line(x, y, *errors())
        pairs = ((line.slope, SLOPE), (line.intercept, intercept))
        hits += [e.interval[0] <= truth <= e.interval[1] for e, truth in pairs]
        (_, at_zero), covariance = np.polyfit(x, y, 1, w=1 / (0.003 * y), cov="unscaled")
        naive += abs(at_zero - intercept) < 1.96 * np.sqrt(covariance[1, 1])
    assert (hits / count > 0.88).all()
    assert naive / count < 0.30


@pytest.mark.parametrize("said", [None, 0.5, 2 / 3])
def test_intervals_hold_where_errors_are_not_known_or_larger_than_said(said):
    rng = np.random.default_rng(11)
    hits, count = np.zeros(2), 80
    for _ in range(count):
        x, y = noisy(rng, 8.6)
        of_x, of_y = errors(0.05 * (said or 1.0))
        line = fit_line(x, y, None if said is None else of_x, of_y)
        pairs = ((line.slope, SLOPE), (line.intercept, 8.6))
        hits += [e.interval[0] <= truth <= e.interval[1] for e, truth in pairs]
    assert (hits / count > 0.87).all()


def test_errors_nobody_knows_are_as_large_as_the_scatter():
    rng = np.random.default_rng(3)
    x = np.geomspace(50e-9, 3e-6, 200)
    x_read, y = noisy(rng, 8.6, x=x, of_x=0.04)
    line = fit_line(x_read, y, None, [0.003] * 200)
    assert_allclose(line.x_scatter, 0.04, rtol=0.15)
    exact = fit_line(X, SLOPE * X + 8.6, None, [0.003] * X.size)
    assert exact.x_scatter == 0


def test_relative_errors_give_no_weight_to_what_was_read_low():
    rng = np.random.default_rng(13)
    found = [fit_line(*noisy(rng, 8.6, of_x=0.1), *errors(0.1)).intercept for _ in range(80)]
    values = np.array([one.value for one in found])
    assert abs(values.mean() - 8.6) < 3 * values.std() / np.sqrt(len(found)) + 0.02


def test_places_that_hardly_differ_leave_open_what_they_cannot_tell():
    x = np.linspace(800e-9, 880e-9, 5)
    line = fit_line(x, SLOPE * x + 8.6, *errors(n=5))
    low, high = line.intercept.interval
    assert np.isnan(low)
    assert 8.6 < high < 60
    assert np.isnan(line.slope.interval[1])
    assert line.slope.interval[0] < SLOPE


def test_values_that_do_not_grow_with_x_bound_the_slope_from_above():
    x = np.array([10, 12, 15, 18]) * 1e-9
    line = fit_line(x, [86.9, 86.4, 86.2, 86.0], *errors(0.05, 0.01, 4))
    assert np.isnan(line.slope.value)
    assert np.isnan(line.slope.interval[0])
    assert line.slope.interval[1] < 5e9
    assert_allclose(line.intercept.value, 86.4, rtol=0.01)


@pytest.mark.parametrize("known", [True, False])
def test_the_point_that_stands_apart_is_the_one_that_was_moved(known):
    x = X * np.exp(0.03 * np.array([0.5, -0.8, 0.3, 0.0, 0.6, -0.7]))
    x[3] *= 1.3
    of_x, of_y = errors(0.03)
    found = deviations(fit_line(x, SLOPE * X + 8.6, of_x if known else None, of_y))
    apart = [k for k, one in enumerate(found) if one.probability < 0.01]
    assert apart == [3]
    assert_allclose(found[3].log_ratio, np.log(1.3), atol=0.05)


def test_of_three_points_none_stands_apart():
    found = deviations(fit_line(X[:3], SLOPE * X[:3], *errors(n=3)))
    assert all(np.isnan(one.score) for one in found)


@pytest.mark.parametrize(
    ("x", "y"), [([1, 2], [1, 2]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [1, -2, 3]), ([0, 1, 2], [1, 2, 3])]
)
def test_too_few_points_or_values_that_cannot_be_are_refused(x, y):
    with pytest.raises(InvalidOption):
        fit_line(x, y, [0.01] * len(x), [0.01] * len(x))
