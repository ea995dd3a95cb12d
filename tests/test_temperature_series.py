import numpy as np
import pytest
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.temperature_series import series_of_document

THICKNESS, AREA = 1.2e-6, 0.5e-4


def spectrum(celsius, seed=0, energy=0.55, f_max=7e6):
    t = celsius + 273.15
    sigma = 2.3e-4 * np.exp(-energy / BOLTZMANN_EV * (1 / t - 1 / ROOM))  # S/m
    r = THICKNESS / (sigma * AREA)
    c = 16 * 8.8541878128e-12 * AREA / THICKNESS
    values = [6.0, r, (r * c) ** 0.96 / r, 0.96, 2e-6, 0.92]
    f = np.logspace(np.log10(f_max), 0, 69)
    return le.simulate("lipon-blocking", values, f, noise=0.003, seed=seed, label=f"{celsius} C")


def batch(temperatures, f_max=7e6, **film):
    spectra = [spectrum(c, seed=i, f_max=f_max) for i, c in enumerate(temperatures)]
    samples = [
        le.Sample.build(thickness=THICKNESS, area=AREA, temperature=c + 273.15, group="film", **film)
        for c in temperatures
    ]
    return le.fit_batch(spectra, "lipon-blocking", samples=samples)


def test_a_group_with_five_temperatures_has_an_activation_energy():
    (series,) = batch([-10, 0, 10, 25, 40]).series
    low, high = series.line.sigma.interval
    assert low < 0.55 < high
    assert high - low < 0.06
    assert series.verdict == "pass"
    assert series.members == ("-10 C", "0 C", "10 C", "25 C", "40 C")


def test_two_temperatures_make_no_series():
    assert batch([0, 25]).series == ()


@pytest.mark.parametrize("step", [1e-4, 0.005, 0.1, 0.4])
def test_measurements_repeated_at_one_temperature_are_no_series(step):
    assert batch([25 + k * step for k in range(3)]).series == ()


def test_three_temperatures_over_twenty_kelvin_are_to_be_checked():
    (series,) = batch([20, 30, 40]).series
    assert series.verdict == "check"
    assert [reason.code for reason in series.reasons] == ["few-temperatures"]


def test_the_document_names_both_conventions_and_says_interpolated():
    (series,) = batch([-10, 0, 10, 25, 40]).to_document()["series"]
    assert series["kind"] == "temperature"
    assert series["method"] == "two-step"
    assert set(series["activation_energy_eV"]) == {"sigma", "sigma_T"}
    assert series["sigma_25C_S_per_cm"]["extrapolated"] is False
    assert_allclose(series["sigma_25C_S_per_cm"]["value"], 2.3e-6, rtol=0.05)


def test_a_spectrum_whose_arc_has_left_the_window_is_named_and_left_out():
    results = batch([-10, 0, 10, 25, 85], f_max=1e6)
    (series,) = results.series
    assert [label for label, _ in series.excluded] == ["85 C"]
    assert "R1" in series.excluded[0][1]
    low, high = results.results[-1].derived["sigma_bulk"].interval
    assert low > 0
    assert np.isnan(high)


@pytest.mark.parametrize("count", [4, 6])
def test_geometry_widens_sigma_at_room_temperature_and_not_the_energy(count):
    temperatures = np.linspace(-10, 40, count)
    plain = batch(temperatures).series[0].line
    wide = batch(temperatures, thickness_stderr=0.1 * THICKNESS).series[0].line
    assert_allclose(wide.sigma.stderr, plain.sigma.stderr, rtol=1e-6)
    assert wide.sigma_25C.stderr > 1.5 * plain.sigma_25C.stderr


def test_a_results_document_gives_the_same_series_as_the_fit():
    made = batch([-10, 0, 10, 25, 40])
    (again,) = series_of_document(made.to_document())
    assert again.to_dict() == made.series[0].to_dict()


def test_other_errors_of_the_thermometer_may_be_given_for_results_that_are_there():
    document = batch([-10, 0, 10, 25, 40]).to_document()
    (exact,) = series_of_document(document, 0.0, 0.0)
    (half,) = series_of_document(document, 0.5, 0.5)
    assert exact.line.sigma.stderr < 0.2 * half.line.sigma.stderr


def test_spectra_without_groups_are_told_apart_by_their_geometry():
    made = batch([-10, 0, 10, 25, 40]).to_document()
    for k, entry in enumerate(made["results"]):
        entry["sample"] |= {"group": None, "thickness_m": 1e-6 if k == 0 else 2e-6}
    (series,) = series_of_document(made)
    assert series.label == "lipon-blocking"
    assert len(series.members) == 4


def test_a_spectrum_whose_error_is_not_known_is_left_out():
    made = batch([-10, 0, 10, 25, 40]).to_document()
    sigma = next(q for q in made["results"][1]["derived"] if q["name"] == "sigma_bulk")
    sigma["stderr_fit"] = None
    (series,) = series_of_document(made)
    assert series.excluded == (("0 C", "the error of sigma_bulk is not known"),)


def test_failed_spectra_are_named_with_the_reason():
    made = batch([-10, 0, 10, 25, 40]).to_document()
    made["results"][0] |= {"verdict": "fail", "reasons": [{"code": "misfit", "level": "fail", "message": "…"}]}
    (series,) = series_of_document(made)
    assert series.excluded == (("-10 C", "judged FAIL: misfit"),)
