"""Ties, masks, admittance, a limit of work: by option, by settings file, and refused by name."""

import json

import pytest

CIRCUIT = ("--circuit", "R0-p(R1,CPE1)-CPE2")


def results(run, *words):
    outcome = run("fit", *words, "--json")
    assert outcome.exit_code == 0, outcome.stderr
    return json.loads(outcome.stdout)


def only(run, *words):
    (entry,) = results(run, *words)["results"]
    return entry


def parameter(entry, name):
    return next(p for p in entry["parameters"] if p["name"] == name)


def test_a_tie_holds_and_is_recorded(run, film):
    document = results(run, film(), *CIRCUIT, "--tie", "CPE1_1=CPE2_1")
    (entry,) = document["results"]
    follower, leader = parameter(entry, "CPE1_1"), parameter(entry, "CPE2_1")
    assert follower["tied_to"] == "CPE2_1"
    assert leader["tied_to"] is None
    for field in ("value", "stderr", "interval", "interval_method"):
        assert follower[field] == leader[field]
    assert entry["degrees_of_freedom"] == 2 * entry["n_points"] - 5
    assert document["provenance"]["settings"]["tie"] == {"CPE1_1": "CPE2_1"}


def test_auto_ties_what_a_circuit_has(run, film):
    entry = only(run, film(), "--tie", "CPE1_1=CPE2_1")
    assert parameter(entry, "CPE1_1")["value"] == parameter(entry, "CPE2_1")["value"]


def test_a_fit_in_admittance_says_so(run, film):
    here, there = only(run, film(), *CIRCUIT), only(run, film(), *CIRCUIT, "--space", "Y")
    assert (here["space"], there["space"]) == ("Z", "Y")
    assert there["chi2"] != here["chi2"]
    assert parameter(there, "R1")["value"] == pytest.approx(parameter(here, "R1")["value"], rel=0.01)


def test_masks_by_hand_keep_the_points(run, film):
    entry = only(run, film(), *CIRCUIT, "--mask", "90Hz..110Hz", "--mask", "1kHz", "--mask", "777Hz")
    gone = [f for f, masked in zip(entry["data"]["frequency_hz"], entry["data"]["masked"], strict=True) if masked]
    assert gone == [pytest.approx(1000), pytest.approx(100)]
    assert entry["n_masked"] == 2
    assert len(entry["data"]["frequency_hz"]) == 61
    assert any(r["code"] == "data" and "no point at 777 Hz" in r["message"] for r in entry["reasons"])


def spoiled(path):
    lines = path.read_text().splitlines()
    f, re, im = lines[31].split(",")
    lines[31] = f"{f},{1.2 * float(re)!r},{im}"
    path.write_text("\n".join([*lines, ""]))
    return float(f)


def test_outliers_are_listed_always_and_masked_on_request(run, film, here):
    path = film()
    where = spoiled(here / path)
    seen = only(run, path, *CIRCUIT)
    assert [(o["frequency_hz"], o["masked"]) for o in seen["outliers"]] == [(where, False)]
    assert seen["outliers"][0]["studentised"] > 5
    assert "outliers" in [r["code"] for r in seen["reasons"]]
    assert seen["n_masked"] == 0
    masked = only(run, path, *CIRCUIT, "--mask", "outliers")
    assert [(o["frequency_hz"], o["masked"]) for o in masked["outliers"]] == [(where, True)]
    assert masked["n_masked"] == 1
    assert "outliers" not in [r["code"] for r in masked["reasons"]]
    assert any("1 outlier masked" in r["message"] for r in masked["reasons"])
    assert masked["chi2"] < 0.5 * seen["chi2"]


def test_a_spectrum_that_reaches_its_limit_of_work_is_not_converged(run, film):
    outcome = run("fit", film(), *CIRCUIT, "--max-work", "1", "--json")
    (entry,) = json.loads(outcome.stdout)["results"]
    assert "not-converged" in [r["code"] for r in entry["reasons"]]
    assert entry["verdict"] != "pass"


def test_the_settings_file_takes_the_same_names(run, film, here):
    (here / "lipon-eis.toml").write_text(
        'circuit = "R0-p(R1,CPE1)-CPE2"\nspace = "Y"\nmask = "1kHz"\nmax-work = 5000\ninterval = "covariance"\n'
        '[tie]\nCPE1_1 = "CPE2_1"\n'
    )
    document = results(run, film())
    (entry,) = document["results"]
    assert (entry["space"], entry["n_masked"], parameter(entry, "CPE1_1")["tied_to"]) == ("Y", 1, "CPE2_1")
    settings = document["provenance"]["settings"]
    assert (settings["max_work"], settings["interval"]) == (5000, "covariance")


def test_an_option_adds_to_the_ties_of_the_file_and_takes_the_place_of_its_masks(run, film, here):
    (here / "lipon-eis.toml").write_text('mask = ["1kHz"]\ntie = ["CPE2_1=CPE3_1"]\n')
    circuit = ("--circuit", "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    outcome = run("fit", film(), *circuit, "--tie", "CPE1_1=CPE3_1", "--mask", "outliers", "--json")
    (entry,) = json.loads(outcome.stdout)["results"]
    assert [p["tied_to"] for p in entry["parameters"] if p["name"].startswith("CPE") and p["name"].endswith("_1")] == [
        "CPE3_1",
        "CPE3_1",
        None,
    ]
    assert not any("1 kHz" in r["message"] or "1000 Hz" in r["message"] for r in entry["reasons"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tie", "CPE1_1=CPE9_1"), "tie: R0-p(R1,CPE1)-CPE2 has no parameter 'CPE9_1'"),
        (("--tie", "CPE1_1=R1"), "CPE1_1 (exponent) cannot follow R1 (resistance, ohm)"),
        (("--tie", "CPE1_1=CPE2_1", "--fix", "CPE2_1=0.9"), "CPE2_1 is fixed"),
        (("--tie", "CPE1_1"), "assigns nothing"),
        (("--guess", "CPE1_1=1.2"), "guess: CPE1_1 = 1.2 is above its upper bound 1"),
        (("--fix", "CPE1_1=1.2"), "fix: CPE1_1 = 1.2 is above its upper bound 1"),
        (("--fix", "R1=-2"), "fix: R1 = -2 is below its lower bound 0"),
        (("--bounds", "CPE1_1=1.2..1.5"), "bounds: CPE1_1 from 1.2 leaves nothing below its upper bound 1"),
        (("--bounds", "R1=1k..2k", "--fix", "R1=3k"), "fix: R1 = 3000 is above its upper bound 2000"),
        (("--mask", "50"), "50Hz"),
        (("--mask", "noise"), "outliers"),
        (("--max-work", "0"), "x>=1"),
        (("--space", "X"), "'Z', 'Y'"),
    ],
)
def test_what_cannot_be_is_wrong_usage_and_named(run, film, here, words, said):
    outcome = run("fit", film(), *CIRCUIT, *words)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert said in outcome.stderr
    assert not (here / "lipon-eis-results").exists()


def test_auto_too_refuses_a_value_that_cannot_be_before_any_work(run, film):
    outcome = run("fit", film(), "--guess", "CPE1_1=1.2")
    assert outcome.exit_code == 2
    assert "CPE1_1 = 1.2 is above its upper bound 1" in outcome.stderr
