"""Complementary cells fitted jointly: truths of simulated sets, roles put right, strangers named, refusals."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lipon_eis as le
from lipon_eis.errors import InvalidOption
from lipon_eis.series import fit_series

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import cells as benchmark

LITHIUM = benchmark.Interface(25.0, 2e-6, 0.93)
CATHODE = benchmark.Interface(150.0, 8e-6, 0.92)
MATERIAL = benchmark.Material(2e-6, 16.0, 0.96, LITHIUM, CATHODE)
FOUR = (*benchmark.THREE, "cathode-symmetric")
ASR_LITHIUM, ASR_CATHODE = benchmark.OWN


def made(material=MATERIAL, kinds=benchmark.THREE, seed=1, foreign="", **sheet):
    """Cells of a material, with circuits left to be chosen and other columns of the sample sheet as given."""
    rng = np.random.default_rng(seed)
    cells = benchmark.cells(material, kinds, rng, "wafer", foreign)
    return [replace(cell, sample=replace(cell.sample, circuit=None, **sheet)) for cell in cells]


def fitted(cells):
    return fit_series([cell.spectrum for cell in cells], kind="cells", samples=[cell.sample for cell in cells]).series


def codes(series):
    return {reason.code: reason.message for reason in series.reasons}


def of_full_cell(series):
    (cell,) = (one for one in series.more["cells"] if one["kind"] == "full-cell")
    return cell


@pytest.fixture(scope="module")
def three():
    """A blocking, a symmetric and a full cell whose arcs are apart."""
    cells = made()
    (series,) = fitted(cells)
    return cells, series


def test_each_quantity_of_the_material_is_found_within_three_errors(three):
    _, series = three
    assert set(series.quantities) == set(MATERIAL.truth)
    for name, truth in MATERIAL.truth.items():
        estimate = series.quantities[name].estimate
        assert abs(np.log(estimate.value / truth)) < 0.05 + 3 * estimate.stderr / estimate.value, name
    assert series.verdict == "pass"


def test_the_full_cell_keeps_its_own_charge_transfer_which_it_alone_has(three):
    cells, series = three
    truth = cells[2].truth.cathode.asr
    found = of_full_cell(series)["quantities"][ASR_CATHODE]["joint"]
    assert found["interval"][0] < truth < found["interval"][1]
    estimate = series.quantities[ASR_CATHODE].estimate
    assert (estimate.value, estimate.stderr) == pytest.approx((found["value"], found["stderr"]))
    assert series.more["shared_by"][ASR_CATHODE] == 1
    assert series.more["shared_by"][ASR_LITHIUM] == 2


def test_which_arc_is_which_is_said_in_words_and_numbers(three):
    _, series = three
    assignment = of_full_cell(series)["assignment"]
    assert not assignment["exchanged"]
    assert assignment["delta_chi2"] > 50
    assert assignment["confidence"] > 0.999
    tops = [assignment["arcs"][role]["peak_frequency_Hz"] for role in ("anode_interface", "charge_transfer")]
    assert tops[0] > 5 * tops[1]
    assert "Li/LiPON is the arc at" in codes(series)["arcs-told"]
    assert series.quantities[ASR_LITHIUM].words == "ASR(Li/LiPON) per side"


def test_the_entry_can_be_written_as_json_with_alone_and_joint_side_by_side(three):
    _, series = three
    entry = json.loads(json.dumps(series.to_dict(), allow_nan=False))
    assert (entry["kind"], entry["method"], entry["verdict"]) == ("cells", "joint", "pass")
    blocking = entry["cells"][0]["quantities"]["sigma_bulk_S_per_cm"]
    assert blocking["gain"] == pytest.approx(blocking["alone"]["stderr"] / blocking["joint"]["stderr"])
    assert blocking["gain"] > 1.1
    assert entry["figure"]["x"]["categories"][2] == "ASR\nLi/LiPON"
    assert [shared["role"] for shared in entry["shared"]] == ["bulk", "anode_interface", "charge_transfer"]


@pytest.fixture(scope="module")
def overlapping():
    """Four cells; the full cell's two slow arcs have time constants 1.2 times apart, of which it shows one arc."""
    cathode = benchmark.Interface(50.0, 2.4e-6, 0.92)
    cells = made(replace(MATERIAL, lithium=benchmark.Interface(80.0, 1.25e-6, 0.92), cathode=cathode), FOUR, seed=4)
    return cells, fitted(cells)[0]


