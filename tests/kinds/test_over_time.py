"""Series over time and cycles, from spectra and samples to the entry in results.json."""

import json

import numpy as np
import pytest

import lipon_eis as le
from lipon_eis.errors import InvalidOption
from lipon_eis.series import fit_series, varying

CELL = "li-lipon-li-layer"
F = np.logspace(np.log10(7e6), -1, 79)
AREA = 0.2e-4
HOURS = (0, 1, 4, 9, 16, 36, 64, 100, 225, 400)
BULK = (375.0, 1.9e-9, 0.97)
INTERFACE = 1500.0


def arc(r, c, n):
    return r, (r * c) ** n / r, n


def layer(hours):
    return 250.0 + 300.0 * np.sqrt(hours)


def spectrum(hours, seed, grown=layer, capacitance=lambda t: 1.2e-6, noise=0.003):
    """A layer whose arc overtakes that of the interface behind it; both are of one form."""
    values = [7.0, *arc(*BULK), *arc(grown(hours), capacitance(hours), 0.95), *arc(INTERFACE, 2.2e-6, 0.91)]
    return le.simulate(CELL, values, F, noise=noise, seed=seed, label=f"{hours:g} h")


def samples(hours=HOURS, **known):
    known = {"group": "cell", "area": AREA, "temperature": 298.15} | known
    return [le.Sample.build(time=3600.0 * t, **known) for t in hours]


def series_of(spectra, sheet, **how):
    batch = fit_series(spectra, CELL, kind="time", samples=sheet, interval="covariance", **how)
    found = json.loads(json.dumps(batch.to_document(), allow_nan=False))["series"]
    return {one["role"]: one for one in found}


@pytest.fixture(scope="module")
def crossing():
    return series_of([spectrum(t, 40 + k) for k, t in enumerate(HOURS)], samples())


def test_two_arcs_of_equal_form_whose_time_constants_cross_keep_their_identity(crossing):
    tau = np.array([layer(t) * 1.2e-6 for t in HOURS]) / (INTERFACE * 2.2e-6)
    assert tau[0] < 0.2
    assert tau[-1] > 2
    for role, truth in (("anode_layer", layer), ("anode_interface", lambda t: INTERFACE)):
        points = crossing[role]["points"]
        assert len(points) >= 8
        for point in points:
            found = point["resistance_ohm"]
            assert abs(found["value"] - truth(point["time_h"])) < 5 * found["stderr"]
            assert found["stderr"] < 0.4 * found["value"]


def test_what_goes_by_another_role_than_alone_is_named(crossing):
    entry = crossing["anode_layer"]
    swapped = [point["label"] for point in entry["points"] if point["relabelled"]]
    note = next(reason for reason in entry["reasons"] if reason["code"] == "arcs-relabelled")
    assert swapped
    assert any(label in note["message"] for label in swapped)
    assert note["level"] == "note"


def test_the_law_is_that_of_a_square_root_with_its_rate(crossing):
    entry = crossing["anode_layer"]
    best = entry["laws"][0]
    assert best["law"] == "square root"
    assert entry["law_decided"]
    rate = entry["growth_rate_anode_layer"]
    assert rate["unit"] == "ohm cm2 h^-1/2"
    low, high = rate["interval"]
    assert low < 300 * AREA * 1e4 / 2 < high  # per side
    assert best["parameters"]["b"] == {key: rate[key] for key in ("value", "stderr", "interval", "unit")}
    assert sum(law["weight"] for law in entry["laws"]) == pytest.approx(1)
    assert [law["delta"] for law in entry["laws"]] == sorted(law["delta"] for law in entry["laws"])


def test_what_did_not_grow_has_no_rate(crossing):
    bulk = crossing["bulk"]
    assert bulk["laws"][0]["law"] == "constant"
    assert bulk["growth_rate_bulk"]["value"] is None
    assert "constant" in bulk["growth_rate_bulk"]["reason"]
    assert bulk["resistance_bulk_initial"]["unit"] == "ohm"
    assert bulk["resistance_bulk_initial"]["value"] == pytest.approx(375, rel=0.005)


