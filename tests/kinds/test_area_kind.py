"""Area series: edges of dots of several sizes, from spectra and samples to the entry in results.json."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidOption
from lipon_eis.series import fit_series

sys.path.insert(0, str(Path(__file__).parent))

from film_series import DIAMETERS, EPS, SIGMA, dots, spectrum


def series(spectra, circuit, samples):
    (entry,) = json.loads(
        json.dumps(fit_series(spectra, circuit, kind="area", samples=samples).to_document(), allow_nan=False)
    )["series"]
    return entry


def codes(entry):
    return [reason["code"] for reason in entry["reasons"]]


@pytest.fixture(scope="module")
def edged():
    """Dots that act 5 µm wider all around than they are drawn."""
    return series(*dots(5e-6))


def test_the_edge_is_found_by_current_and_by_field(edged):
    for key in ("edge_width_m", "edge_width_capacitance_m"):
        low, high = edged[key]["interval"]
        assert 0 < low < 5e-6 < high
    assert "edge-found" in codes(edged)
    assert "edges-differ" not in codes(edged)


def test_sigma_and_permittivity_are_without_the_edges(edged):
    low, high = edged["sigma_S_per_cm"]["interval"]
    assert low < SIGMA / 100 < high < 1.05 * low
    low, high = edged["eps_r"]["interval"]
    assert low < EPS < high < 1.05 * low


def test_the_bias_of_each_dot_is_that_of_its_drawn_area(edged):
    bias = [point["sigma_drawn_area_bias"] for point in edged["points"]]
    assert_allclose(bias, (1 + 10e-6 / DIAMETERS) ** 2 - 1, atol=0.02)
    assert bias == sorted(bias, reverse=True)


def test_dots_without_an_edge_have_none():
    entry = series(*dots())
    low, high = entry["edge_width_m"]["interval"]
    assert low < 0 < high
    assert "edge-zero" in codes(entry)
    assert entry["verdict"] == "pass"


def test_areas_without_errors_are_as_uncertain_as_the_dots_scatter():
    entry = series(*dots(5e-6, relative=None))
    assert "area-errors-unknown" in codes(entry)
    low, high = entry["edge_width_m"]["interval"]
    assert low < 5e-6 < high


def test_thickness_goes_into_sigma_and_not_into_the_edge(edged):
    loose = series(*dots(5e-6, known={"thickness_stderr": 5e-8}))
    grown = [entry["sigma_S_per_cm"]["stderr"] / entry["sigma_S_per_cm"]["value"] for entry in (loose, edged)]
    assert_allclose(grown[0] ** 2 - grown[1] ** 2, 0.05**2, rtol=1e-6)
    assert loose["edge_width_m"] == edged["edge_width_m"]


def test_without_thickness_there_is_an_edge_and_no_conductivity():
    spectra, circuit, samples = dots(5e-6)
    entry = series(spectra, circuit, [replace(s, thickness=None) for s in samples])
    assert entry["edge_width_m"]["interval"][0] > 0
    assert entry["sigma_S_per_cm"]["value"] is None
    assert entry["sigma_S_per_cm"]["reason"] == "no thickness"


def test_stray_capacitance_moves_the_edge_of_the_field_alone():
    spectra, circuit, samples = dots()
    stray = []
    for s in spectra:
        z = 1 / (1 / s.impedance + 2j * np.pi * s.frequency * 1e-12)
        stray.append(type(s)(s.frequency, z, label=s.label))
    entry = series(stray, circuit, samples)
    assert "edges-differ" in codes(entry)
    assert entry["edge_width_capacitance_m"]["value"] > 3e-6
    assert abs(entry["edge_width_m"]["value"]) < 1.5e-6  # a little: the tail is shunted, too


def test_a_dot_that_is_another_size_than_given_is_named():
    spectra, circuit, samples = dots()
    spectra[2] = spectrum(1e-6, 1.3 * samples[2].area, seed=8, label="D2")
    entry = series(spectra, circuit, samples)
    (reason,) = [r for r in entry["reasons"] if r["code"] == "dot-apart"]
    assert reason["message"].startswith("D2 ")


def test_dots_of_one_size_are_refused_with_the_remedy():
    spectra, circuit, samples = dots(diameters=DIAMETERS[[3, 3, 3]])
    with pytest.raises(InvalidOption, match="several sizes"):
        fit_series(spectra, circuit, kind="area", samples=samples)


def test_two_dots_give_no_edge_and_the_series_says_why():
    entry = series(*dots(diameters=DIAMETERS[[0, 3]]))
    assert entry["edge_width_m"]["value"] is None
    assert entry["verdict"] == "check"


def test_the_report_s_figure_shows_r_a_over_the_diameter(edged):
    figure = edged["figure"]
    assert (figure["x"]["unit"], figure["y"]["unit"]) == ("m", "ohm cm2")
    assert [curve["fitted"] for curve in figure["curves"]] == [True, False]
    assert len(figure["points"]) == len(DIAMETERS)
