"""Whether Ea is the same: a test of equivalence, with its size and power measured on drawn resistances."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.physics.equivalence import CHANGED, MARGIN, UNCHANGED, UNDECIDED, Resistances, energy_change

CELSIUS = np.arange(-10.0, 41.0, 10.0)


def measured(energy, rng, *, noise=0.003, scatter=0.5, offset=0.0, celsius=CELSIUS):
    t = celsius + 273.15
    true = t + scatter * rng.normal(size=t.size) + offset
    r = 100 * np.exp(energy / BOLTZMANN_EV * (1 / true - 1 / ROOM)) * np.exp(noise * rng.normal(size=t.size))
    return Resistances(t, r, noise * r, scatter)


def calls(difference, count=200, seed=3, **how):
    rng = np.random.default_rng(seed)
    return [
        energy_change(measured(0.55, rng, **how), measured(0.55 + difference, rng, **how), 0.5).call
        for _ in range(count)
    ]


@pytest.mark.parametrize("difference", [MARGIN, -MARGIN])
def test_of_energies_that_differ_by_the_margin_one_in_twenty_at_most_is_called_unchanged(difference):
    share = calls(difference).count(UNCHANGED) / 200
    assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_good_data_say_that_nothing_changed_and_that_something_did():
    assert calls(0.0, 80).count(UNCHANGED) >= 0.8 * 80
    assert calls(2 * MARGIN, 80).count(CHANGED) >= 0.95 * 80


def test_poor_data_decide_nothing():
    poor = {"celsius": np.array([20.0, 25.0, 30.0])}
    assert calls(0.0, 50, **poor).count(UNDECIDED) >= 0.9 * 50


def test_an_offset_of_the_thermometer_cancels_and_its_scatter_does_not():
    rng = np.random.default_rng(7)
    exact, moved = (
        energy_change(
            measured(0.55, rng, noise=1e-4, scatter=0.0, offset=offset),
            measured(0.57, rng, noise=1e-4, scatter=0.0, offset=offset),
            3.0,
        ).sigma
        for offset in (0.0, 3.0)
    )
    assert abs(moved.value - exact.value) < 1e-3  # where 3 K move each energy by 0.011 eV
    assert exact.stderr < 1e-3
    rng = np.random.default_rng(7)
    scattered = energy_change(measured(0.55, rng), measured(0.57, rng), 0.0).sigma
    assert scattered.stderr > 0.005


def test_both_conventions_give_one_difference_where_temperatures_are_the_same():
    rng = np.random.default_rng(2)
    exact = {"noise": 1e-6, "scatter": 0.0}
    found = energy_change(measured(0.55, rng, **exact), measured(0.53, rng, **exact), 0.5)
    assert_allclose(found.sigma.value, -0.02, atol=1e-4)
    assert_allclose(found.sigma_T.value, found.sigma.value, atol=1e-5)
    assert found.after.sigma_T.value - found.after.sigma.value == pytest.approx(0.026, abs=0.002)


def test_a_difference_inside_the_margin_is_unchanged_however_significant():
    rng = np.random.default_rng(2)
    exact = {"noise": 1e-6, "scatter": 0.0}
    found = energy_change(measured(0.55, rng, **exact), measured(0.54, rng, **exact), 0.0)
    assert found.sigma.interval[1] < 0
    assert found.call == UNCHANGED
