"""Published films whose numbers determine one another: the arithmetic against the literature."""

import numpy as np
import pytest
from fits import make_fit
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.physics.derived import derive_all
from lipon_eis.sample import Sample

ROLES = {"R0": "lead.resistance", "R1": "bulk.resistance", "C1": "bulk.capacitance"}


def film(resistance, capacitance, sample):
    values = {"R0": 150.0, "R1": resistance, "C1": capacitance}
    return derive_all(make_fit("R0-p(R1,C1)", values), ROLES, sample)


@pytest.mark.parametrize(("diameter", "resistance"), [(500e-6, 4074.0), (100e-6, 101.9e3)])
def test_an_ald_film_of_40_nm_under_round_dots(diameter, resistance):
    """Put et al., J. Electrochem. Soc. 166, A1239 (2019): 5e-7 S/cm at 25 °C, 40 nm, dots of 100 to 500 µm."""
    sample = Sample(thickness=40e-9, area=np.pi * (diameter / 2) ** 2)
    assert_allclose(film(resistance, 1e-9, sample)["sigma_bulk"].value, 5e-7, rtol=1e-3)


def test_lithium_carbonate_gives_one_area_by_its_resistance_and_nearly_the_same_by_its_capacitance():
    """Hornsveld et al., RSC Adv. 7, 41359 (2017): 50 nm, 25 kΩ, 0.2 µF, 4e-10 S/cm, ε_r about 25."""
    by_resistance = film(25e3, 2e-7, Sample(thickness=50e-9, area=0.50e-4))
    assert_allclose(by_resistance["sigma_bulk"].value, 4e-10, rtol=1e-9)
    by_capacitance = film(25e3, 2e-7, Sample(thickness=50e-9, area=0.45e-4))
    assert_allclose(by_capacitance["eps_r_bulk"].value, 25, rtol=0.01)
    assert_allclose(by_resistance["peak_frequency_bulk"].value, 32, rtol=0.01)
    # without any area: σ/ε_r of the paper's two numbers against ε0/(RC)
    assert_allclose(by_resistance["sigma_over_eps_r"].value, 4e-10 / 25, rtol=0.12)


def test_lithium_carbonate_is_found_again_from_its_spectrum():
    """As above, re-synthesised: the geometry passes with ε_r between 22 and 26."""
    s = le.simulate("R0-p(R1,CPE1)-CPE2", [150.0, 25e3, 2e-7, 1.0, 5e-5, 0.9], np.logspace(6, -2, 60), 0.003, seed=2)
    found = le.fit(s, "lipon-blocking", thickness="50 nm", area="0.50 cm2")
    assert_allclose(found.derived["sigma_bulk"].value, 4e-10, rtol=0.02)
    assert "eps-r-implausible" not in {r.code for r in found.reasons}


def test_the_apex_does_not_depend_on_the_geometry():
    """σ/(2π ε0 ε_r): 0.22 MHz for 2e-6 S/cm and ε_r = 16.6, whatever thickness and area."""
    peaks = []
    for d, area in ((15e-9, 1e-8), (1e-6, 1e-4), (5e-6, 5e-5)):
        r, c = d / (2e-4 * area), 16.6 * 8.8541878128e-12 * area / d
        peaks.append(film(r, c, Sample())["peak_frequency_bulk"].value)
    assert_allclose(peaks, 0.2166e6, rtol=1e-3)
