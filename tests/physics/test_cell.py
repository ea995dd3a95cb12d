"""Cell constants: across, along, rough; and how narrow a gap may be."""

import numpy as np
import pytest
from fits import make_fit
from numpy.testing import assert_allclose
from scipy.special import ellipk, ellipkm1

from lipon_eis.physics.cell import cell_of, thin_film_excess
from lipon_eis.physics.derived import derive_all
from lipon_eis.sample import Sample

TEXT = "R0-p(R1,CPE1)-CPE2"
VALUES = {"R0": 10.0, "R1": 120.0, "CPE1_0": 2e-8, "CPE1_1": 0.9, "CPE2_0": 1e-6, "CPE2_1": 0.8}
ROLES = {"R0": "lead.resistance", "R1": "bulk.resistance", "CPE1_0": "bulk.capacitance"}


def derived(sample, roles=ROLES):
    return derive_all(make_fit(TEXT, VALUES), roles, sample)


def test_in_plane_conductivity_is_the_cell_constant_over_the_resistance():
    found = derived(Sample(geometry="in-plane", cell_constant=100.0))  # 1/cm
    assert_allclose(found["sigma_bulk"].value, 1 / 120)
    assert np.isnan(found["sigma_bulk"].stderr_geometry)


def test_a_comb_of_fingers_has_one_gap_fewer_all_in_parallel():
    comb = Sample(geometry="in-plane", gap=20e-6, width=2e-3, fingers=21, thickness=0.5e-6)
    bars = Sample(geometry="in-plane", gap=20e-6, width=2e-3, thickness=0.5e-6)
    one, many = (derived(s)["sigma_bulk"].value for s in (bars, comb))
    assert_allclose(one, 20e-4 / (0.2 * 0.5e-4) / 120)  # cm: gap/(width d)/R
    assert_allclose(one / many, 20)


def test_the_thickness_s_error_counts_where_the_constant_depends_on_it():
    sample = Sample(geometry="in-plane", gap=20e-6, width=2e-3, thickness=0.5e-6, thickness_stderr=0.05e-6)
    found = derived(sample)["sigma_bulk"]
    assert_allclose(found.stderr_geometry / found.value, 0.1)


def test_what_needs_the_current_s_area_is_null_in_plane_with_the_reason():
    roles = {**ROLES, "CPE1_0": "stray.capacitance"}
    found = derived(Sample(geometry="in-plane", cell_constant=100.0, thickness=1e-6, area=1e-5), roles)
    assert "eps_r_bulk" not in found
    assert_allclose(found["capacitance_stray"].value, (120 * 2e-8) ** (1 / 0.9) / 120)


@pytest.mark.parametrize(
    "sample", [{}, {"gap": 1e-5}, {"gap": 1e-5, "width": 1e-3}, {"gap": 1e-5, "width": 1e-3, "fingers": 1}]
)
def test_without_a_cell_constant_there_is_no_conductivity_but_a_reason(sample):
    found = derived(Sample(geometry="in-plane", **sample))["sigma_bulk"]
    assert np.isnan(found.value)
    assert found.reason


def test_a_rough_film_has_its_true_area_everywhere():
    flat, rough = (derived(Sample(thickness=1e-6, area=1e-5, roughness_factor=f)) for f in (None, 1.25))
    for name in ("sigma_bulk", "eps_r_bulk", "capacitance_per_area_bulk"):
        assert_allclose(flat[name].value / rough[name].value, 1.25)
        assert "1.25" in rough[name].formula
    assert_allclose(flat["sigma_over_eps_r"].value, rough["sigma_over_eps_r"].value)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0, 5.0, 20.0, 100.0])
def test_the_way_below_the_edges_is_that_of_the_conformal_map(ratio):
    k = np.tanh(np.pi * ratio / 4)
    exact = 2 * ellipkm1(1 / np.cosh(np.pi * ratio / 4) ** 2) / ellipk(1 / np.cosh(np.pi * ratio / 4) ** 2)
    assert 0 < k <= 1
    assert_allclose(thin_film_excess(1.0, ratio), exact / ratio - 1, rtol=1e-9)


def test_a_cross_plane_cell_is_thickness_over_area():
    assert cell_of(Sample()).symbol == "d/A"
    assert_allclose(cell_of(Sample()).constant(np.array(2e-6), np.array(1e-4)), 0.02)
