"""Arcs are followed by what continues, not by their order."""

import numpy as np
import pytest

from lipon_eis.physics.arc_identity import follow

TIME = np.arange(10.0)
ERRORS = np.full((10, 2, 3), 0.02)


def crossing(seed=0):
    """Two arcs of equal form; ln τ of the first grows past that of the second. Spectra list the fastest first."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((10, 2, 3))
    truth[:, 0, 0], truth[:, 1, 0] = -9 + 0.4 * TIME, -7.2
    truth[:, :, 1], truth[:, :, 2] = np.log([1e-7, 1.2e-7]), 0.93
    truth += 0.02 * rng.normal(size=truth.shape)
    order = np.argsort(truth[:, :, 0], axis=1)
    return np.take_along_axis(truth, order[..., None], axis=1), order


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("reference", [0, 9])
def test_two_arcs_whose_time_constants_cross_keep_their_identity(seed, reference):
    features, order = crossing(seed)
    found, lost = follow(features, ERRORS, TIME, reference)
    assert not lost.any()
    names = np.take_along_axis(order, found, axis=1)
    assert (names == names[reference]).all()
    assert (order[0] != order[9]).all()  # they did change places


def test_where_they_lie_on_each_other_large_errors_neither_decide_nor_mislead():
    features, order = crossing(1)
    errors = ERRORS.copy()
    features[4:6, 0, :2] += [1.0, -1.5]  # a split that says nothing
    errors[4:6, :, :2] = 1.5
    found, lost = follow(features, errors, TIME, 0)
    names = np.take_along_axis(order, found, axis=1)
    assert (np.delete(names, [4, 5], axis=0) == names[0]).all()
    assert not lost.any()


def test_an_arc_that_was_used_for_something_else_is_lost_and_its_line_goes_on():
    features, order = crossing(2)
    slower = int(np.argmax(order[5] == 1))
    features[5, slower] = [3.0, -2.0, 0.4]
    found, lost = follow(features, ERRORS, TIME, 0)
    assert lost.sum() == 1
    assert lost[5, list(order[0]).index(1)]
    names = np.take_along_axis(order, found, axis=1)
    assert (names == names[0]).all()


def test_the_order_in_which_arcs_are_listed_does_not_matter():
    features, order = crossing(3)
    usual, _ = follow(features, ERRORS, TIME, 0)
    turned, _ = follow(features[:, ::-1], ERRORS, TIME, 0)
    one = np.take_along_axis(order, usual, axis=1)
    other = np.take_along_axis(order[:, ::-1], turned, axis=1)
    assert ((one == other).all(axis=1)).all() or ((one != other).all(axis=1)).all()
