"""Every reason can be provoked, none is raised by clean data, all are in the documentation."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lipon_eis as le
from lipon_eis import verdict
from lipon_eis.verdict import CHECKS, LEVELS

ROOT = Path(__file__).parents[1]
F = np.logspace(6.5, -1, 60)
# 1.2 µm on 0.05 cm²: σ = 6e-7 S/cm, C = 0.15 nF, ε_r = 17
FILM = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "CPE2_0": 1.4e-6, "CPE2_1": 0.88}
GEOMETRY = {"thickness": "1.2 um", "area": "0.0120 cm2"}
GRAIN = {**FILM, "R2": 9e3, "CPE2_0": 2e-8, "CPE2_1": 0.88, "CPE3_0": 3e-6, "CPE3_1": 0.85}


def simulated(values=FILM, circuit="lipon-blocking", f=F, noise=0.002, seed=1):
    return le.simulate(circuit, values, f, noise=noise, seed=seed)


def judged(spectrum, circuit="lipon-blocking", **how):
    return le.fit(spectrum, circuit, **(GEOMETRY | how))


def reason(result, code):
    found = [r for r in result.reasons if r.code == code]
    assert found, f"no {code} among {[(r.code, r.message) for r in result.reasons]}"
    return found[0]


def documented():
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+(?:, \w+)*) \|", (ROOT / "docs" / "verdicts.md").read_text(), re.M)
    return {code: set(levels.split(", ")) for code, levels in rows}


def in_the_code():
    """(code, level) of every Reason that is written with literals anywhere in the package."""
    text = "\n".join(path.read_text() for path in (ROOT / "lipon_eis").rglob("*.py"))
    return set(re.findall(r'Reason\(\s*"([a-z-]+)",\s*(?:"(\w+)"|level)', text))


def test_every_code_is_documented_with_its_level_and_none_besides():
    listed = documented()
    assert {code for code, _ in in_the_code()} == set(listed)
    for code, level in in_the_code():
        assert not level or level in listed[code], code
    assert set().union(*listed.values()) <= set(LEVELS)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("circuit", ["lipon-blocking", "auto"])
def test_clean_data_pass_without_a_check(seed, circuit):
    result = judged(simulated(seed=seed), circuit)
    assert result.verdict == "pass"
    assert {r.level for r in result.reasons} <= {"note"}
    assert {r.code for r in result.reasons} <= {"circuit-chosen"}


def test_exact_data_pass():
    assert judged(simulated(noise=0.0)).verdict == "pass"


def test_the_verdict_is_the_worst_reason_and_the_worst_come_first():
    result = judged(simulated(noise=0.04), area="0.5 mm2", thickness="50 um")
    levels = [LEVELS.index(r.level) for r in result.reasons]
    assert levels == sorted(levels, reverse=True)
    assert result.verdict == {"note": "pass", "check": "check", "fail": "fail"}[result.reasons[0].level]
    assert len(set(levels)) > 1


def test_every_check_of_the_module_is_in_the_table_once():
    takes_a_case = [f for f in vars(verdict).values() if getattr(f, "__annotations__", {}).get("case") == "Case"]
    checks = set(takes_a_case) - {verdict.judge}
    assert set(CHECKS) == checks
    assert len(CHECKS) == len(checks)


class TestResiduals:
    def test_noise(self):
        assert reason(judged(simulated(noise=0.04)), "noisy").level == "check"

    def test_a_circuit_that_does_not_describe_the_data(self):
        s = simulated(GRAIN, "polycrystalline-blocking", noise=0.0)
        assert reason(judged(s), "misfit").level == "fail"

    def test_a_small_trend(self):
        s = simulated(noise=0.0)
        bent = le.Spectrum(s.frequency, s.impedance * (1 + 0.03 * np.sin(np.log(s.frequency))))
        assert reason(judged(bent), "residuals-structured").level == "check"

    def test_a_trend_too_small_to_matter_is_not_mentioned(self):
        s = simulated(noise=0.0)
        bent = le.Spectrum(s.frequency, s.impedance * (1 + 0.002 * np.sin(np.log(s.frequency))))
        assert judged(bent).verdict == "pass"

    def test_a_spectrum_of_nonsense_fails(self):
        rng = np.random.default_rng(0)
        z = rng.lognormal(5, 2, 60) - 1j * rng.lognormal(5, 2, 60)
        assert judged(le.Spectrum(F, z)).verdict == "fail"


class TestAnswers:
    def test_an_answer_that_is_uncertain(self):
        s = simulated({**FILM, "R1": 40.0, "R0": 200.0, "CPE1_0": 3e-9, "CPE1_1": 0.9}, noise=0.01)
        assert reason(judged(s), "answer-uncertain").level == "check"

    def test_an_answer_at_the_caller_s_bound(self):
        found = reason(judged(simulated(), bounds={"R1": (5e3, None)}), "at-bound")
        assert found.level == "check"
        assert "5000" in found.message

    def test_an_exponent_at_its_bound_is_a_note(self):
        results = (judged(simulated({**FILM, "CPE1_0": 1.5e-10, "CPE1_1": 1.0}, seed=seed)) for seed in range(9))
        result = next(r for r in results if r.fit.at_bound.any())
        assert reason(result, "at-bound").level == "note"
        assert result.verdict == "pass"

    def test_a_lead_that_cannot_be_seen_is_a_note(self):
        results = (judged(simulated({**FILM, "R0": 1e-6}, seed=seed)) for seed in range(9))
        result = next(r for r in results if not r.fit.known[0])
        assert reason(result, "one-sided").level == "note"
        assert result.verdict == "pass"

    def test_an_answer_that_is_not_there(self):
        truth = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "R2": 1e-9, "CPE2_0": 1e-6, "CPE2_1": 0.9}
        spectra = [le.simulate("li-lipon-li", truth, F, noise=0.003, seed=seed) for seed in range(8)]
        codes = [{r.code for r in judged(s, "li-lipon-li").reasons} for s in spectra]
        assert all(found & {"answer-unknown", "answer-uncertain", "arc-above-window"} for found in codes)

    def test_an_answer_bounded_from_one_side(self):
        """A bulk without resistance beside a blocking electrode: nothing but the electrode is seen."""
        named = replace(le.load_circuit("R0-CPE1"), answers=frozenset({"R0"}))
        spectra = [le.simulate("R0-CPE1", [1e-6, 1e-6, 0.9], F, noise=0.003, seed=seed) for seed in range(8)]
        found = [r for s in spectra for r in le.fit(s, named).reasons if r.code == "answer-unknown"]
        assert found
        assert {r.level for r in found} == {"check"}

    def test_a_fixed_answer_is_not_uncertain(self):
        codes = {r.code for r in judged(simulated(), fix={"R1": 4e3}).reasons}
        assert not codes & {"answer-uncertain", "answer-unknown", "at-bound"}


class TestWindow:
    @pytest.mark.parametrize(
        ("highest", "code", "level"),
        [(4e5, "arc-near-edge", "note"), (1.5e5, "arc-above-window", "check"), (2e4, "arc-above-window", "check")],
    )
    def test_an_arc_at_the_upper_edge(self, highest, code, level):
        s = simulated(f=np.logspace(np.log10(highest), -1, 50), noise=0.0005)
        peak = 1 / (2 * np.pi * (4e3 * 3e-10) ** (1 / 0.95))
        assert peak == pytest.approx(2.7e5, rel=0.1)
        assert reason(judged(s), code).level == level

    def test_above_the_window_no_capacitance_and_no_permittivity(self):
        result = judged(simulated(f=np.logspace(5.1, -1, 50), noise=0.0005))
        for name in ("eps_r_bulk", "capacitance_bulk"):
            assert np.isnan(result.derived[name].value)
        assert np.isfinite(result.derived["sigma_bulk"].value)

    def test_far_above_the_window_the_resistance_is_a_bound(self):
        result = judged(simulated(f=np.logspace(4.0, -1, 50), noise=0.0005))
        found = reason(result, "arc-above-window")
        assert "--fix" in found.message
        assert np.isnan(result.values["R1"])
        low, high = result.interval("R1")
        assert np.isnan(low)
        assert 4e3 < high < 4.5e3
        sigma = result.derived["sigma_bulk"]
        assert np.isnan(sigma.value)
        assert sigma.interval[0] < 1.2e-4 / (4e3 * 0.012) * 1.01
        assert np.isnan(sigma.interval[1])

    def test_far_above_the_window_a_known_lead_leaves_a_value_and_the_message_knows_it(self):
        result = judged(simulated(f=np.logspace(4.0, -1, 50), noise=0.0005), fix={"R0": 12.0})
        assert result.values["R1"] == pytest.approx(4e3, rel=0.02)
        assert "--fix" not in reason(result, "arc-above-window").message

    def test_an_arc_below_the_window(self):
        truth = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "R2": 1e5, "CPE2_0": 1e-4, "CPE2_1": 0.9}
        s = le.simulate("li-lipon-li", truth, F, noise=0.002, seed=1)
        assert reason(judged(s, "li-lipon-li"), "arc-below-window").level == "check"


class TestPermittivity:
    @pytest.mark.parametrize(
        ("area", "level"), [("0.004 cm2", "check"), ("0.03 cm2", "check"), ("1.2 cm2", "fail"), ("0.0005 cm2", "fail")]
    )
    def test_outside_its_family(self, area, level):
        assert reason(judged(simulated(), area=area), "eps-r-implausible").level == level

    def test_a_capacitance_as_small_as_the_cable_s_is_a_note(self):
        tiny = {**FILM, "R1": 4e6, "CPE1_0": 1e-12, "CPE1_1": 0.98, "CPE2_0": 1e-9, "R0": 5.0}
        result = judged(simulated(tiny), area="1e-6 cm2")
        assert reason(result, "includes-stray").level == "note"
        assert "eps-r-implausible" not in {r.code for r in result.reasons}

    def test_a_permittivity_too_small_is_no_cable_s_doing(self):
        tiny = {**FILM, "R1": 4e6, "CPE1_0": 1e-12, "CPE1_1": 0.98, "CPE2_0": 1e-9, "R0": 5.0}
        result = judged(simulated(tiny), area="1e-2 cm2")
        assert {"includes-stray", "eps-r-implausible"} <= {r.code for r in result.reasons}

    @pytest.mark.parametrize(
        ("wrong", "unit"),
        [({"thickness": "1.2 nm"}, "µm where it says nm"), ({"area": "0.0120 mm2"}, "cm² where it says mm²")],
    )
    def test_the_unit_that_would_explain_it_is_named(self, wrong, unit):
        found = reason(judged(simulated(), **wrong), "eps-r-implausible")
        assert unit in found.message


class TestData:
    def test_geometry_is_asked_for(self):
        result = le.fit(simulated(), "lipon-blocking", area="0.5 cm2")
        found = reason(result, "geometry-missing")
        assert found.level == "note"
        assert "--thickness" in found.message
        assert "--area" not in found.message
        assert result.verdict == "pass"

    def test_of_a_circuit_without_a_bulk_no_geometry_is_asked(self):
        result = le.fit(simulated(), "R0-p(R1,CPE1)-CPE2")
        assert not result.reasons

    def test_what_was_done_to_the_data(self):
        s = simulated()
        f, z = np.append(s.frequency, 0.0), np.append(s.impedance, 1.0)
        found = reason(judged(le.Spectrum(f, z)), "data")
        assert found.level == "note"
        assert "masked" in found.message

    def test_a_film_measured_in_plane(self):
        result = le.fit(simulated(), "lipon-blocking", sample=le.Sample(geometry="in-plane"), **GEOMETRY)
        assert reason(result, "in-plane").level == "check"
        assert np.isnan(result.derived["sigma_bulk"].value)
        with_k = le.fit(simulated(), "lipon-blocking", sample=le.Sample(geometry="in-plane", cell_constant=800.0))
        assert reason(with_k, "in-plane").level == "note"
        assert with_k.derived["sigma_bulk"].value == pytest.approx(8 / 4e3, rel=0.01)

    def test_a_gap_that_is_not_wide_against_the_film(self):
        wide, narrow = (
            le.fit(
                simulated(),
                "lipon-blocking",
                thickness="1 um",
                sample=le.Sample(geometry="in-plane", gap=g, width=1e-3),
            )
            for g in (1e-4, 5e-6)
        )
        assert "18 %" in reason(narrow, "gap-narrow").message  # 0.88 d/gap
        assert "gap-narrow" not in {r.code for r in wide.reasons}

    def test_grains_as_high_as_the_film(self):
        s = simulated(GRAIN, "polycrystalline-blocking")
        tall, small = (
            judged(s, "polycrystalline-blocking", sample=le.Sample(grain_size=size)) for size in (4e-7, 5e-8)
        )
        assert reason(tall, "columnar").level == "check"
        assert "columnar" not in {r.code for r in small.reasons}

    def test_two_interfaces_that_may_be_exchanged(self):
        values = [5.0, 50.0, 3.5e-8, 0.95, 200.0, 1e-6, 0.95, 30.0, 8e-5, 0.95, 200.0, 300.0]
        s = le.simulate("li-lipon-lco", values, np.logspace(6.5, -2, 80), noise=0.001, seed=1)
        found = reason(le.fit(s, "li-lipon-lco", thickness="1 um", area="1 cm2"), "roles-uncertain")
        assert "may be exchanged" in found.message

    def test_what_the_sheet_says_and_nothing_uses(self):
        sample = le.Sample(gap=1e-5, fingers=20, lead_resistance=12.0)
        found = reason(le.fit(simulated(), "lipon-blocking", sample=sample, **GEOMETRY), "not-used")
        assert found.level == "note"
        assert "gap, fingers" in found.message
        assert "lead resistance" not in found.message
        bare = le.fit(simulated(), "R0-p(R1,CPE1)-CPE2", sample=le.Sample(lead_resistance=12.0))
        assert "lead resistance" in reason(bare, "not-used").message

    def test_a_header_that_says_something_else_than_the_sheet(self):
        s = replace(simulated(), meta={"area_m2": 1e-4}, temperature=305.0)
        sample = le.Sample.build(area="0.5 cm2", temperature="25 degC", thickness="1 um", origin="sheet row 3")
        said = [r.message for r in le.fit(s, "lipon-blocking", sample=sample).reasons if r.code == "header-differs"]
        assert said == [
            "the file header says area 1 cm²; what counts is 0.5 cm² (sheet row 3)",
            "the file header says temperature 31.85 °C; what counts is 25 °C (sheet row 3)",
        ]
        alike = replace(s, meta={"area_m2": 0.5001e-4}, temperature=299.0)
        assert "header-differs" not in {r.code for r in le.fit(alike, "lipon-blocking", sample=sample).reasons}

    @pytest.mark.parametrize(
        ("stack", "says"),
        [("Pt-LiPON-Pt", "'Pt-LiPON-Pt' tells no kind of cell"), ("LiPON", "'LiPON' tells"),
         ("Si/LiPON/Pt", "(not known: Si)")],
    )  # fmt: skip
    def test_a_stack_that_tells_nothing(self, stack, says):
        found = reason(judged(simulated(), sample=le.Sample(stack=stack)), "stack-unknown")
        assert found.level == "note"
        assert says in found.message
        known = judged(simulated(), sample=le.Sample(stack="Pt/LiPOM/Pt"))
        assert "stack-unknown" not in {r.code for r in known.reasons}

    def test_a_header_that_says_what_cannot_be(self):
        s = replace(simulated(), meta={"temperature_K": 0.0})
        assert "not taken" in reason(le.fit(s, "lipon-blocking", **GEOMETRY), "header-differs").message

    def test_an_inductance_that_was_added(self):
        values = {"L0": 3e-7, **FILM, "R1": 150.0, "CPE1_0": 3e-8}
        found = reason(judged(simulated(values, "L0-R0-p(R1,CPE1)-CPE2")), "inductance-added")
        assert found.level == "note"
        assert "nH" in found.message

    def test_a_circuit_that_was_chosen(self):
        assert reason(judged(simulated(), "auto"), "circuit-chosen").level == "note"

    def test_roles_that_cannot_be_told(self):
        result = judged(simulated(GRAIN, "polycrystalline-blocking"), "auto")
        found = reason(result, "roles-ambiguous")
        assert found.level == "check"
        per_resistance = 1.2e-4 / 0.012
        written = found.message.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")).replace(" × 10", "e")
        said = [float(number) for number in re.findall(r"\d\.?\d*e-\d+", written)]
        assert said == pytest.approx([per_resistance / r for r in (4e3, 9e3, 13e3)], rel=0.05)
        assert result.derived["sigma_with_film"].value == pytest.approx(per_resistance / 13e3, rel=0.02)
        assert result.derived["sigma_interface_film"].value == pytest.approx(per_resistance / 9e3, rel=0.05)

    def test_arcs_that_are_alike(self):
        alike = {**GRAIN, "CPE1_0": 3e-10, "R2": 4e5, "CPE2_0": 3.5e-10, "CPE2_1": 0.95}
        result = judged(simulated(alike, "polycrystalline-blocking"), "polycrystalline-blocking")
        assert "smallest capacitance" in reason(result, "roles-ambiguous").message

    def test_a_stack_that_the_data_contradict(self):
        result = le.fit(simulated(), sample=le.Sample(stack="Cu/LiPON/LCO"), **GEOMETRY)
        assert reason(result, "stack-contradicted").level == "check"


class TestMinima:
    def test_another_minimum_that_the_data_do_not_exclude(self):
        """Three arcs fitted to the data of two, with much noise: several ways to place the third."""
        values = {**GRAIN, "R0": 5.0}
        found = []
        for seed in range(12):
            s = le.simulate("polycrystalline-blocking", values, np.logspace(6, 0, 20), noise=0.03, seed=seed)
            found += [r for r in judged(s, "li-lipon-lco").reasons if r.code == "starts-disagree"]
        assert found
        assert all(r.level == "check" and "another minimum" in r.message for r in found)

    def test_a_valley_without_a_minimum(self):
        """Two resistors in series cannot be told apart: that is said, one way or another."""
        result = le.fit(simulated(), "R0-R3-p(R1,CPE1)-CPE2")
        low, high = result.interval("R3")
        assert np.isnan(high) or not np.isfinite(result.stderr["R3"]) or high / low > 10 or result.verdict != "pass"


class TestOutliers:
    def test_points_that_move_no_answer_are_a_note_with_their_frequencies(self):
        s = simulated()
        z = s.impedance.copy()
        z[45] *= 1.04
        found = reason(judged(replace(s, impedance=z)), "outliers")
        assert found.level == "note"
        assert f"{s.frequency[45]:.4g} Hz" in found.message

    def test_points_that_move_an_answer_are_a_check_that_says_by_how_much(self):
        s = simulated()
        z = s.impedance.copy()
        z[28:31] *= 1.05  # the top of the arc
        result = judged(replace(s, impedance=z))
        found = reason(result, "outliers")
        assert found.level == "check"
        assert "R1 by" in found.message
        assert "--mask outliers" in found.message
        masked = judged(replace(s, impedance=z), mask="outliers")
        assert abs(masked.values["R1"] - result.values["R1"]) > result.stderr["R1"]
        assert masked.verdict == "pass"
        assert [o.index for o in masked.outliers if o.masked] == [28, 29, 30]

    def test_a_second_round_finds_what_a_worse_point_had_hidden(self):
        s = simulated()
        z = s.impedance.copy()
        z[30] *= 1.6
        z[45] *= 1.02
        spoiled = replace(s, impedance=z)
        assert [o.index for o in judged(spoiled).outliers] == [30]
        assert [o.index for o in judged(spoiled, mask="outliers").outliers if o.masked] == [30, 45]


class TestArcsThatOverlap:
    CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"

    def judged(self, ratio, noise):
        tau, n = 1.2e-5, 0.9
        values = [12.0, 4e3, tau**n / 4e3, n, 6e3, (tau * ratio) ** n / 6e3, n, 3e-6, 0.85]
        return le.fit(le.simulate(le.Circuit(self.CIRCUIT), values, F, noise=noise, seed=1), self.CIRCUIT)

    def test_the_sum_is_given_with_its_interval(self):
        found = reason(self.judged(4, 0.002), "arcs-overlap")
        assert found.level == "note"
        assert re.search(
            r"R1 \+ R2 = [\d.]+ ± [\d.]+ kΩ \(95 %: 9\.\d+ kΩ to 10\.\d+ kΩ\) is well known", found.message
        )

    def test_it_is_a_check_where_either_is_uncertain(self):
        assert reason(self.judged(2.5, 0.01), "arcs-overlap").level == "check"

    def test_arcs_apart_say_nothing(self):
        assert "arcs-overlap" not in {r.code for r in self.judged(100, 0.002).reasons}


def test_a_correlation_of_an_answer_beyond_the_limit_is_named_with_its_partner():
    warm = simulated({**FILM, "R0": 500.0}, f=np.logspace(np.log10(3e5), -1, 60))  # the arc peaks at the last point
    result = judged(warm)
    rho = result.correlation[0, 1]
    assert abs(rho) > 0.98
    found = reason(result, "correlated")
    assert found.level == "note"
    assert f"R0 and R1 ({rho:.3f})" in found.message
    assert result.to_dict()["correlated_pairs"][0] == {"names": ["R0", "R1"], "correlation": rho}


def test_correlations_are_the_covariance_scaled_to_a_unit_diagonal():
    result = judged(simulated(), fix={"R0": 12.0})
    stderr = np.sqrt(np.diag(result.covariance))
    np.testing.assert_allclose(result.correlation, result.covariance / stderr / stderr[:, None], rtol=1e-12)
    assert np.isnan(result.correlation[0]).all()
    for pair in result.to_dict()["correlated_pairs"]:
        i, j = (result.fit.index(name) for name in pair["names"])
        assert abs(pair["correlation"]) > 0.95
        assert pair["correlation"] == result.correlation[i, j]
