"""Diffusion in the cathode: what the window knows of it, and only that."""

import math

import numpy as np
import pytest
from fits import make_fit
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.library import load_circuit
from lipon_eis.physics.derived import derive_all
from lipon_eis.physics.diffusion import LIMIT, SLOPE, layer_of
from lipon_eis.sample import Sample

TEXT = "R0-p(R1,CPE1)-Wo1"
ROLES = {"R1": "bulk.resistance", "CPE1": "bulk.capacitance", "Wo1": "diffusion"}
BY_PARAMETER = {"Wo1_0": "diffusion.resistance", "Wo1_1": "diffusion.time"}
CELL = {"R0": 5.0, "R1": 100.0, "CPE1_0": 1e-6, "CPE1_1": 0.95}
FILM = Sample(area=1e-4, cathode_thickness=3e-7)
SLOPE_OF = 30.0  # Z0/√τ [Ω s^-1/2]
QUANTITIES = (
    "diffusion_time",
    "diffusion_coefficient",
    "capacitance_diffusion",
    "warburg_coefficient",
    "asr_diffusion",
)


def spectrum(tau, seed, f=None, noise=0.003):
    f = np.logspace(4, -2, 37) if f is None else f
    values = {**CELL, "Wo1_0": SLOPE_OF * math.sqrt(tau), "Wo1_1": tau}
    return le.simulate(TEXT, values, f, noise=noise, seed=seed)


def truth(tau):
    z0 = SLOPE_OF * math.sqrt(tau)
    return dict(zip(QUANTITIES, (tau, 9e-14 * 1e4 / tau, tau / z0, z0 / math.sqrt(2 * tau), z0), strict=True))


def fitted(tau, seed=1, sample=FILM, **how):
    return le.fit(spectrum(tau, seed, **how), TEXT, roles=ROLES, sample=sample).derived


def fit_of(z0, tau, relative, correlation):
    """A fit with given relative errors of Z0 and τ and their correlation."""
    fit = make_fit(TEXT, {**CELL, "Wo1_0": z0, "Wo1_1": tau}, relative=np.array([0.01] * 4 + list(relative)))
    fit.covariance[4, 5] = fit.covariance[5, 4] = correlation * math.sqrt(fit.covariance[4, 4] * fit.covariance[5, 5])
    return fit


def test_a_window_that_reaches_the_limit_knows_everything():
    found = fitted(20.0)
    for name, true in truth(20.0).items():
        assert_allclose(found[name].value, true, rtol=0.1)
        assert found[name].interval[0] < found[name].value < found[name].interval[1]
        assert found[name].reason == ""
    assert [found[name].unit for name in QUANTITIES] == ["s", "cm2/s", "F", "ohm s^-1/2", "ohm cm2"]
    assert_allclose(found["capacitance_per_area_diffusion"].value, found["capacitance_diffusion"].value)  # 1 cm²


def test_a_window_that_ends_on_the_slope_knows_the_slope_and_bounds_the_rest():
    """A true time of 5000 s, and of 0.01 Hz the last frequency: nobody could tell it from 500 s."""
    found, true = fitted(5000.0), truth(5000.0)
    slope = found["warburg_coefficient"]
    assert_allclose(slope.value, true["warburg_coefficient"], rtol=0.05)
    assert 0 < slope.stderr < 0.03 * slope.value
    for name in ("diffusion_time", "capacitance_diffusion", "asr_diffusion"):
        assert math.isnan(found[name].value)
        assert 0 < found[name].interval[0] < true[name]
        assert math.isnan(found[name].interval[1])
        assert "slope" in found[name].reason
    assert math.isnan(found["diffusion_coefficient"].value)
    assert math.isnan(found["diffusion_coefficient"].interval[0])
    assert found["diffusion_coefficient"].interval[1] > true["diffusion_coefficient"]


def test_a_window_that_begins_beyond_the_slope_knows_the_capacitance_and_bounds_the_rest_from_the_other_side():
    found, true = fitted(2e-5), truth(2e-5)
    assert_allclose(found["capacitance_diffusion"].value, true["capacitance_diffusion"], rtol=0.01)
    for name in ("diffusion_time", "warburg_coefficient", "asr_diffusion"):
        assert math.isnan(found[name].value)
        assert math.isnan(found[name].interval[0])
    assert found["diffusion_time"].interval[1] > true["diffusion_time"]
    assert found["diffusion_coefficient"].interval[0] < true["diffusion_coefficient"]
    assert math.isnan(found["diffusion_coefficient"].interval[1])


@pytest.mark.parametrize("interval", ["auto", "covariance"])
def test_intervals_and_bounds_hold_the_truth_as_often_as_they_say(interval):
    """From the limit well in the window to far below it; 95 % of 200, less four standard deviations, are 178."""
    times = np.repeat([10.0, 60.0, 150.0, 1000.0], 50)
    spectra = [spectrum(tau, seed) for seed, tau in enumerate(times)]
    batch = le.fit_batch(spectra, circuit=TEXT, roles=ROLES, samples=[FILM] * len(spectra), interval=interval)
    held = dict.fromkeys(QUANTITIES, 0)
    for result, tau in zip(batch.results, times, strict=True):
        for name, true in truth(tau).items():
            low, high = result.derived[name].interval
            held[name] += not (low > true or high < true)
    assert min(held.values()) >= 178, held


