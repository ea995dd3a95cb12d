"""Unlike circuits as one batch: each is what it is alone, and what is padded moves nothing."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.unlike import UnlikeProblems
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import SpectrumStack

FILM, CELL = "R0-p(R1,CPE1)-CPE2", "R0-p(R1,CPE1)-p(R2,CPE2)-Wo1"
VALUES = ([5, 1e3, 1e-8, 0.9, 1e-6, 0.9], [5, 1e3, 1e-8, 0.9, 2e3, 1e-6, 0.9, 300, 2.0])


def problem(text, values, points):
    spectrum = simulate(text, values, np.logspace(6, -1, points), noise=0.01, seed=1)
    stack = SpectrumStack.of([spectrum])
    return Problem.of(Circuit(text), stack, weights(stack, "modulus", "Z"), Options())


@pytest.fixture
def batch():
    return UnlikeProblems([problem(FILM, VALUES[0], 40), problem(CELL, VALUES[1], 60)], [0.01, 0.02])


def test_each_has_its_own_residuals_and_derivatives_in_standard_deviations(batch):
    x = batch.padded(
        [p.coordinates.from_natural(np.array([v]))[0] for p, v in zip(batch.problems, VALUES, strict=True)]
    )
    r, jacobian = batch.residuals(x, np.array([1, 0]))  # in another order
    for place, i in enumerate((1, 0)):
        k = batch.sizes[i]
        alone, by_x = batch.problems[i].residuals(x[place : place + 1, :k], np.zeros(1, int))
        m = alone.shape[1]
        assert_allclose(r[place, :m] * batch.noise[i], alone[0])
        assert_allclose(jacobian[place, :k, :m] * batch.noise[i], by_x[0])


def test_what_is_padded_is_nothing(batch):
    x = np.zeros((2, 9))
    r, jacobian = batch.residuals(x, np.arange(2))
    film = batch.problems[0].root.shape[1]
    assert not r[0, film:].any()
    assert not jacobian[0, 6:].any()
    assert np.isinf(batch.max_step[0, 6:]).all()
    x[0, 6:] = 7.0
    assert_allclose(batch.residuals(x, np.arange(2))[0], r)