def test_the_figure_has_the_best_law_solid_and_the_others_dashed(crossing):
    figure = crossing["anode_layer"]["figure"]
    assert (figure["x"]["unit"], figure["y"]["unit"]) == ("h", "ohm cm2")
    assert [curve["fitted"] for curve in figure["curves"]] == [True, False, False, False]
    assert figure["curves"][0]["words"] == "√t"


def test_a_growing_layer_becomes_thicker_as_its_capacitance_falls():
    hours = (0, 1, 4, 9, 16, 25)
    grown = {"grown": lambda t: 250 * (1 + t / 10), "capacitance": lambda t: 2e-7 / (1 + t / 10)}
    found = series_of([spectrum(t, 50 + k, **grown) for k, t in enumerate(hours)], samples(hours))["anode_layer"]
    assert found["picture"] == "growing layer"
    low, high = found["relative_thickness_anode_layer"]["interval"]
    assert low < 3.5 < high
    assert found["laws"][0]["law"] == "linear"
    assert found["growth_rate_anode_layer"]["unit"] == "ohm cm2 h^-1"
    assert any("times as thick" in text for text in found["findings"])


def test_cycles_count_like_hours_and_have_their_own_unit():
    cycles = (0, 1, 4, 9, 16, 25)
    sheet = [le.Sample.build(group="cell", area=AREA, cycle=n) for n in cycles]
    spectra = [spectrum(n, 70 + n, capacitance=lambda t: 2e-7) for n in cycles]
    assert varying(sheet) == "time"
    found = series_of(spectra, sheet)["anode_layer"]
    assert found["variable"] == "cycle"
    assert [point["cycle"] for point in found["points"]] == list(cycles)
    assert found["growth_rate_anode_layer"]["unit"] == "ohm cm2 cycle^-1/2"


def test_where_no_growth_is_as_likely_as_some_it_is_said():
    hours = (0, 1, 4, 9, 16, 25)
    drift = {"grown": lambda t: 250 * (1 + 2e-4 * t), "capacitance": lambda t: 2e-7}
    found = [
        series_of([spectrum(t, seed + k, **drift) for k, t in enumerate(hours)], samples(hours))["anode_layer"]
        for seed in (100, 200, 300)
    ]
    unclear = [one for one in found if not one["law_decided"]]
    assert all("no growth is seen for certain" in one["findings"][0] for one in unclear)
    assert all(one["laws"][0]["law"] == "constant" for one in found if one["law_decided"])


def test_few_times_are_a_check_and_so_is_a_short_span():
    few = series_of([spectrum(t, t, capacitance=lambda t: 2e-7) for t in (1, 4, 9)], samples((1, 4, 9)))
    assert few["bulk"]["verdict"] == "check"
    assert "few-times" in [reason["code"] for reason in few["bulk"]["reasons"]]
    hours = (10, 12, 14, 16, 18)
    short = series_of([spectrum(t, t, capacitance=lambda t: 2e-7, noise=0.02) for t in hours], samples(hours))
    assert "few-times" in [reason["code"] for reason in short["bulk"]["reasons"]]
    assert not short["anode_layer"]["law_decided"]
    assert any("would tell" in text or "measure longer" in text for text in short["anode_layer"]["findings"])


def test_spectra_without_a_time_or_at_another_temperature_are_left_out_and_named():
    hours = (0, 1, 4, 9)
    spectra = [spectrum(t, t, capacitance=lambda t: 2e-7) for t in (*hours, 16, 25)]
    hot = le.Sample.build(group="cell", area=AREA, temperature=320.0, time=57600.0)
    none = le.Sample.build(group="cell", area=AREA, temperature=298.15)
    found = series_of(spectra, [*samples(hours), hot, none])["bulk"]
    why = {one["label"]: one["why"] for one in found["excluded"]}
    assert why == {"16 h": "measured at another temperature than most", "25 h": "no time"}


def test_a_sheet_without_times_is_wrong_usage():
    with pytest.raises(InvalidOption, match="fill the column time_h or cycle"):
        series_of([spectrum(0, 1)], samples((0,)))