def test_the_error_of_d_has_the_thickness_of_the_cathode_twice_and_not_that_of_the_film():
    fit = fit_of(30.0, 25.0, (0.02, 0.03), 0.0)
    sample = Sample(thickness=1e-6, thickness_stderr=4e-7, cathode_thickness=3e-7, cathode_thickness_stderr=1.5e-8)
    found = derive_all(fit, BY_PARAMETER, sample)["diffusion_coefficient"]
    assert_allclose(found.value, (3e-5) ** 2 / 25.0)  # cm² over s, by hand
    assert_allclose(found.stderr_geometry / found.value, 0.10)
    assert_allclose(found.stderr_fit / found.value, 0.03)


def test_what_is_made_of_resistance_and_time_has_their_correlation():
    fit = fit_of(30.0, 25.0, (0.02, 0.05), 0.9)
    found = derive_all(fit, BY_PARAMETER, FILM)
    variance = 0.02**2 + 0.05**2 - 2 * 0.9 * 0.02 * 0.05
    assert_allclose(found["capacitance_diffusion"].stderr / found["capacitance_diffusion"].value, math.sqrt(variance))
    variance = 0.02**2 + 0.025**2 - 0.9 * 0.02 * 0.05
    assert_allclose(found["warburg_coefficient"].stderr / found["warburg_coefficient"].value, math.sqrt(variance))


def test_what_the_window_knows_follows_from_the_better_known_combination():
    assert layer_of(fit_of(30.0, 25.0, (0.02, 0.03), 0.5), "Wo1", 4, 5).known == "both"
    assert layer_of(fit_of(30.0, 25.0, (2.0, 4.0), 1 - 1e-6), "Wo1", 4, 5).known == "slope"
    assert layer_of(fit_of(30.0, 25.0, (4.0, 4.0), 1 - 1e-6), "Wo1", 4, 5).known == "limit"
    assert layer_of(fit_of(30.0, 25.0, (4.0, 4.0), 0.0), "Wo1", 4, 5).known == "neither"
    assert math.isclose(np.dot(SLOPE, (0.5, 1.0)), 0)  # Z0 ∝ √τ leaves the slope alone,
    assert math.isclose(np.dot(LIMIT, (1.0, 1.0)), 0)  # and Z0 ∝ τ the capacitance


def test_where_neither_is_known_nothing_is_given_and_that_is_said():
    found = derive_all(fit_of(30.0, 25.0, (4.0, 4.0), 0.0), BY_PARAMETER, FILM)
    for name in QUANTITIES:
        assert math.isnan(found[name].value)
        assert "neither" in found[name].reason


def test_bounds_meet_the_values_where_the_bound_of_the_time_is_the_time():
    """Taken along the slope, every bound is the quantity at Z0 = slope · √(bound of τ)."""
    fit = fit_of(30.0, 25.0, (2.0, 4.0), 1 - 1e-6)
    end = 4.0
    fit.intervals[5] = (end, np.nan)
    sample = Sample(area=2e-4, cathode_thickness=3e-7)
    found = derive_all(fit, BY_PARAMETER, sample)
    z0 = 30.0 * math.sqrt(end / 25.0)
    assert_allclose(found["diffusion_time"].interval[0], end)
    assert_allclose(found["diffusion_coefficient"].interval[1], 9e-10 / end)
    assert_allclose(found["capacitance_diffusion"].interval[0], end / z0, rtol=0.02)
    assert_allclose(found["asr_diffusion"].interval[0], z0 * 2, rtol=0.02)
    assert_allclose(found["warburg_coefficient"].value, 30.0 / math.sqrt(50.0))


def test_of_two_equal_cathodes_each_has_half_the_resistance_and_twice_the_capacitance():
    fit = fit_of(30.0, 25.0, (0.02, 0.03), 0.0)
    one, two = (derive_all(fit, BY_PARAMETER, FILM, sides=sides) for sides in ({}, {"diffusion": 2}))
    ratio = {name: two[name].value / one[name].value for name in (*QUANTITIES, "capacitance_per_area_diffusion")}
    assert ratio == pytest.approx(dict(zip(ratio, (1, 1, 2, 0.5, 0.5, 2), strict=True)))
    assert load_circuit("lco-lipon-lco").sides["diffusion"] == 2


def test_a_layer_with_an_open_end_has_no_limiting_capacitance():
    fit = make_fit("R0-Ws1", {"R0": 5.0, "Ws1_0": 30.0, "Ws1_1": 25.0})
    roles = {"Ws1_0": "diffusion.resistance", "Ws1_1": "diffusion.time"}
    found = derive_all(fit, roles, FILM)
    assert "capacitance_diffusion" not in found
    assert_allclose(found["warburg_coefficient"].value, 30 / math.sqrt(50))


def test_without_a_cathode_s_thickness_there_is_no_d_and_the_sheet_s_name_of_it_is_said():
    found = derive_all(fit_of(30.0, 25.0, (0.02, 0.03), 0.0), BY_PARAMETER, Sample(thickness=1e-6, area=1e-4))
    assert math.isnan(found["diffusion_coefficient"].value)
    assert "cathode_thickness" in found["diffusion_coefficient"].reason
    assert found["diffusion_time"].value == 25.0


@pytest.mark.parametrize(
    ("thickness", "tau", "told"),
    [("0.3 um", 20.0, False), ("3 mm", 20.0, True), ("0.3 um", 5000.0, False), ("0.5 nm", 5000.0, True)],
)
def test_a_diffusion_coefficient_that_no_cathode_has_is_a_check(thickness, tau, told):
    """The last one's time is bounded from below, and so its coefficient from above."""
    sample = le.Sample.build(area="1 cm2", cathode_thickness=thickness)
    result = le.fit(spectrum(tau, 1), TEXT, roles=ROLES, sample=sample)
    found = [r.level for r in result.reasons if r.code == "diffusion-implausible"]
    assert found == (["check"] if told else [])
