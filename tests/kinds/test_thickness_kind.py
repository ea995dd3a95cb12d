"""Thickness series from spectra and samples to the entry in results.json."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.errors import InvalidOption
from lipon_eis.series import fit_series, varying

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "benchmarks")]

import thickness as benchmark  # noqa: E402
from film_series import AREA, SIGMA, THICKNESSES, films, spectrum  # noqa: E402


def series(spectra, circuit, samples):
    (entry,) = json.loads(
        json.dumps(fit_series(spectra, circuit, kind="thickness", samples=samples).to_document(), allow_nan=False)
    )["series"]
    return entry


def codes(entry):
    return [reason["code"] for reason in entry["reasons"]]


def misread(relative=0.04, seed=3):
    return THICKNESSES * (1 + relative * np.random.default_rng(seed).normal(size=THICKNESSES.size))


@pytest.fixture(scope="module")
def plain():
    """Films without an interface, each read by a gauge that errs by 4 %."""
    return series(*films(misread()))


@pytest.fixture(scope="module")
def hidden():
    """The same with 8.6 Ω cm² on each side, in the bulk arc."""
    return series(*films(misread(), hidden=17.2))


def test_films_without_an_interface_have_none_within_the_interval_and_an_upper_limit(plain):
    low, high = plain["asr_interface_ohm_cm2"]["interval"]
    assert low < 0 < high
    assert 0 < plain["asr_interface_upper_ohm_cm2"] < 0.5
    assert "interface-zero" in codes(plain)
    assert plain["verdict"] == "pass"


def test_sigma_is_that_of_the_films_in_s_per_cm(plain):
    low, high = plain["sigma_S_per_cm"]["interval"]
    assert low < SIGMA / 100 < high < 1.2 * low


def test_a_hidden_interface_is_found_per_side_and_what_a_single_film_would_have_said(hidden):
    low, high = hidden["asr_interface_ohm_cm2"]["interval"]
    assert low < 8.6 < high
    assert "per side" in hidden["asr_interface_ohm_cm2"]["words"]
    thinnest = hidden["points"][0]
    assert_allclose(thinnest["sigma_alone_bias"], -17.2 / (3.0 + 17.2), atol=0.03)
    assert "interface-hidden" in codes(hidden)


def test_the_capacitances_find_the_interface_without_a_gauge(hidden):
    low, high = hidden["by_capacitance"]["asr_interface_ohm_cm2"]["interval"]
    assert low < 8.6 < high
    assert high - low < 0.5 * np.ptp(hidden["asr_interface_ohm_cm2"]["interval"])


def test_the_lead_has_no_part_in_it():
    entry = series(*films(lead=40.0))
    assert abs(entry["asr_interface_ohm_cm2"]["value"]) < 0.2


def test_an_interface_with_an_arc_of_its_own_stands_beside(plain):
    spectra, _, samples = films(misread(), visible=30.0)
    entry = series(spectra, "lipon-blocking-interface", samples)
    low, high = entry["asr_interface_ohm_cm2"]["interval"]
    assert low < 0 < high
    assert_allclose(entry["asr_interface_film_ohm_cm2"]["value"], 30.0, rtol=0.02)
    assert "interface-beside" in codes(entry)


def test_unlike_sides_give_the_sum_and_say_so():
    entry = series(*films(hidden=17.2, known={"stack": "Pt/LiPON/Au"}))
    assert_allclose(entry["asr_interface_ohm_cm2"]["value"], 17.2, rtol=0.03)
    assert "sum" in entry["asr_interface_ohm_cm2"]["words"]
    unknown = series(*films(hidden=17.2, known={"stack": None}))
    assert_allclose(unknown["asr_interface_ohm_cm2"]["value"], 17.2, rtol=0.03)
    assert "sides-unknown" in codes(unknown)


def test_errors_of_one_mask_and_of_the_gauge_go_into_sigma_and_not_into_whether_there_is_an_interface(plain):
    common = series(*films(misread(), known={"area_stderr": 0.05 * AREA, "thickness_scale_stderr": "3 %"}))
    grown = [entry["sigma_S_per_cm"]["stderr"] / entry["sigma_S_per_cm"]["value"] for entry in (common, plain)]
    assert_allclose(grown[0] ** 2 - grown[1] ** 2, 0.05**2 + 0.03**2, rtol=1e-6)
    assert_allclose(common["asr_interface_ohm_cm2"]["interval"], plain["asr_interface_ohm_cm2"]["interval"], rtol=0.02)


def test_errors_of_several_masks_are_each_film_s_own():
    spectra, circuit, samples = films(relative=0.001)
    area = AREA * np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.001])
    some = [replace(s, area=a, area_stderr=0.05 * a) for s, a in zip(samples, area, strict=True)]
    entry = series(spectra, circuit, some)
    assert entry["common_relative_stderr"] == 0
    assert all(point["relative_stderr"] > 0.049 for point in entry["points"])


def test_thicknesses_without_errors_are_as_uncertain_as_they_scatter():
    entry = series(*films(misread(), relative=None))
    assert 0.01 < entry["thickness_scatter"] < 0.1
    assert "thickness-errors-unknown" in codes(entry)
    low, high = entry["sigma_S_per_cm"]["interval"]
    assert low < SIGMA / 100 < high


def test_a_film_whose_thickness_is_wrong_is_named_by_two_witnesses():
    read = THICKNESSES.copy()
    read[3] *= 1.3
    entry = series(*films(read, relative=0.03))
    (reason,) = [r for r in entry["reasons"] if r["code"] == "thickness-doubtful"]
    assert reason["message"].startswith("F3: ")
    assert "larger" in reason["message"]
    assert entry["verdict"] == "check"


def test_a_film_of_another_material_is_not_blamed_on_its_thickness():
    spectra, circuit, samples = films(relative=0.03)
    spectra[3] = spectrum(THICKNESSES[3], AREA, sigma=1.5 * SIGMA, seed=9, label="F3")
    entry = series(spectra, circuit, samples)
    assert "film-apart" in codes(entry)
    assert "thickness-doubtful" not in codes(entry)


def test_other_temperatures_and_stacks_are_left_out_by_name():
    spectra, circuit, samples = films()
    kelvin = [298.15, 298.4, 297.9, 298.15, 313.15, 298.15]
    some = [replace(s, temperature=t) for s, t in zip(samples, kelvin, strict=True)]
    some[1] = replace(some[1], stack="Pt/LiPON/Au")
    entry = series(spectra, circuit, some)
    assert {one["label"] for one in entry["excluded"]} == {"F4", "F1"}
    assert {"mixed-temperatures", "mixed-films"} <= set(codes(entry))
    assert entry["members"] == ["F0", "F2", "F3", "F5"]
    drawn = {point["label"]: point["used"] for point in entry["figure"]["points"]}
    assert drawn["F4"] is False


def test_a_stated_scatter_of_the_thermometer_is_an_error_of_each_film():
    exact, loose = (
        series(*films(known={"temperature": 298.15, "temperature_stderr": kelvin})) for kelvin in (None, 0.5)
    )
    relative = [entry["points"][0]["relative_stderr"] for entry in (exact, loose)]
    assert_allclose(np.sqrt(relative[1] ** 2 - relative[0] ** 2), 0.036, rtol=0.01)


def test_an_arc_outside_the_window_and_a_film_without_thickness_are_left_out_by_name():
    spectra, circuit, samples = films()
    spectra[5] = spectrum(THICKNESSES[5], AREA, sigma=100 * SIGMA, label="F5").between(1, 1e6)
    samples[2] = replace(samples[2], thickness=None, thickness_stderr=None)
    entry = series(spectra, circuit, samples)
    why = {one["label"]: one["why"] for one in entry["excluded"]}
    assert "above the window" in why["F5"]
    assert why["F2"] == "no thickness"


def test_dots_of_one_film_share_the_error_of_its_thickness():
    spectra, circuit, samples = films()
    twins = [spectrum(THICKNESSES[0], AREA, seed=20 + k, label=f"F0{k}") for k in range(4)]
    alone = series(spectra, circuit, samples)
    entry = series([*spectra, *twins], circuit, [*samples, *[samples[0]] * 4])
    assert entry["degrees_of_freedom"] == len(THICKNESSES) - 2
    assert_allclose(entry["asr_interface_ohm_cm2"]["stderr"], alone["asr_interface_ohm_cm2"]["stderr"], rtol=0.1)
    assert len(entry["members"]) == len(THICKNESSES) + 4


def test_thicknesses_that_hardly_differ_bound_and_give_no_value():
    read = np.linspace(800e-9, 860e-9, 5)
    entry = series(*films(read, true=read))
    asr = entry["asr_interface_ohm_cm2"]
    assert (asr["value"], asr["interval"][0], asr["reason"]) == (None, None, "bounded from one side only")
    assert 0 < asr["interval"][1] < 25
    assert "few-thicknesses" in codes(entry)


def test_two_thicknesses_give_no_line_and_the_series_says_why():
    read = THICKNESSES[[2, 4]]
    entry = series(*films(read, true=read))
    assert entry["sigma_S_per_cm"]["value"] is None
    assert "2 of 3 thicknesses" in entry["sigma_S_per_cm"]["reason"]
    assert entry["verdict"] == "check"


def test_films_of_one_thickness_are_refused_with_the_remedy():
    read = THICKNESSES[[2, 2, 2]]
    spectra, circuit, samples = films(read, true=read)
    with pytest.raises(InvalidOption, match="thickness_um"):
        fit_series(spectra, circuit, kind="thickness", samples=samples)


def test_the_kind_is_found_by_what_varies():
    assert varying([le.Sample(thickness=d, group="a") for d in (1e-7, 2e-7, 3e-7)]) == "thickness"
    assert varying([le.Sample(area=a, group="a") for a in (1e-7, 2e-7, 3e-7)]) == "area"


@pytest.mark.parametrize("case", benchmark.CASES, ids=lambda case: case.name)
def test_intervals_hold_the_truth_as_often_as_the_benchmark_says(case):
    outcomes = benchmark.from_spectra(case, 12, 5) if case.spectra else benchmark.direct(case, 40, 5)
    for row in benchmark.rows(case, outcomes):
        assert row["high"] > 0.95
        assert abs(row["bias_value"]) < 4 * row["bias_stderr"]
