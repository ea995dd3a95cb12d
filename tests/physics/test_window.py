"""Arcs at the edges of the measured window."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fits import make_fit
from scipy.stats import t as student

from lipon_eis.library import load_circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.window import bound_unseen_bulk, locate

NAMED = load_circuit("lipon-blocking")


def film(peak, **how):
    r = 200.0
    c = 1 / (2 * math.pi * peak * r)
    values = {"R0": 10.0, "R1": r, "CPE1_0": c, "CPE1_1": 1.0, "CPE2_0": 1e-6, "CPE2_1": 0.9}
    fit = make_fit(NAMED.circuit.text, values, **how)
    arcs = role_arcs(fit.circuit, NAMED.roles)
    return fit, arcs, locate(fit, arcs, 1.0, 1e6)


@pytest.mark.parametrize(
    ("peak", "place"),
    [
        (0.5, "below"),
        (1.5, "inside"),
        (3.2e5, "inside"),
        (3.5e5, "upper edge"),
        (0.99e6, "upper edge"),
        (1.01e6, "above"),
        (2.9e6, "above"),
        (3.1e6, "far above"),
    ],
)
def test_places(peak, place):
    _, _, (position,) = film(peak)
    assert position.place == place
    assert position.peak == pytest.approx(peak)
    assert position.role == "bulk"


def test_far_above_the_resistance_becomes_a_bound_on_the_intercept():
    fit, arcs, positions = film(1e7)
    bounded = bound_unseen_bulk(fit, arcs, positions, leads=(0,))
    low, high = bounded.interval("R1")
    assert math.isnan(bounded.values["R1"])
    assert math.isnan(low)
    errors = student.ppf(0.975, fit.degrees_of_freedom) * math.hypot(0.1, 2.0)  # both are 1 %
    assert high == pytest.approx(210 + errors)
    wider = bound_unseen_bulk(replace(fit, widening=3.0), arcs, positions, leads=(0,))
    assert wider.interval("R1")[1] == pytest.approx(210 + 3 * errors)
    assert bounded.interval_method[1] == "intercept"
    assert bounded.used_values[1] == 200.0  # the curve is still drawn with it


@pytest.mark.parametrize("peak", [2e5, 2e6])
def test_nearer_the_resistance_is_a_value(peak):
    fit, arcs, positions = film(peak)
    assert bound_unseen_bulk(fit, arcs, positions, leads=(0,)).values["R1"] == 200.0


def test_a_lead_that_is_known_leaves_a_value():
    fit, arcs, positions = film(1e7, fixed=("R0",))
    assert bound_unseen_bulk(fit, arcs, positions, leads=(0,)).values["R1"] == 200.0


def test_a_lead_that_vanished_counts_as_nothing():
    fit, arcs, positions = film(1e7, unknown={"R0": (math.nan, 1.0)})
    _, high = bound_unseen_bulk(fit, arcs, positions, leads=(0,)).interval("R1")
    assert np.isfinite(high)
    assert high >= 200.0
