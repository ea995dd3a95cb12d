"""lipon-eis series and lipon-eis arrhenius."""

import json

import numpy as np
import pytest

from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM

CELSIUS = (-20, -5, 10, 25, 40, 80)


@pytest.fixture
def series(run, here, film):
    """Write the spectra of a film whose arc leaves the window, and their sample sheet."""
    rows = ["file,group,temperature_C,thickness_um,area_cm2"]
    for k, celsius in enumerate(CELSIUS):
        factor = np.exp(0.55 / BOLTZMANN_EV * (1 / (celsius + 273.15) - 1 / ROOM))
        film(f"T{k}.csv", seed=k, R1=f"{104 * factor:.6g}")
        rows.append(f"T{k}.csv,film,{celsius},1.2,0.5")
    (here / "samples.csv").write_text("\n".join(rows))
    return "--samples", "samples.csv", "--circuit", "lipon-blocking", "--range", "..1MHz"


def test_series_prints_the_joint_energy_beside_that_of_two_steps(run, here, series):
    result = run("series", here, *series, "--kind", "temperature", "--no-report")
    assert result.exit_code == 0, result.stderr
    assert "film: Ea(σ) = 0.5" in result.stdout
    assert "6 spectra, −20 to 80 °C" in result.stdout
    assert "in two steps, 5 spectra:" in result.stdout
    document = json.loads((here / "lipon-eis-results" / "results.json").read_text("utf-8"))
    (one,) = document["series"]
    assert one["method"] == "joint"
    low, high = one["activation_energy_eV"]["sigma"]["interval"]
    assert low < 0.55 < high
    assert document["provenance"]["command"].startswith("lipon-eis series ")


def test_series_with_json_is_the_results_document(run, here, series):
    result = run("series", here, *series, "--json")
    document = json.loads(result.stdout)
    assert document["schema"] == "lipon-eis/results/1"
    assert len(document["results"]) == len(CELSIUS)
    assert len(document["series"][0]["points"]) == len(CELSIUS)
    assert not (here / "lipon-eis-results").exists()


@pytest.fixture
def films(run, here, film):
    """Write the spectra of films of four thicknesses that hide 17.2 Ω cm² in their bulk arc, and their sample sheet."""
    rows = ["file;group;stack;thickness;area;temperature"]
    for k, (nm, read) in enumerate([(100, "101,5"), (300, "294"), (900, "915"), (2700, "2680")]):
        resistance = (nm * 1e-7 / 2e-6 + 17.2) / 0.5
        film(f"F{k}.csv", seed=k, R1=f"{resistance:.6g}", CPE1_0=f"{2e-5 / nm:.3g}")
        rows.append(f"F{k}.csv;wafer;Pt/LiPON/Pt;{read} nm ± 2 %;0,5 cm2;25 degC")
    (here / "films.csv").write_text("\n".join(rows), encoding="utf-8")
    return "--samples", "films.csv", "--circuit", "lipon-blocking"


def test_a_thickness_series_prints_the_interface_per_side_and_draws_it(run, here, films):
    result = run("series", here, *films, "--kind", "thickness")
    assert result.exit_code == 0, result.stderr
    assert "wafer: σ = " in result.stdout
    assert "ASR(interface), per side = 8." in result.stdout
    (one,) = json.loads((here / "lipon-eis-results" / "results.json").read_text("utf-8"))["series"]
    low, high = one["asr_interface_ohm_cm2"]["interval"]
    assert low < 8.6 < high
    assert (here / "lipon-eis-results" / "report.pdf").stat().st_size > 10_000


def test_the_kind_is_that_of_what_varies_and_json_holds_it(run, here, films):
    document = json.loads(run("series", here, *films, "--json").stdout)
    assert [one["kind"] for one in document["series"]] == ["thickness"]


def test_dots_of_one_size_are_wrong_usage_with_the_remedy(run, here, films):
    result = run("series", here, *films, "--kind", "area", "--no-report")
    assert result.exit_code == 2
    assert "dots of several sizes" in result.stderr
    assert not (here / "lipon-eis-results").exists()


def test_an_unknown_kind_is_refused_before_any_work(run, here, series):
    result = run("series", here, *series, "--kind", "temprature")
    assert result.exit_code == 2
    assert "did you mean temperature" in result.stderr
    assert result.stdout == ""


def test_a_series_in_which_nothing_varies_is_wrong_usage(run, here, film):
    film("one.csv")
    result = run("series", "one.csv", "--thickness", "1.2um", "--area", "0.5cm2", "--no-report")
    assert result.exit_code == 2
    assert "nothing varies" in result.stderr


def test_arrhenius_reads_results_again_with_another_thermometer(run, here, series):
    run("fit", here, *series, "--no-report")
    usual = json.loads(run("arrhenius", "lipon-eis-results", "--json").stdout)
    exact = json.loads(
        run(
            "arrhenius",
            "lipon-eis-results/results.json",
            "--temperature-stderr",
            "0",
            "--temperature-offset-stderr",
            "0",
            "--json",
        ).stdout
    )
    assert usual["schema"] == "lipon-eis/arrhenius/1"
    (one,), (other,) = usual["series"], exact["series"]
    assert one["method"] == "two-step"
    assert other["activation_energy_eV"]["sigma"]["stderr"] < 0.5 * one["activation_energy_eV"]["sigma"]["stderr"]
    assert [entry["label"] for entry in one["excluded"]] == ["T5"]


def test_arrhenius_prints_both_conventions_and_what_was_left_out(run, here, series):
    run("fit", here, *series, "--no-report")
    result = run("arrhenius", "lipon-eis-results")
    assert result.exit_code == 0
    assert "Ea(σ) = " in result.stdout
    assert "Ea(σT) = " in result.stdout
    assert "interpolated" in result.stdout
    assert "left out: T5" in result.stdout


def test_arrhenius_of_one_temperature_says_what_is_missing(run, here, film):
    film("one.csv")
    run("fit", "one.csv", "--temperature", "25degC", "--thickness", "1um", "--area", "1cm2", "--no-report")
    result = run("arrhenius", "lipon-eis-results")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "three temperatures" in result.stderr


def test_arrhenius_of_something_else_is_refused(run, here):
    assert run("arrhenius", "nowhere").exit_code == 2
    (here / "results.json").write_text("{}")
    assert run("arrhenius", here).exit_code == 3
