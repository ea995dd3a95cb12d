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
    assert_allclose([found.edge.value, found.conductance.value], [4e-6, SIGMA_OVER_D], rtol=1e-6)
    assert_allclose(found.bias, y / (np.pi * RADII**2) / SIGMA_OVER_D - 1, rtol=1e-6)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("edge", [0.0, 3e-6])
def test_the_intervals_cover_whether_errors_of_radii_are_known_or_not(edge, known):
    rng = np.random.default_rng(4)
    hits = np.zeros(2)
    for _ in range(60):
        y = conductances(edge, rng, noise=0.003)
        r = RADII * (1 + 0.01 * rng.normal(size=RADII.size))
        found = regress_dots(r, y, 0.003 * y, radius_stderr=0.01 * r if known else None)
        truths = ((found.edge, edge), (found.conductance, SIGMA_OVER_D))
        hits += [e.interval[0] <= truth <= e.interval[1] for e, truth in truths]
    assert (hits / 60 > 0.86).all()


def test_an_error_of_one_radius_weighs_that_dot_down():
    y = conductances(2e-6)
    wrong = RADII.copy()
    wrong[0] *= 1.1
    relative = np.full(RADII.size, 0.01)
    plain = regress_dots(wrong, y, 0.01 * y, radius_stderr=relative * wrong)
    relative[0] = 0.1
    loose = regress_dots(wrong, y, 0.01 * y, radius_stderr=relative * wrong)
    assert abs(loose.edge.value - 2e-6) < 0.2 * abs(plain.edge.value - 2e-6)


@pytest.mark.parametrize(
    ("r", "y"), [([1e-4, 2e-4], [1, 4]), ([1e-4] * 3, [1, 1, 1]), ([1e-4, 2e-4, 3e-4], [1, -4, 9])]
)
def test_too_few_dots_of_one_size_or_negative_values_are_refused(r, y):
    with pytest.raises(InvalidOption):
        regress_dots(r, y, [0.1] * len(r))
