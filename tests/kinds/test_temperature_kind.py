"""Joint temperature series from spectra and samples to the entry in results.json, beside the two-step way."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.errors import InvalidOption
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.series import fit_series, varying

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import series as benchmark

THICKNESS, AREA = 1.2e-6, 0.5e-4
CELSIUS = tuple(range(-20, 81, 10))


def spectrum(celsius, seed=0, highest=1e6, contact=None, exponent=0.96):
    t = celsius + 273.15
    sigma = 2.3e-4 * np.exp(-0.55 / BOLTZMANN_EV * (1 / t - 1 / ROOM))  # S/m
    r = THICKNESS / (sigma * AREA)
    c = 16 * 8.8541878128e-12 * AREA / THICKNESS
    values = [6.0, r, (r * c) ** exponent / r, exponent, 2e-6, 0.92]
    f = np.logspace(np.log10(highest), 0, round(10 * np.log10(highest)) + 1)
    text = "lipon-blocking"
    if contact:  # charge transfer of a cell, with an energy of its own
        rct = contact * np.exp(0.45 / BOLTZMANN_EV * (1 / t - 1 / ROOM))
        text, values = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", [*values[:4], rct, 5e-6, 0.9, 2e-3, 0.95]
    return le.simulate(text, values, f, noise=0.003, seed=seed, label=f"{celsius} C")


def film(temperatures=CELSIUS, group="film", **how):
    spectra = [spectrum(c, seed=i, **how) for i, c in enumerate(temperatures)]
    return spectra, samples(temperatures, group)


def samples(temperatures, group="film", **known):
    return [
        le.Sample.build(thickness=THICKNESS, area=AREA, temperature=c + 273.15, group=group, **known)
        for c in temperatures
    ]


@pytest.fixture(scope="module")
def leaving():
    """A film whose arc leaves the window as it warms."""
    spectra, films = film()
    return fit_series(spectra, "lipon-blocking", kind="temperature", samples=films)


def test_all_spectra_are_members_and_two_steps_stand_beside(leaving):
    (entry,) = leaving.to_document()["series"]
    assert (entry["kind"], entry["method"], entry["role"]) == ("temperature", "joint", "bulk")
    assert entry["members"] == [f"{c} C" for c in CELSIUS]
    assert {e["label"] for e in entry["two_step"]["excluded"]} == {"70 C", "80 C"}
    ours, theirs = entry["activation_energy_eV"]["sigma"], entry["two_step"]["activation_energy_eV"]["sigma"]
    assert ours["interval"][0] < 0.55 < ours["interval"][1]
    assert ours["stderr"] < 0.8 * theirs["stderr"]
    assert entry["sigma_25C_S_per_cm"]["interval"][0] < 2.3e-6 < entry["sigma_25C_S_per_cm"]["interval"][1]


def test_hot_points_are_two_sided_though_the_spectrum_alone_gives_a_bound(leaving):
    (entry,) = leaving.to_document()["series"]
    hottest = entry["points"][-1]
    alone = leaving.results[-1].derived["sigma_bulk"]
    assert np.isnan(alone.value)
    assert not hottest["in_window"]
    low, high = hottest["sigma_S_per_cm"]["interval"]
    truth = 2.3e-6 * np.exp(-0.55 / BOLTZMANN_EV * (1 / 353.15 - 1 / ROOM))
    assert low < truth < high < 1.2 * low


def test_what_is_shared_stands_in_the_document_as_json_can_carry_it(leaving):
    (entry,) = json.loads(json.dumps(leaving.to_document(), allow_nan=False))["series"]
    shared = {one["quantity"]: one for one in entry["shared"]}
    assert_allclose(shared["lead"]["value"], 6.0, rtol=0.02)
    assert_allclose(shared["exponent"]["value"], 0.96, atol=0.002)
    assert shared["capacitance"]["role"] == "bulk"
    assert [r["code"] for r in entry["reasons"]] == ["arc-outside-some"]
    assert entry["verdict"] == "pass"


def test_where_every_arc_is_resolved_both_ways_agree():
    spectra, films = film(highest=1e8)
    (entry,) = fit_series(spectra, "lipon-blocking", samples=films).to_document()["series"]
    for key in ("sigma", "sigma_T"):
        ours, theirs = entry["activation_energy_eV"][key], entry["two_step"]["activation_energy_eV"][key]
        assert abs(ours["value"] - theirs["value"]) < 0.2 * theirs["stderr"]
        assert_allclose(ours["stderr"], theirs["stderr"], rtol=0.05)


def test_geometry_stays_in_sigma_and_cancels_in_the_energy(leaving):
    spectra, _ = film()
    films = samples(CELSIUS, thickness_stderr=0.1 * THICKNESS)
    (wide,), (plain,) = fit_series(spectra, "lipon-blocking", samples=films).series, leaving.series
    assert_allclose(wide.line.sigma.stderr, plain.line.sigma.stderr, rtol=1e-6)
    relative = [s.line.sigma_25C.stderr / s.line.sigma_25C.value for s in (wide, plain)]
    assert_allclose(relative[0] ** 2 - relative[1] ** 2, 0.1**2, rtol=1e-3)


def test_without_thickness_there_is_an_energy_and_no_conductivity():
    spectra, _ = film(CELSIUS[:6])
    films = [le.Sample.build(temperature=c + 273.15, group="film") for c in CELSIUS[:6]]
    (entry,) = fit_series(spectra, "lipon-blocking", samples=films).to_document()["series"]
    assert entry["sigma_25C_S_per_cm"]["value"] is None
    assert entry["activation_energy_eV"]["sigma"]["value"] == pytest.approx(0.55, abs=0.02)
    assert "geometry-missing" in [reason["code"] for reason in entry["reasons"]]


def test_spectra_for_which_auto_chose_other_circuits_are_fitted_with_that_of_the_others():
    spectra, films = film()
    batch = fit_series(spectra, samples=films, kind="temperature")
    (entry,) = batch.to_document()["series"]
    assert len(entry["members"]) == len(CELSIUS)
    assert entry["circuit"] == "R0-p(R1,CPE1)-CPE2"


def test_a_spectrum_that_fails_or_is_of_another_area_is_left_out_and_named():
    spectra, films = film(CELSIUS[:7])
    films[2] = le.Sample.build(thickness=THICKNESS, area=2 * AREA, temperature=273.15, group="film")
    rng = np.random.default_rng(0)
    wild = spectra[5].impedance * (1 + 0.4 * rng.normal(size=len(spectra[5])))
    spectra[5] = le.Spectrum(spectra[5].frequency, wild, label="noisy")
    (series,) = fit_series(spectra, "lipon-blocking", samples=films).series
    why = dict(series.excluded)
    assert "thickness or area" in why["0 C"]
    assert "FAIL" in why["noisy"]
    assert len(series.members) == 5


def test_charge_transfer_has_an_energy_of_its_own_in_two_steps():
    temperatures = (0, 10, 20, 30, 40)
    spectra, films = film(temperatures, highest=7e6, contact=400.0)
    roles = {"R1": "bulk.resistance", "R2": "charge_transfer.resistance", "R0": "lead.resistance"}
    batch = fit_series(spectra, "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", roles=roles, samples=films)
    series = {(s["role"], s["method"]): s for s in batch.to_document()["series"]}
    found = series["charge_transfer", "two-step"]
    low, high = found["activation_energy_eV"]["sigma"]["interval"]
    assert low < 0.45 < high
    assert found["asr_25C_ohm_cm2"]["value"] == pytest.approx(400 * 0.5, rel=0.1)
    assert found["asr_25C_ohm_cm2"]["interval"][0] < 200 < found["asr_25C_ohm_cm2"]["interval"][1]
    assert ("bulk", "joint") in series


def test_a_series_that_cannot_be_fitted_jointly_is_that_of_two_steps_and_says_why():
    temperatures = (50, 55, 60, 65)
    spectra, films = film(temperatures, highest=1e6)
    found = fit_series(spectra, "lipon-blocking", samples=films).series
    assert [s.method for s in found] == ["two-step"]
    assert "no-joint-fit" in [reason.code for reason in found[0].reasons]


def test_the_kind_is_told_by_what_varies_and_an_unknown_one_is_refused():
    _, films = film()
    assert varying(films) == "temperature"
    with pytest.raises(InvalidOption, match="nothing varies"):
        varying(films[:2])
    with pytest.raises(InvalidOption, match="did you mean temperature"):
        fit_series([], kind="temperatur")


@pytest.fixture(scope="module")
def many():
    """The benchmark, small: 40 films with 0.5 K scatter and 0.5 K offset, the arc leaves the window."""
    case = benchmark.CASES[0]
    return case, benchmark.measure(case, 40, seed=3)


def test_the_energy_of_the_joint_fit_errs_less_than_that_of_two_steps(many):
    rows = {(row["quantity"], row["way"]): row for row in benchmark.rows(*many)}
    errors = [np.hypot(rows["Ea(σ)", way]["error"], rows["Ea(σT)", way]["error"]) for way in ("joint", "two-step")]
    assert errors[0] < 0.95 * errors[1]


def test_intervals_of_the_joint_fit_hold_the_truth(many):
    found = [pair for one in many[1] for pair in one["joint"].values()]
    pulls = np.array([(estimate.value - truth) / estimate.stderr for estimate, truth in found])
    assert np.sqrt(np.mean(pulls**2)) == pytest.approx(1.0, abs=0.3)  # 60 pulls: ±0.09
    held = np.mean([estimate.interval[0] <= truth <= estimate.interval[1] for estimate, truth in found])
    assert held > 0.87
