"""The benchmarks measure what they say, and the page on quality quotes what they measured."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import certified  # noqa: E402
import contestants  # noqa: E402
import coverage  # noqa: E402
import families  # noqa: E402
import minimum  # noqa: E402
import quality  # noqa: E402
import reading  # noqa: E402
import speed  # noqa: E402
import variants  # noqa: E402
from record import Column, Table, markdown, shown  # noqa: E402

from lipon_eis.model.circuit import Circuit  # noqa: E402

each_family = pytest.mark.parametrize("family", families.CIRCUITS)
each_variant = pytest.mark.parametrize("variant", variants.VARIANTS)


def test_the_page_on_quality_quotes_the_results():
    text = quality.PAGE.read_text(encoding="utf-8")
    assert quality.with_figures(text) == text, "run python benchmarks/quality.py"
    assert len(quality.BLOCK.findall(text)) == text.count("<!-- end -->") > 10


def test_results_for_machines_and_for_people_are_the_same():
    for path in quality.RESULTS.glob("*.json"):
        made = json.loads(path.read_text(encoding="utf-8"))
        page = path.with_suffix(".md").read_text(encoding="utf-8")
        assert all(markdown(table) in page for table in made["tables"])
        assert {"processor", "python", "numpy", "scipy", "lipon-eis"} <= made["machine"].keys()
        assert "seed" in made["settings"]


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks" / "results").glob("*")), ids=lambda path: path.name)
def test_results_name_no_place_of_the_machine_they_were_measured_on(path):
    assert re.findall(r"(?:^|[\s\"'(|])(?:/[\w.-]+/|[A-Za-z]:\\\\?)\S*", path.read_text(encoding="utf-8")) == []


def test_a_table_shows_goals_as_words_and_the_unknown_as_a_dash():
    rows = [{"a": 0.1234, "met": True}, {"a": None, "met": False}, {"a": float("nan")}]
    table = Table("t", "T", [Column("a", "share", "{:.1%}"), Column("met", "")], rows)
    lines = markdown({"columns": [vars(c) for c in table.columns], "rows": rows}).splitlines()
    assert lines[2:] == ["| 12.3% | met |", "| – | **missed** |", "| – | – |"]
    assert shown(1234567, "{:,}") == "1,234,567"


# Spectra


@each_family
def test_a_seed_gives_the_same_spectra_and_another_seed_others(family):
    draws = [families.spectra(family, 3, seed=seed) for seed in (5, 5, 6)]
    z = [np.array([s.impedance for s in spectra]) for _, spectra, _ in draws]
    assert np.array_equal(z[0], z[1])
    assert not np.isclose(z[0], z[2]).any()


@each_family
@pytest.mark.parametrize("noise", [0.003, 0.01])
def test_the_noise_is_the_stated_fraction_of_the_modulus(family, noise):
    circuit, spectra, truths = families.spectra(family, 40, seed=3, noise=noise)
    exact = circuit.impedance(spectra[0].frequency, truths)
    relative = (np.array([s.impedance for s in spectra]) - exact) / np.abs(exact)
    for part in (relative.real, relative.imag):
        assert part.std() == pytest.approx(noise, rel=0.05)


@each_family
def test_arcs_are_drawn_in_the_order_of_their_time_constants(family):
    circuit, _, truths = families.spectra(family, 50, seed=8)
    arcs = [k for k in (1, 2, 3) if f"R{k}" in circuit.names]
    values = dict(zip(circuit.names, truths.T, strict=True))
    times = np.array([(values[f"R{k}"] * values[f"CPE{k}_0"]) ** (1 / values[f"CPE{k}_1"]) for k in arcs])
    assert (np.diff(times, axis=0) > 0).all()


@each_variant
def test_a_variant_has_a_truth_for_every_parameter_of_its_circuit(variant):
    problems = variants.VARIANTS[variant]("grain", 4, 7, 0.001)
    for spectrum, truth in zip(problems.spectra, problems.truths, strict=True):
        exact = problems.circuit.impedance(spectrum.frequency, truth)
        assert_allclose(np.abs(spectrum.impedance / exact - 1), 0, atol=0.006)


def test_a_film_of_any_size_is_the_same_film_enlarged():
    problems = variants.any_size("film", 30, 7, 0.0)
    same = variants.points_a_decade(8)("film", 30, 7, 0.0)  # draws the same truths
    f = np.logspace(6, 0, 7)
    larger, plain = (p.circuit.impedance(f, p.truths) for p in (problems, same))
    factor = larger / plain
    assert_allclose(factor, np.broadcast_to(factor[:, :1], factor.shape), rtol=1e-9)
    assert np.ptp(np.log10(problems.truths[:, 1])) > 5


def test_a_cut_window_ends_near_the_peak_of_the_fastest_arc():
    problems = variants.cut_window("cell", 30, 7, 0.0)
    _, r, q, n = problems.truths[:, :4].T
    peak = (r * q) ** (-1 / n) / (2 * np.pi)
    highest = np.array([s.frequency[0] for s in problems.spectra])
    assert ((highest > 0.3 * peak) & (highest < 3.2 * peak)).all()
    assert (np.array([len(s) for s in problems.spectra]) >= variants.FEWEST).all()


# Yardsticks


def test_digits_are_those_of_the_worst_value_and_a_missing_one_has_none():
    assert certified.digits(np.array([1 + 1e-9, 2 + 2e-4]), np.array([1.0, 2.0])) == pytest.approx(4)
    assert certified.digits(np.array([3.0]), np.array([3.0])) == 15
    assert certified.digits(np.array([np.nan, 1.0]), np.array([1.0, 1.0])) == 0


def test_a_nist_problem_is_counted_from_both_starts():
    row = certified.nist_row("Misra1a")
    assert row["met"]
    assert len(row["evaluations"]) == 2


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (10, 10), (930, 1000)])
def test_a_binomial_interval_has_the_tails_it_says(hits, count):
    from scipy.stats import binom

    low, high = coverage.binomial_interval(hits, count)
    assert low <= hits / count <= high
    assert hits == 0 or binom.sf(hits - 1, count, low) == pytest.approx(0.005)
    assert hits == count or binom.cdf(hits, count, high) == pytest.approx(0.005)


def test_the_summary_of_coverage_names_the_lowest_and_fails_with_any():
    case = {"family": "film", "noise": 0.01, "kind": "identified"}
    rows = [
        case | {"parameter": "R0", "intervals": 300, "coverage": 0.95, "met": True},
        case | {"parameter": "R1", "intervals": 100, "coverage": 0.71, "met": False},
        case | {"parameter": "CPE1_0", "intervals": 3},
    ]
    (found,) = coverage.summary_rows(rows)
    assert (found["judged"], found["within"], found["met"], found["which"]) == (2, 1, False, "R1")
    assert found["all"] == pytest.approx(0.89)


def test_the_bound_of_a_lone_resistor_is_the_noise_over_the_root_of_the_points():
    found = coverage.limit(Circuit("R1"), np.logspace(0, 3, 25), np.array([[47.0]]), 0.01)
    assert_allclose(found, [[0.01 / 5]])


def test_a_start_is_within_half_a_decade_of_the_truth():
    circuit, _, truths = families.spectra("cell", 50, seed=1)
    starts = contestants.starts_near(circuit, truths, 2)
    log = np.array([p.log for p in circuit.parameters])
    assert 0.45 < np.abs(np.log10(starts / truths)[:, log]).max() <= 0.5
    assert np.abs(starts - truths)[:, ~log].max() <= 0.1


def test_contestants_are_held_to_one_cost():
    circuit, spectra, truths = families.spectra("film", 4, seed=1)
    starts = contestants.starts_near(circuit, truths, 2)
    costs = []
    for contestant in (contestants.scipy_trf, contestants.ours, contestants.ours_in_full):
        seconds, values = contestant(circuit, spectra, starts)
        assert len(seconds) == 4
        costs.append(contestants.costs(circuit, spectra, values))
    assert_allclose(costs[1:], [costs[0]] * 2, rtol=1e-6)
    assert contestants.costs(circuit, spectra[:1], np.full((1, 6), np.nan)) == [np.inf]


def test_a_run_from_the_truth_ends_no_higher_than_the_truth():
    problems = variants.plain("grain", 5, 3, 0.01)
    reached = minimum.from_starts(problems, problems.truths[:, None])
    assert (reached < contestants.costs(problems.circuit, problems.spectra, problems.truths)).all()


def test_a_command_that_fails_stops_the_comparison():
    _, seconds = speed.run([sys.executable, "-c", "sum(range(10**6))"])
    assert seconds > 0
    with pytest.raises(SystemExit, match="ended with 7"):
        speed.run([sys.executable, "-c", "raise SystemExit(7)"])


# The scripts


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (coverage, ["--count", "8"]),
        (minimum, ["--count", "3", "--hard", "2"]),
        (reading, ["--count", "3", "--rounds", "1"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_script_writes_its_tables_where_it_is_told(script, words, tmp_path, monkeypatch, capsys):
    name = script.__name__
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *words, "--seed", "4", "--write", str(tmp_path)])
    script.main()
    made = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert made["settings"]["seed"] == 4
    assert all(table["rows"] for table in made["tables"] if table["name"] not in ("others", "summary"))
    assert capsys.readouterr().out.strip() == (tmp_path / f"{name}.md").read_text(encoding="utf-8").strip()
