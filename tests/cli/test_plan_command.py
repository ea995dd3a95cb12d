"""lipon-eis plan."""

import json

import pytest

BRIEF = ("plan", "--sigma", "2e-6", "--thickness", "1um", "--area", "1mm2", "--fmax", "1MHz", "--noise", "0.3%")


def test_says_what_to_expect_and_whether_the_goal_is_reached(run):
    result = run(*BRIEF)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert "bulk arc: peak at 217 kHz, inside the window" in lines
    sigma = next(line for line in lines if line.startswith("sigma_bulk "))
    assert "2.0000 ± 0.0030) × 10⁻⁶ S/cm" in sigma
    assert sigma.endswith("identified")
    assert lines[-1] == "sigma_bulk to 1 %: reached, 0.15 % expected"


def test_json_is_one_object_with_the_spectrum_and_every_error(run):
    result = run(*BRIEF, "--want", "R0=10%", "--json")
    document = json.loads(result.stdout)
    assert document["schema"] == "lipon-eis/plan/1"
    assert document["settings"]["area_m2"] == pytest.approx(1e-6)
    assert document["settings"]["sigma_S_per_m"] == pytest.approx(2e-4)
    assert len(document["spectrum"]["frequency_hz"]) == 61
    parameters = {p["name"]: p for p in document["parameters"]}
    assert parameters["R1"]["value"] == pytest.approx(5000)
    assert parameters["R0"]["identified"] == "weak"
    [goal] = document["wanted"]
    assert not goal["reached"]
    changes = {change["what"]: change for change in goal["changes"]}
    assert changes["frequency_max_hz"]["setting"] > 1e6
    assert changes["frequency_max_hz"]["relative_error"] <= 0.1
    assert changes["frequency_min_hz"]["setting"] is None


def test_a_bound_has_no_value(run):
    document = json.loads(run(*BRIEF, "--temperature", "80degC", "--json").stdout)
    [sigma] = [q for q in document["derived"] if q["name"] == "sigma_bulk"]
    assert sigma["value"] is None
    assert sigma["interval"][0] > 0
    assert sigma["interval"][1] is None
    assert sigma["reason"]


def test_geometry_is_told_apart(run):
    text = run("plan", "--thickness", "1um ± 5%", "--area", "1mm2").stdout
    assert "sigma_bulk to 1 %: 5 % expected; 5 % of it from thickness and area" in text
    assert "error of the thickness: 5 % → 0.8 %" in text


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_writes_a_figure(run, here, suffix):
    result = run(*BRIEF, "-o", f"plan.{suffix}")
    assert result.exit_code == 0
    assert (here / f"plan.{suffix}").stat().st_size > 5000
    assert result.stderr == f"figure: plan.{suffix}\n"


def test_a_cell_of_ones_own(run):
    roles = ["--role", "R0=lead", "--role", "R1=bulk", "--role", "CPE1=bulk"]
    result = run("plan", "--thickness", "1um", "--area", "1mm2", "--circuit", "R0-p(R1,CPE1)", *roles, "--fix", "R0=5")
    assert result.exit_code == 0
    [held] = [line for line in result.stdout.splitlines() if line.startswith("R0 ")]
    assert held.endswith("held")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--want", "sigma_bulc=1%"), "sigma_bulk"),
        (("--want", "sigma_bulk=300%"), "relative"),
        (("--set", "R9=1"), "R9"),
        (("--set", "R0=1", "--fix", "R0=1"), "--fix"),
        (("--fmin", "10MHz"), "empty"),
        (("--noise", "0"), "noise"),
        (("-o", "plan.txt"), ".svg"),
        (("--activation-energy", "x"), "x"),
        (("--circuit", "lipon-bloking"), "lipon-blocking"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(run, words, said):
    result = run("plan", "--thickness", "1um", "--area", "1mm2", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_geometry_is_never_guessed(run):
    assert run("plan", "--area", "1mm2").exit_code == 2
