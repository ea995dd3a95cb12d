"""lipon-eis series --kind cells: from exports and a sample sheet to what each interface has."""

import json

import pytest

# 1.2 µm on 0.2 cm²: σ = 2e-6 S/cm, ε_r = 16; Li/LiPON 25 Ω cm² and 2 µF/cm², LiPON/LCO 150 Ω cm² and 8 µF/cm²
LEAD = {"R0": "6"}
BULK = {"R1": "300", "CPE1_0": "2.9n", "CPE1_1": "0.97"}
CELLS = {
    "pt": ("lipon-blocking", "Pt/LiPON/Pt", {"CPE2_0": "0.4u", "CPE2_1": "0.92"}),
    "li": ("li-lipon-li", "Li/LiPON/Li", {"R2": "250", "CPE2_0": "0.34u", "CPE2_1": "0.93"}),
    "full": (
        "li-lipon-lco",
        "Li/LiPON/LCO",
        {"R2": "125", "CPE2_0": "0.68u", "CPE2_1": "0.93", "R3": "750", "CPE3_0": "2.6u", "CPE3_1": "0.92"}
        | {"Wo1_0": "600", "Wo1_1": "4"},
    ),
}


@pytest.fixture
def cells(run, here):
    """Write the exports of three cells, their sample sheet, and return the options."""
    rows = ["file,label,group,stack,thickness_um,thickness_stderr_um,area_cm2,area_stderr_cm2,temperature_C"]
    for seed, (name, (circuit, stack, values)) in enumerate(CELLS.items()):
        words = [f"--set={key}={value}" for key, value in (LEAD | BULK | values).items()]
        window = ["--range=0.01Hz..7MHz", "--noise=0.3%", f"--seed={seed}", "-o", f"{name}.csv"]
        assert run("simulate", circuit, *words, *window).exit_code == 0
        rows.append(f"{name}.csv,{name},wafer,{stack},1.2,0.03,0.2,0.004,25")
    (here / "samples.csv").write_text("\n".join(rows))
    return "--samples", "samples.csv", "--kind", "cells"


def test_a_sheet_with_stacks_gives_each_interface_its_resistance(run, here, cells):
    result = run("series", here, *cells)
    assert result.exit_code == 0, result.stderr
    assert "wafer: σ = " in result.stdout
    assert "ASR(Li/LiPON) per side = 2" in result.stdout
    assert "full: Li/LiPON at " in result.stdout
    document = json.loads((here / "lipon-eis-results" / "results.json").read_text("utf-8"))
    (one,) = document["series"]
    assert one["members"] == ["full", "li", "pt"]
    assert one["asr_anode_interface_ohm_cm2"]["interval"][0] < 25 < one["asr_anode_interface_ohm_cm2"]["interval"][1]
    assert one["asr_charge_transfer_ohm_cm2"]["interval"][0] < 150 < one["asr_charge_transfer_ohm_cm2"]["interval"][1]
    assert (here / "lipon-eis-results" / "report.pdf").stat().st_size > 10_000


def test_cells_of_one_kind_are_wrong_usage_with_the_remedy(run, cells):
    result = run("series", "pt.csv", *cells, "--no-report")
    assert result.exit_code == 2
    assert "two kinds of" in result.stderr
    assert result.stdout == ""
