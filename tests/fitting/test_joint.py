"""Joint least squares against a dense solution of the same problem by scipy; its errors against the dense inverse."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import least_squares

from lipon_eis.fitting.joint import Links, minimise_jointly

N, K, P, M = 6, 3, 2, 2
TIME = np.linspace(0.0, 3.0, 25)
RNG = np.random.default_rng(5)
TRUTH = np.array([0.7, -0.4])
ALONG = np.linspace(-1.0, 1.0, N)


def curves(x):
    """A decay whose amplitude, rate and offset are the coordinates; and its derivatives."""
    decay = np.exp(x[:, :1] - np.exp(x[:, 1:2]) * TIME)
    return decay + x[:, 2:], np.stack([decay, -np.exp(x[:, 1:2]) * TIME * decay, np.ones_like(decay)], axis=1)


def links(deviation=0.3, **changes):
    """The rate is on a line and strays from it; amplitude and offset are shared and free in this order."""
    shared, local = np.zeros((N, K, P)), np.zeros((N, K, M))
    shared[:, 0, 0] = shared[:, 1, 1] = 1.0
    shared[:, 1, 0] = ALONG
    local[:, 1, 1], local[:, 2, 0] = deviation, 1.0
    endless = np.full((N, M), np.inf)
    made = Links(
        constant=np.tile([0.1, 0.0, 0.0], (N, 1)),
        shared=shared,
        local=local,
        deviation=np.array([False, True]),
        precision=np.array([0.0, 4.0]),
        lower=np.full(P, -np.inf),
        upper=np.full(P, np.inf),
        local_lower=-endless,
        local_upper=endless,
        free=np.ones(P, bool),
        local_free=np.ones((N, M), bool),
    )
    return replace(made, **changes)


W = np.stack([RNG.normal(size=N), RNG.normal(size=N)], axis=1)
DATA = curves(links().coordinates(TRUTH, W))[0] + 0.05 * RNG.normal(size=(N, TIME.size))


def residuals(x, rows):
    z, derivatives = curves(x)
    return (z - DATA[rows]) / 0.05, derivatives / 0.05


def dense(how):
    """The same problem as one vector of residuals and priors."""

    def all_residuals(v):
        g, w = v[:P], v[P:].reshape(N, M)
        r, _ = residuals(how.coordinates(g, w), np.arange(N))
        return np.concatenate([r.ravel(), w[:, how.deviation].ravel(), np.sqrt(how.precision) * g])

    bounds = [np.concatenate([g, w.ravel()]) for g, w in ((how.lower, how.local_lower), (how.upper, how.local_upper))]
    start = np.minimum(np.zeros(P + N * M), bounds[1] - 0.1)
    return least_squares(all_residuals, start, bounds=bounds, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14)


def test_the_minimum_and_its_covariance_are_those_of_the_dense_problem():
    how = links()
    found, witness = minimise_jointly(residuals, how, np.zeros(P), np.zeros((N, M))), dense(how)
    assert found.converged
    assert_allclose(found.cost, 2 * witness.cost, rtol=1e-9)
    assert_allclose(found.shared, witness.x[:P], rtol=1e-5)
    assert_allclose(found.local, witness.x[P:].reshape(N, M), atol=1e-4)
    inverse = np.linalg.inv(witness.jac.T @ witness.jac)
    assert_allclose(found.covariance, inverse[:P, :P], rtol=1e-3)
    for i in range(N):
        slope = np.zeros((K, P + N * M))
        slope[:, :P], slope[:, P + i * M : P + (i + 1) * M] = how.shared[i], how.local[i]
        assert_allclose(found.x_covariance[i], slope @ inverse @ slope.T, rtol=2e-3, atol=1e-9)


def test_the_variance_of_a_sum_of_shared_and_local_parameters_is_that_of_the_dense_problem():
    how = links()
    found, witness = minimise_jointly(residuals, how, np.zeros(P), np.zeros((N, M))), dense(how)
    inverse = np.linalg.inv(witness.jac.T @ witness.jac)
    of_shared, of_local, i = np.array([1.0, -2.0]), np.array([0.5, 3.0]), 4
    slope = np.zeros(P + N * M)
    slope[:P], slope[P + i * M : P + (i + 1) * M] = of_shared, of_local
    assert_allclose(found.variance(i, of_shared, of_local), slope @ inverse @ slope, rtol=2e-3)


def test_the_variance_along_a_direction_that_nothing_determines_is_infinite():
    how = links(precision=np.zeros(P))
    how.shared[:, :, 1] = 0.0
    how.shared[:, 0, 1] = how.shared[:, 0, 0] = 1.0  # the sum of both alone is seen
    how.shared[:, 1, 0] = 0.0
    found = minimise_jointly(residuals, how, np.zeros(P), np.zeros((N, M)))
    assert found.variance(0, np.array([1.0, 0.0]), np.zeros(M)) == np.inf


def test_the_covariance_between_two_problems_is_that_of_the_dense_problem():
    how = links()
    found, witness = minimise_jointly(residuals, how, np.zeros(P), np.zeros((N, M))), dense(how)
    inverse = np.linalg.inv(witness.jac.T @ witness.jac)
    slopes = np.zeros((N, K, P + N * M))
    for i in range(N):
        slopes[i, :, :P], slopes[i, :, P + i * M : P + (i + 1) * M] = how.shared[i], how.local[i]
    ours = found.slope[1] @ found.covariance @ found.slope[4].T
    assert_allclose(ours, slopes[1] @ inverse @ slopes[4].T, rtol=2e-3, atol=1e-9)
    assert np.abs(ours).max() > 1e-6


def test_a_deviation_of_no_length_is_a_hard_link():
    found = minimise_jointly(residuals, links(deviation=0.0), np.zeros(P), np.zeros((N, M)))
    assert_allclose(found.x[:, 1], found.shared[1] + ALONG * found.shared[0])
    assert_allclose(found.local[:, 1], 0.0)


def test_a_shared_parameter_stays_inside_its_bounds_and_the_others_follow():
    how = links(upper=np.array([0.5, np.inf]))
    found = minimise_jointly(residuals, how, np.zeros(P), np.zeros((N, M)))
    held = minimise_jointly(residuals, links(free=np.array([False, True])), np.array([0.5, 0.0]), np.zeros((N, M)))
    assert found.shared[0] == 0.5
    assert found.at_bound.tolist() == [True, False]
    assert_allclose(found.shared, held.shared, rtol=1e-4)
    assert_allclose(found.covariance[0], 0.0)


def test_a_local_parameter_on_its_bound_costs_the_others_nothing():
    upper = np.full((N, M), np.inf)
    upper[2, 0] = W[2, 0] - 0.5
    found = minimise_jointly(residuals, links(local_upper=upper), np.zeros(P), np.zeros((N, M)))
    assert found.local[2, 0] == upper[2, 0]
    assert found.converged
    witness = dense(links(local_upper=upper)).x
    assert_allclose(found.shared, witness[:P], rtol=1e-4)
    assert_allclose(found.local, witness[P:].reshape(N, M), atol=1e-3)


def test_what_no_problem_sees_has_a_prior_or_stays_where_it_is():
    shared = np.concatenate([links().shared, np.zeros((N, K, 1))], axis=2)
    three = links(
        shared=shared, precision=np.zeros(3), lower=np.full(3, -np.inf), upper=np.full(3, np.inf), free=np.ones(3, bool)
    )
    found = minimise_jointly(residuals, three, np.array([0.0, 0.0, 1.25]), np.zeros((N, M)))
    assert found.converged
    assert found.shared[2] == 1.25


def test_the_order_of_problems_does_not_matter():
    order = np.array([3, 1, 5, 0, 2, 4])
    how = links()
    other = replace(how, shared=how.shared[order], local=how.local[order])
    one = minimise_jointly(residuals, how, np.zeros(P), np.zeros((N, M)))
    two = minimise_jointly(lambda x, rows: residuals(x, order[rows]), other, np.zeros(P), np.zeros((N, M)))
    assert_allclose(one.shared, two.shared, rtol=1e-7)
    assert_allclose(one.x[order], two.x, atol=1e-7)


@pytest.mark.parametrize("start", [-2.0, 0.0, 1.5])
def test_the_start_does_not_matter(start):
    found = minimise_jointly(residuals, links(), np.full(P, start), np.zeros((N, M)), max_step=3.0)
    assert found.converged
    assert_allclose(found.shared, minimise_jointly(residuals, links(), TRUTH, W).shared, atol=1e-4)
