"""Edges of electrodes from dots of several sizes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidOption
from lipon_eis.physics.dots import regress_dots

RADII = np.array([50, 75, 100, 150, 200, 250]) * 1e-6
SIGMA_OVER_D = 5e-5 / 40e-9  # S/m²: 5e-7 S/cm, 40 nm


def conductances(edge, rng=None, noise=0.01):
    exact = np.pi * SIGMA_OVER_D * (RADII + edge) ** 2
    return exact if rng is None else exact * (1 + noise * rng.normal(size=RADII.size))


def test_edge_and_conductance_are_found_again_and_the_bias_is_that_of_the_drawn_area():
    y = conductances(4e-6)
    found = regress_dots(RADII, y, 0.01 * y)
    assert_allclose([found.edge, found.conductance], [4e-6, SIGMA_OVER_D], rtol=1e-9)
    assert_allclose(found.bias, y / (np.pi * RADII**2) / SIGMA_OVER_D - 1, rtol=1e-9)


@pytest.mark.parametrize("edge", [0.0, 3e-6])
def test_the_interval_of_the_edge_covers(edge):
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(400):
        y = conductances(edge, rng)
        low, high = regress_dots(RADII, y, 0.01 * y).edge_interval
        hits += low <= edge <= high
    assert hits / 400 > 0.93  # the scale never shrinks below the given errors, so a little more than 0.95


def test_scatter_of_the_mask_weighs_down_small_dots():
    y = conductances(2e-6)
    wrong = y.copy()
    wrong[0] *= 1.2
    plain = regress_dots(RADII, wrong, 0.01 * y)
    loose = regress_dots(RADII, wrong, 0.01 * y, radius_stderr=3e-6)
    assert abs(loose.conductance / SIGMA_OVER_D - 1) < abs(plain.conductance / SIGMA_OVER_D - 1)


@pytest.mark.parametrize(
    ("r", "y"), [([1e-4, 2e-4], [1, 4]), ([1e-4] * 3, [1, 1, 1]), ([1e-4, 2e-4, 3e-4], [1, -4, 9])]
)
def test_too_few_dots_of_one_size_or_negative_values_are_refused(r, y):
    with pytest.raises(InvalidOption):
        regress_dots(r, y, [0.1] * len(r))