def test_a_full_cell_that_shows_one_arc_is_split_by_the_symmetric_cells_and_says_so(overlapping):
    cells, series = overlapping
    batch = le.fit_batch([cells[2].spectrum], samples=[cells[2].sample])
    assert batch.results[0].circuit.name == "li-lipon-lco-two-arcs"  # alone
    found = of_full_cell(series)["quantities"]
    for name, interface in ((ASR_LITHIUM, cells[2].truth.lithium), (ASR_CATHODE, cells[2].truth.cathode)):
        assert found[name]["alone"]["value"] is None
        low, high = found[name]["joint"]["interval"]
        assert low < interface.asr < high < 1.6 * low
    assert (
        "their split comes from wafer symmetric-lithium and wafer cathode-symmetric" in codes(series)["split-by-others"]
    )
    assert "told apart by wafer symmetric-lithium and wafer cathode-symmetric only" in series.more["findings"][0]


def test_the_full_cells_bulk_alone_is_that_of_the_circuit_it_asked_for(overlapping):
    cells, series = overlapping
    alone = of_full_cell(series)["quantities"]["sigma_bulk_S_per_cm"]["alone"]
    assert alone["value"] == pytest.approx(cells[2].truth.sigma, rel=0.15)


def test_roles_that_the_separate_fit_exchanges_are_put_right():
    """Lithium's arc is the slower, against the usual order."""
    slow = replace(MATERIAL, lithium=replace(CATHODE, asr=60.0), cathode=benchmark.Interface(120.0, 8e-7, 0.93))
    cells = made(slow, seed=2)
    alone = le.fit(cells[2].spectrum, "li-lipon-lco", thickness=cells[2].sample.thickness, area=cells[2].sample.area)
    assert alone.derived["asr_charge_transfer"].value == pytest.approx(60, rel=0.2)  # wrong
    (series,) = fitted(cells)
    assert series.quantities[ASR_CATHODE].estimate.value == pytest.approx(120, rel=0.2)
    assert of_full_cell(series)["assignment"]["exchanged"]
    assert "the other way round" in codes(series)["arcs-exchanged"]
    assert series.verdict == "check"


def test_without_a_symmetric_cell_the_assignment_is_undecided_and_the_remedy_is_named():
    (series,) = fitted(made(kinds=("blocking", "full-cell")))
    message = codes(series)["assignment-undecided"]
    assert "A symmetric cell" in message
    assert "confidence of 50%" in message
    assert series.quantities["sigma_bulk_S_per_cm"].estimate.value == pytest.approx(2e-6, rel=0.12)


@pytest.mark.parametrize("kind", ["symmetric-lithium", "cathode-symmetric"])
def test_either_symmetric_cell_tells_the_arcs_of_a_full_cell_apart(kind):
    (series,) = fitted(made(kinds=(kind, "full-cell")))
    assert "assignment-undecided" not in codes(series)
    assert of_full_cell(series)["assignment"]["confidence"] > 0.99
    assert series.quantities[ASR_CATHODE].estimate.value == pytest.approx(150, rel=0.15)


def test_a_cell_of_another_film_is_named_and_the_interval_holds_both():
    cells = made(kinds=FOUR, foreign="blocking", seed=6)
    (series,) = fitted(cells)
    message = codes(series)["not-shared"]
    assert "Farthest is σ of wafer blocking" in message
    assert "raised to hold it: σ to" in message
    low, high = series.quantities["sigma_bulk_S_per_cm"].estimate.interval
    assert low < 2e-6 < high
    assert high > 1.3 * low
    (others,) = fitted(cells[1:])
    assert "not-shared" not in codes(others)


def test_a_wrong_area_moves_resistance_and_capacitance_of_a_cell_together_and_is_drawn_back():
    """The full cell's area is 8 % off, of which its error of 10 % allows for; the symmetric cells know theirs."""
    cells = made(kinds=FOUR, seed=3)
    sample = cells[2].sample
    wrong = 1.08 * sample.area
    cells[2] = replace(cells[2], sample=replace(sample, area=wrong, area_stderr=0.1 * wrong))
    (series,) = fitted(cells)
    found = of_full_cell(series)["quantities"][ASR_CATHODE]
    truth = cells[2].truth.cathode.asr
    assert found["alone"]["value"] / truth - 1 > 0.05
    assert abs(found["joint"]["value"] / truth - 1) < 0.6 * (found["alone"]["value"] / truth - 1)
    assert found["gain"] > 1.5


