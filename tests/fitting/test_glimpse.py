"""Runs begin on a part of the frequencies: what is kept, what is merged, what is dropped."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lipon_eis.fitting import minima
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import GLIMPSE, Problem
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum, SpectrumStack

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
STEP = np.ones(2)


def problem_of(n, circuit=FILM, **options):
    frequency = np.logspace(6, -1, n)
    stack = SpectrumStack.of([Spectrum(frequency, np.full(n, 300 - 200j))])
    return Problem.of(circuit, stack, weights(stack), Options(**options))


@pytest.mark.parametrize("n", [40, 64, 65, 256])
def test_a_glimpse_reaches_over_the_whole_window_with_enough_points(n):
    whole = problem_of(n)
    part = whole.thinned()
    assert GLIMPSE <= part.omega.shape[1] <= n / 2 + 2
    assert part.omega[0, 0] == whole.omega[0, 0]
    assert part.omega[0, -1] == whole.omega[0, -1]


@pytest.mark.parametrize("n", [12, 24, 31])
def test_few_frequencies_are_all_looked_at(n):
    assert problem_of(n).thinned() is None


@pytest.mark.parametrize("options", [{}, {"weighting": "proportional"}, {"space": "Y"}, {"tie": {"CPE1_1": "CPE2_1"}}])
def test_residuals_of_a_glimpse_are_those_of_its_frequencies(options):
    whole = problem_of(64, **options)
    part = whole.thinned()
    seen = np.isin(whole.omega[0], part.omega[0])
    x = whole.coordinates.from_natural(np.array([[10.0, 300, 1e-8, 0.9, 1e-6, 0.8]]))
    rows = np.zeros(1, int)
    r, jacobian = whole.residuals(x, rows)
    r_part, jacobian_part = part.residuals(x, rows)
    both = np.concatenate([seen, seen])
    assert_array_equal(r_part, r[:, both])
    assert_array_equal(jacobian_part, jacobian[..., both])


def test_runs_that_meet_are_merged_into_the_better_one_and_far_ones_dropped():
    ends = np.array([[[0.0, 0], [5.0, 5], [0.05, 0], [0.0, 0.05], [9.0, 9]]])
    costs = np.array([[1.01, 1.5, 1.0, 1.005, 2.5]])
    leader, alive = minima._sift(ends, costs, STEP)
    assert leader.tolist() == [[2, 1, 2, 2, 4]]
    assert alive.tolist() == [[True, True, True, True, False]]


def test_runs_that_meet_at_unlike_costs_are_not_merged():
    leader, alive = minima._sift(np.zeros((1, 2, 2)), np.array([[1.0, 1.5]]), STEP)
    assert leader.tolist() == [[0, 1]]
    assert alive.all()


def test_a_run_that_never_was_stands_for_nothing():
    leader, alive = minima._sift(np.zeros((1, 3, 2)), np.array([[np.inf, 1.0, np.inf]]), STEP)
    assert alive.tolist() == [[False, True, False]]
    assert leader[0, 1] == 1
