"""lipon-eis series --kind before-after and --kind time, from exports and a sample sheet to what is printed."""

import json
from importlib.resources import files

import pytest

CELL = {"R0": "7", "R1": "280", "CPE1_0": "3.87n", "CPE1_1": "0.97", "CPE2_1": "0.93", "Wo1_0": "800", "Wo1_1": "20"}
NAME = "li-lipon-lco-two-arcs"


@pytest.fixture
def cell(run, here):
    """Write the spectrum of a cell with a charge transfer of R and C as CSV."""

    def cell(name, r, c, seed):
        q = (r * c) ** 0.93 / r
        settings = [f"--set={k}={v}" for k, v in (CELL | {"R2": f"{r:.6g}", "CPE2_0": f"{q:.6g}"}).items()]
        result = run("simulate", NAME, *settings, "--range=10mHz..7MHz", "--noise=0.3%", f"--seed={seed}", "-o", name)
        assert result.exit_code == 0, result.stderr

    return cell


@pytest.fixture
def annealed(cell, here):
    cell("a_annealed.csv", 400, 6e-6, 1)
    cell("b_fresh.csv", 2400, 1e-6, 2)
    (here / "samples.csv").write_text(
        "file,label,group,state,anneal_C,area_cm2,temperature_C\n"
        "a_annealed.csv,after,cell,annealed,200,0.25,25\nb_fresh.csv,before,cell,as-deposited,,0.25,25\n"
    )
    return ".", "--samples", "samples.csv", "--circuit", NAME


def test_before_after_prints_ratios_and_the_picture(run, here, annealed):
    result = run("series", *annealed, "--kind", "before-after", "--no-report")
    assert result.exit_code == 0, result.stderr
    assert "R(charge transfer) after/before = 0.16" in result.stdout
    assert "more active area" in " ".join(result.stdout.split())
    (series,) = json.loads((here / "lipon-eis-results" / "results.json").read_text("utf-8"))["series"]
    assert (series["kind"], series["label"], series["verdict"]) == ("before-after", "cell", "pass")
    assert series["before"] == {"state": "as-deposited", "members": ["before"]}


def test_two_states_in_the_sheet_are_enough_without_a_kind(run, annealed):
    result = run("series", *annealed, "--json")
    assert result.exit_code == 0, result.stderr
    (series,) = json.loads(result.stdout)["series"]
    assert series["kind"] == "before-after"


def test_a_sheet_without_states_is_wrong_usage(run, here, annealed):
    (here / "samples.csv").write_text("file,group\n*.csv,cell\n")
    result = run("series", *annealed, "--kind", "before-after", "--no-report")
    assert result.exit_code == 2
    assert "fill the column state" in result.stderr


def test_time_prints_the_law_and_its_rate(run, here, cell):
    rows = ["file,group,time_h,area_cm2"]
    for k, hours in enumerate((0, 1, 4, 9, 16, 25)):
        cell(f"t{k}.csv", 500 + 200 * hours**0.5, 4e-6, 10 + k)
        rows.append(f"t{k}.csv,cell,{hours},0.25")
    (here / "samples.csv").write_text("\n".join(rows))
    result = run("series", ".", "--samples", "samples.csv", "--circuit", NAME, "--kind", "time", "--no-report")
    assert result.exit_code == 0, result.stderr
    assert "cell, charge transfer: ASR at t = 0 = 12" in result.stdout
    assert "growth rate (√t) = " in result.stdout
    assert "Ω cm²/√h" in result.stdout


def test_the_sample_cell_as_deposited_and_annealed_has_six_times_the_active_area(run, sample, here):
    sample("E1_li_lipon_lco_as_deposited.mpt")
    sample("E2_li_lipon_lco_annealed.DTA")
    (here / "samples.csv").write_bytes((files("lipon_eis.sample_spectra") / "samples.csv").read_bytes())
    result = run("series", ".", "--samples", "samples.csv", "--kind", "before-after", "--json")
    assert result.exit_code == 0, result.stderr
    (series,) = json.loads(result.stdout)["series"]
    roles = {one["role"]: one for one in series["roles"]}
    assert roles["charge_transfer"]["picture"] == "more active area"
    assert roles["bulk"]["picture"] == roles["anode_interface"]["picture"] == "no change"
    for name, truth in (("resistance", 1 / 6), ("capacitance", 6.0)):
        low, high = series[f"ratio_charge_transfer_{name}"]["interval"]
        assert low < truth < high
