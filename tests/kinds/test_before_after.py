"""Before and after, from spectra and samples to the entry in results.json."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.errors import InvalidOption
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.series import fit_series, varying

CELL = "li-lipon-lco-two-arcs"
F = np.logspace(np.log10(7e6), -2, 80)
AREA = 0.25e-4
BULK, CT, TAIL = (280.0, 2.53e-9, 0.97), (2400.0, 1.06e-6, 0.93), (800.0, 20.0)


def arc(r, c, n):
    return r, (r * c) ** n / r, n


def spectrum(ct=CT, seed=0, bulk=BULK, label="", celsius=None):
    values = [7.0, *arc(*bulk), *arc(*ct), *TAIL]
    if celsius is not None:
        t = celsius + 273.15
        for i, energy in ((1, 0.55), (4, 0.45)):
            factor = np.exp(energy / BOLTZMANN_EV * (1 / t - 1 / ROOM))
            r, q, n = values[i : i + 3]
            values[i : i + 3] = arc(r * factor, (r * q) ** (1 / n) / r, n)
    return le.simulate(CELL, values, F, noise=0.003, seed=seed, label=label)


def sample(state, celsius=25, **known):
    return le.Sample.build(area=AREA, temperature=celsius + 273.15, group="cell", state=state, **known)


def series_of(spectra, samples, **how):
    batch = fit_series(spectra, CELL, kind="before-after", samples=samples, interval="covariance", **how)
    return json.loads(json.dumps(batch.to_document(), allow_nan=False))["series"]


def role(entry, name="charge_transfer"):
    return next(one for one in entry["roles"] if one["role"] == name)


@pytest.fixture(scope="module")
def annealed():
    after = (CT[0] / 6, CT[1] * 6, CT[2])
    spectra = [spectrum(after, 1, label="after"), spectrum(CT, 2, label="before")]
    (entry,) = series_of(spectra, [sample("annealed"), sample("as-deposited")])
    return entry


def test_ratios_are_of_after_over_before_though_after_was_read_first(annealed):
    assert (annealed["before"]["members"], annealed["after"]["members"]) == (["before"], ["after"])
    for name, truth in (("resistance", 1 / 6), ("capacitance", 6.0)):
        found = annealed[f"ratio_charge_transfer_{name}"]
        low, high = found["interval"]
        assert low < truth < high
        assert found["stderr"] < 0.02 * truth
        assert_allclose(low * high, found["value"] ** 2, rtol=1e-9)  # symmetric in the logarithm
    assert annealed["ratio_bulk_conductivity"]["value"] == pytest.approx(1, abs=0.01)
    assert annealed["ratio_bulk_resistance"]["value"] == pytest.approx(1 / annealed["ratio_bulk_conductivity"]["value"])


def test_more_area_is_recognised_and_what_it_cannot_be_told_from_is_said(annealed):
    found = role(annealed)
    assert found["picture"] == "more active area"
    assert "layer that thinned would look the same" in found["words"]
    assert found["pictures"]["barrier"] < 1e-6 < 0.01 < found["pictures"]["rc_constant"]
    assert role(annealed, "bulk")["picture"] == "no change"
    assert any(text.startswith("charge transfer: more active area") for text in annealed["findings"])


@pytest.mark.parametrize(
    ("after", "picture"),
    [
        ((CT[0] * 3, CT[1] / 3, CT[2]), "growing layer"),
        ((CT[0] / 3, CT[1], CT[2]), "barrier"),
        ((CT[0] * 3, CT[1], CT[2]), "barrier"),
        ((CT[0] / 3, CT[1] * 1.5, CT[2]), "none of these alone"),
    ],
)
def test_other_pictures_are_told_apart(after, picture):
    (entry,) = series_of([spectrum(CT, 3), spectrum(after, 4)], [sample("fresh"), sample("cycled")])
    assert role(entry)["picture"] == picture
    clear = picture != "none of these alone"
    assert clear != ("change-unclear" in [reason["code"] for reason in entry["reasons"]])


def test_the_figure_is_the_plane_of_both_ratios(annealed):
    figure = annealed["figure"]
    assert figure["x"]["logarithmic"]
    assert figure["y"]["logarithmic"]
    point = next(point for point in figure["points"] if point["label"] == "charge_transfer")
    assert (point["x"], point["y"]) == (
        annealed["ratio_charge_transfer_resistance"]["value"],
        annealed["ratio_charge_transfer_capacitance"]["value"],
    )
    line = next(curve for curve in figure["curves"] if "R·C" in curve["words"])
    assert_allclose(np.multiply(line["x"], line["y"]), 1)


def test_every_later_state_is_compared_with_the_first():
    spectra = [spectrum((CT[0] * k, CT[1] / k, CT[2]), seed) for seed, k in enumerate((1.0, 2.0, 4.0))]
    found = series_of(spectra, [sample(state) for state in ("fresh", "cycled", "aged")])
    assert [one["label"] for one in found] == ["cell, cycled", "cell, aged"]
    assert [one["before"]["state"] for one in found] == ["fresh", "fresh"]
    assert found[1]["ratio_charge_transfer_resistance"]["value"] == pytest.approx(4, rel=0.02)


def test_dots_of_one_group_are_cells_of_their_own():
    spectra = [spectrum(CT, 1), spectrum((CT[0] / 2, CT[1] * 2, CT[2]), 2), spectrum(CT, 3), spectrum(CT, 4)]
    samples = [sample(state, device=dot) for dot in ("dot 1", "dot 2") for state in ("fresh", "annealed")]
    found = series_of(spectra, samples)
    assert [one["label"] for one in found] == ["cell, dot 1", "cell, dot 2"]
    assert [role(one)["picture"] for one in found] == ["more active area", "no change"]


TEMPERATURES = (5, 15, 25, 35, 45)


def over_temperature(after, shift=0.0, first=10):
    spectra, samples = [], []
    for k, celsius in enumerate(TEMPERATURES):
        for late, ct in enumerate((CT, after)):
            t = celsius + shift * late
            spectra.append(spectrum(ct, first + 2 * k + late, celsius=t, label=f"{'ba'[late]}{celsius}"))
            samples.append(sample(("fresh", "annealed")[late], t, temperature_stderr=0.02))
    return spectra, samples


@pytest.fixture(scope="module")
def heated():
    (entry,) = series_of(*over_temperature((CT[0] / 4, CT[1] * 4, CT[2])))
    return entry


def test_an_energy_that_stayed_is_unchanged_within_the_margin_by_a_test_of_equivalence(heated):
    found = role(heated)["delta_activation_energy_eV"]
    assert found["call"] == "unchanged within 0.03 eV"
    assert -0.03 < found["interval_90"][0] < found["interval_90"][1] < 0.03
    assert_allclose(found["sigma"]["value"], found["sigma_T"]["value"], atol=1e-4)
    quantity = heated["delta_activation_energy_charge_transfer_eV"]
    assert quantity["unit"] == "eV"
    assert quantity["value"] == found["sigma"]["value"]
    assert quantity["interval"][0] < found["interval_90"][0]


def test_the_ratio_of_states_at_common_temperatures_is_the_mean_of_single_ones(heated):
    found = role(heated)
    assert len(found["at"]) == len(TEMPERATURES)
    single = [one["resistance"]["value"] for one in found["at"]]
    whole = heated["ratio_charge_transfer_resistance"]
    assert min(single) < whole["value"] < max(single)
    assert whole["stderr"] < min(one["resistance"]["stderr"] for one in found["at"])
    assert whole["interval"][0] < 0.25 < whole["interval"][1]


def test_without_common_temperatures_the_lines_are_compared_at_25_degrees():
    (entry,) = series_of(*over_temperature((CT[0] / 4, CT[1] * 4, CT[2]), shift=4.0))
    (one,) = role(entry)["at"]
    assert one["temperature_K"] == 298.15
    low, high = entry["ratio_charge_transfer_resistance"]["interval"]
    assert low < 0.25 < high < 1.1 * low
    assert role(entry)["picture"] == "more active area"


def test_single_spectra_at_different_temperatures_give_no_ratio():
    (entry,) = series_of([spectrum(CT, 1), spectrum(CT, 2, celsius=35)], [sample("fresh"), sample("aged", 35)])
    assert "temperatures-differ" in [reason["code"] for reason in entry["reasons"]]
    assert entry["verdict"] == "check"
    assert entry["ratio_charge_transfer_resistance"]["value"] is None


def test_a_stated_scatter_of_the_thermometer_is_in_the_ratio_of_resistances_only():
    spectra = [spectrum(CT, 1), spectrum(CT, 2)]
    (plain,) = series_of(spectra, [sample("fresh"), sample("aged")])
    (stated,) = series_of(spectra, [sample(s, temperature_stderr=0.5) for s in ("fresh", "aged")])
    expected = np.sqrt(2) * 0.55 * 0.5 / (BOLTZMANN_EV * ROOM**2)
    assert stated["ratio_bulk_resistance"]["stderr"] == pytest.approx(expected, rel=0.05)
    assert_allclose(stated["ratio_bulk_capacitance"]["stderr"], plain["ratio_bulk_capacitance"]["stderr"])
    assert "fit-errors-only" in [reason["code"] for reason in plain["reasons"]]
    assert "fit-errors-only" not in [reason["code"] for reason in stated["reasons"]]


def test_a_state_whose_spectra_all_fail_leaves_nothing_to_compare():
    rng = np.random.default_rng(0)
    good = spectrum(CT, 1)
    wild = le.Spectrum(F, good.impedance * (1 + 0.5 * rng.normal(size=F.size)), label="wild")
    (entry,) = series_of([good, wild], [sample("fresh"), sample("aged")])
    assert entry["excluded"] == [{"label": "wild", "why": "judged FAIL"}]
    assert [reason["code"] for reason in entry["reasons"]] == ["no-pair"]


def test_two_states_are_enough_to_be_called_before_and_after():
    assert varying([sample("fresh"), sample("aged")]) == "before-after"
    annealed = le.Sample(group="g", anneal_temperature=473.15)
    assert varying([le.Sample(group="g"), annealed]) == "before-after"
    assert varying([sample("fresh", t) for t in (0, 10, 20)] + [sample("aged")]) == "temperature"
    with pytest.raises(InvalidOption, match="two states"):
        varying([sample("fresh"), sample("fresh")])


def test_a_sheet_without_two_states_is_wrong_usage():
    with pytest.raises(InvalidOption, match="no group of the sample sheet has two states"):
        series_of([spectrum(CT, 1)], [sample("fresh")])


def test_lines_over_temperature_keep_states_apart():
    spectra, samples = over_temperature((CT[0] / 4, CT[1] * 4, CT[2]))
    batch = le.fit_batch(spectra, CELL, samples=samples, interval="covariance")
    labels = {series.label for series in batch.series}
    assert labels == {"cell, fresh", "cell, annealed"}
