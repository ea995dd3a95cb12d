"""The solver on problems that have nothing to do with circuits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nist_problems import MODELS, Problem
from numpy.testing import assert_allclose

from lipon_eis.fitting.solver import inverse_information, minimise, polish


@pytest.fixture(scope="module")
def solved():
    """Every StRD problem from both published starts: a poor start is damped strongly, as anyone would."""
    found = {}
    for name in MODELS:
        problem = Problem.read(name)
        near = minimise(problem.residuals, problem.starts, damping=100.0, max_iterations=6000, tolerance=1e-12)
        found[name] = problem, polish(problem.residuals, near, max_iterations=30)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_nist_values_have_nine_digits_from_both_starts(solved, name):
    problem, end = solved[name]
    assert end.converged.all()
    assert_allclose(end.q, np.stack([problem.values] * 2), rtol=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_nist_standard_deviations_have_nine_digits(solved, name):
    problem, end = solved[name]
    r, jacobian = problem.residuals(end.q, np.arange(2))
    noise = (r**2).sum(axis=1) / (problem.y.size - problem.values.size)
    variance = np.diagonal(inverse_information(jacobian, np.ones(end.q.shape, bool)), axis1=1, axis2=2)
    # The residuals of Lanczos1, 1e-13 of the data, are themselves rounding: no double gives more than two digits.
    digits = 2 if name == "Lanczos1" else 9
    assert_allclose(np.sqrt(variance * noise[:, None]), np.stack([problem.deviations] * 2), rtol=10.0**-digits)


def _line(x, y):
    """Residuals of a straight line, for a batch of right-hand sides y (n, m)."""
    columns = np.stack([np.ones_like(x), x])

    def residuals(q, rows):
        return q @ columns - y[rows], np.broadcast_to(columns, (len(q), *columns.shape)).copy()

    return residuals


@given(st.integers(0, 2**32 - 1))
def test_a_linear_problem_ends_where_the_normal_equations_say(seed):
    rng = np.random.default_rng(seed)
    x, y = np.linspace(-1, 1, 20), rng.normal(size=(3, 20))
    found = polish(_line(x, y), minimise(_line(x, y), np.zeros((3, 2)), tolerance=1e-12))
    assert_allclose(found.q, np.polynomial.polynomial.polyfit(x, y.T, 1).T, rtol=1e-10, atol=1e-12)


def test_a_bound_holds_and_the_rest_is_fitted_beside_it():
    x = np.linspace(0, 1, 30)
    y = (1 + 3 * x)[None]
    found = minimise(_line(x, y), np.zeros((1, 2)), upper=np.array([np.inf, 2.0]), tolerance=1e-12)
    assert found.at_bound.tolist() == [[False, True]]
    assert found.q[0, 1] == 2.0
    assert_allclose(found.q[0, 0], np.mean(y[0] - 2 * x), rtol=1e-9)


def test_a_parameter_that_is_not_free_stays_to_the_last_bit():
    x = np.linspace(0, 1, 30)
    start = np.array([[0.1, 0.3]])
    found = minimise(_line(x, (1 + 3 * x)[None]), start, free=np.array([True, False]))
    assert found.q[0, 1] == 0.3


def test_a_start_that_cannot_be_evaluated_costs_the_others_nothing():
    x, y = np.linspace(0, 1, 30), np.ones((2, 30))

    def residuals(q, rows):
        r, jacobian = _line(x, y)(q, rows)
        return np.where(q[:, :1] > 100, np.nan, r), jacobian

    found = minimise(residuals, np.array([[1000.0, 0.0], [0.0, 0.0]]))
    assert np.isinf(found.cost[0])
    assert not found.converged[0]
    assert_allclose(found.q[1], [1, 0], atol=1e-6)


def test_the_limit_of_work_is_kept_and_told():
    problem = Problem.read("Bennett5")
    found = minimise(problem.residuals, problem.starts, max_iterations=5)
    assert (found.iterations <= 5).all()
    assert not found.converged.any()


def test_a_direction_without_information_has_infinite_variance_and_spoils_no_other():
    jacobian = np.zeros((1, 3, 40))
    jacobian[0, 0], jacobian[0, 1] = np.linspace(1, 2, 40), np.linspace(2, 4, 40)  # one is twice the other
    jacobian[0, 2] = np.sin(np.arange(40))
    inverse = inverse_information(jacobian, np.ones((1, 3), bool))[0]
    assert np.isinf(inverse[[0, 1], [0, 1]]).all()
    assert np.isfinite(inverse[2, 2])


@given(st.integers(0, 2**32 - 1))
def test_inverse_information_is_the_inverse_of_the_normal_matrix(seed):
    jacobian = np.random.default_rng(seed).normal(size=(2, 4, 30))
    moves = np.array([[True] * 4, [True, False, True, True]])
    units = np.array([1e-9, 1, 1e6, 1e3])  # parameters may be of any magnitude
    found = inverse_information(jacobian * units[:, None], moves) * np.outer(units, units)
    assert_allclose(found[0], np.linalg.inv(jacobian[0] @ jacobian[0].T), rtol=1e-9)
    kept = [0, 2, 3]
    assert_allclose(found[1][np.ix_(kept, kept)], np.linalg.inv(jacobian[1][kept] @ jacobian[1][kept].T), rtol=1e-9)
    assert np.isnan(found[1][1]).all()
    assert np.isnan(found[1][:, 1]).all()