def test_cells_are_put_together_by_group_and_temperature():
    cells = made(kinds=FOUR)
    warm = [replace(cell, sample=replace(cell.sample, temperature=318.15)) for cell in cells[:2]]
    near = [replace(cells[2], sample=replace(cells[2].sample, temperature=298.9))]
    found = {series.label: len(series.members) for series in fitted([*cells, *warm, *near])}
    assert found == {"wafer, 25 °C": 5, "wafer, 45 °C": 2}


def test_cells_that_cannot_be_used_are_left_out_and_named():
    blocking, lithium, full, cathodes = made(kinds=FOUR)
    odd = [
        replace(lithium, sample=replace(lithium.sample, area=None, area_stderr=None, label="no area")),
        replace(full, sample=replace(full.sample, stack=None, label="no stack")),
        replace(full, sample=replace(full.sample, stack="Li/LiPON/LNMO", label="LNMO")),
        replace(full, sample=replace(full.sample, stack="LiCoO2/LiPON/Li", label="the other way round")),
        replace(cathodes, sample=replace(cathodes.sample, temperature=None, label="no temperature")),
    ]
    (series,) = fitted([blocking, lithium, full, *odd])
    why = dict(series.excluded)
    assert why["no area"] == "no area"
    assert "stack" in why["no stack"]
    assert "another cathode (LNMO)" in why["LNMO"]
    assert "no temperature" in why["no temperature"]
    assert "the other way round" in series.members


def test_what_is_not_said_of_geometry_and_temperature_is_noted():
    cells = made(thickness_stderr=None, area_stderr=None, temperature=None)
    (series,) = fitted(cells)
    assert {"temperature-missing", "geometry-exact"} <= codes(series).keys()
    assert series.verdict == "pass"


def test_circuits_named_in_the_sheet_stand_for_stacks():
    rng = np.random.default_rng(1)
    cells = benchmark.cells(MATERIAL, benchmark.THREE, rng, "wafer")
    (series,) = fitted([replace(cell, sample=replace(cell.sample, stack=None)) for cell in cells])
    assert [cell["kind"] for cell in series.more["cells"]] == list(benchmark.THREE)
    assert series.quantities[ASR_LITHIUM].words == "ASR(anode interface) per side"


def test_cells_of_one_kind_are_refused_with_the_remedy():
    cells = made(kinds=("blocking",)) * 2
    with pytest.raises(InvalidOption, match="columns group and stack"):
        fitted(cells)


def test_a_group_of_one_kind_beside_another_says_that_it_has_no_result():
    cells = made()
    alone = replace(cells[0], sample=replace(cells[0].sample, group="alone"))
    found = {series.label: series for series in fitted([*cells, alone])}
    assert found["alone"].quantities == {}
    assert "blocking" in codes(found["alone"])["one-kind"]
    assert found["wafer"].verdict == "pass"


@pytest.fixture(scope="module")
def many():
    """The benchmark, small: sets whose slow arcs overlap, and sets in which lithium's is the slower."""
    return {case.name: (case, benchmark.measure(case, 8, seed=3)) for case in benchmark.CASES[1:3]}


def test_intervals_hold_the_truth_and_errors_are_as_large_as_said(many):
    found = [entry for _, outcomes in many.values() for outcome in outcomes for entry in outcome.levels()]
    pulls = np.array([np.log(v / t) * v / s for _, v, s, _, t in found if np.isfinite(v)])
    assert np.sqrt(np.mean(pulls**2)) == pytest.approx(1.0, abs=0.3)  # 96 pulls, of six quantities a set
    assert np.mean([interval[0] <= t <= interval[1] for _, _, _, interval, t in found]) > 0.88


def test_the_joint_fit_errs_less_in_charge_transfer_than_the_separate_one_and_exchanges_nothing(many):
    for case, outcomes in many.values():
        rows = {(row["quantity"], row["way"]): row for row in benchmark.full_rows(case, outcomes)}
        assert rows[ASR_CATHODE, "joint"]["error"] < 0.5 * rows[ASR_CATHODE, "alone"]["error"]
        row = benchmark.exchange_row(case, outcomes)
        assert (row["joint"], row["met"]) == (0, True)
    assert row["alone"] > 0.6 * row["sets"]  # lithium's arc is the slower
