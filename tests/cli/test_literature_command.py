"""lipon-eis literature: the table, its filters, its forms, and a fit's films beside it."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from lipon_eis.physics.literature import CAUTION, KINDS, literature
from lipon_eis.report.literature_text import energy_text, sigma_text

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import documents

ROWS = literature()


@pytest.fixture
def results(here):
    """Write a temperature series of one film, a cell that cannot be compared, and a failed fit."""
    made = documents.document(9, series=True, kinds=(documents.FILM,))
    hot = documents.result(documents.FILM, "hot", kelvin=353.15)
    bad = documents.result(documents.FILM, "bad", scale=2.0)
    documents.judge(bad, "fail", "residuals-structured", "no")
    made["results"] += [documents.result(documents.POLY, "grains"), hot, bad]
    (here / "fitted").mkdir()
    (here / "fitted" / "results.json").write_text(json.dumps(made), encoding="utf-8")
    return "fitted"


def in_words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
def test_no_number_of_the_table_is_cut_at_a_usual_width(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("literature")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= width
    for row in ROWS:
        assert any(
            line.startswith(row.formula) and sigma_text(row) in line and f" {energy_text(row)} " in line
            for line in lines
        ), row.formula
    assert CAUTION in in_words(result.stdout)


def test_a_narrow_screen_breaks_cells_and_loses_no_character(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "46")
    _, header, _, *lines = run("literature", "[95]").stdout.splitlines()
    (row,) = (row for row in ROWS if row.reference.key == "95")
    starts = [header.index(word) for word in ("formula", "cm⁻¹", "Ea")]
    columns = [
        "".join(line[start:end] for line in lines[: lines.index("")]).replace(" ", "")
        for start, end in zip(starts, [*starts[1:], starts[-1] + 9], strict=True)
    ]
    assert columns[0].endswith(row.formula)
    assert columns[1] == sigma_text(row).replace(" ", "")
    assert columns[2].startswith(energy_text(row))


def test_json_is_that_of_the_contract_and_nothing_else(run):
    result = run("literature", "--json")
    document = json.loads(result.stdout)
    assert (list(document), result.stderr) == (["rows"], "")
    assert len(document["rows"]) == len(ROWS)
    by_formula = {row["formula"]: row for row in document["rows"]}
    first = by_formula["Li2.3Si0.2PO1.4N1.1"]
    assert first["family"] == "Si-doped"
    assert first["method"] == "RF magnetron sputtering"
    assert first["sigma_S_per_cm"] == {"low": 5.65e-6, "high": 5.65e-6}
    assert first["activation_energy_eV"] == {"low": 0.5, "high": 0.5}
    assert first["reference"].startswith("[66] Lee S-J")
    assert by_formula["Li-Al-Ti-P-O"]["sigma_S_per_cm"] == {"low": 3.4e-6, "high": 2.46e-5}
    assert by_formula["Li0.9BO0.66N0.98"]["activation_energy_eV"] is None
    assert by_formula["LiPFO"]["film"] is False


def test_csv_has_a_row_each_and_its_numbers_are_those_of_the_table(run):
    read = list(csv.DictReader(io.StringIO(run("literature", "--csv").stdout)))
    assert len(read) == len(ROWS)
    for line, row in zip(read, ROWS, strict=True):
        assert line["formula"] == row.formula
        assert float(line["sigma_low_S_per_cm"]) == row.sigma.low
        assert float(line["sigma_high_S_per_cm"]) == row.sigma.high
        assert (line["activation_energy_low_eV"] == "") == (row.activation_energy is None)
        assert line["note"] == row.note


def formulas(result):
    return [row["formula"] for row in json.loads(result.stdout)["rows"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--element", "B", "--element", "P"], ["LiBPON", "Li2.65B0.11P0.89O3.00N0.15"]),
        (["--kind", "solid-state"], ["Li3SO3N", "LiSPON"]),
        (["--family", "metal-doped", "--method", "melting"], ["Li-La-Al-P-O-N"]),
        (["--sigma", "1e-4S/cm.."], ["Li-Al-Ge-P-O-N"]),
        (["--sigma", "..1e-3uS/cm"], ["Li3SO3N"]),
        (["Si", "--sigma", "1.1e-5S/cm..1.3e-5S/cm"], ["Li2.9Si0.45PO1.6N1.3"]),
    ],
)
def test_filters(run, words, expected):
    assert formulas(run("literature", *words, "--json")) == expected


def test_family_metal_is_not_nonmetal_where_it_is_written_out(run):
    assert "LiPFO" not in formulas(run("literature", "--family", "metal-doped", "--json"))


def test_every_kind_can_be_chosen(run):
    for kind in KINDS:
        assert formulas(run("literature", "--kind", kind, "--json"))


def test_a_conductivity_without_a_unit_is_refused(run):
    result = run("literature", "--sigma", "1e-7..1e-5")
    assert result.exit_code == 2
    assert "1e-7S/cm..1e-5S/cm" in result.stderr


def test_a_name_shows_references_and_notes(run):
    text = in_words(run("literature", "91").stdout)
    assert "Mascaraque N, Tricot G" in text
    assert "254 40–47" in text
    assert "does not say which end of one range belongs to which end of the other" in text


def test_a_name_that_nothing_has_is_wrong_usage(run):
    result = run("literature", "LiSiPONN2x!")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean LiSiPON" in result.stderr


def test_filters_that_leave_nothing_say_so(run):
    result = run("literature", "--sigma", "1S/cm..", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"rows": []})
    assert "no row" in result.stderr


def test_own_rows_are_added(run, here):
    own = 'format = 1\n[[row]]\nformula = "LiPON"\nsigma_S_per_cm = 3e-6\nreference = "lab"\n'
    (here / "own.toml").write_text(own + '[reference.lab]\nauthors = "=Doe"\n', encoding="utf-8")
    assert formulas(run("literature", "lab", "--add", "own.toml", "--json")) == ["LiPON"]
    assert len(formulas(run("literature", "--add", "own.toml", "--json"))) == len(ROWS) + 1
    assert run("literature", "--add", "none.toml").exit_code == 2
    (here / "own.toml").write_text("format = 3\nrow = []\n", encoding="utf-8")
    assert run("literature", "--add", "own.toml").exit_code == 3


# A fit's films


def test_films_of_a_fit_stand_beside_the_published_ones(run, results):
    result = run("literature", "--results", results)
    assert result.exit_code == 0
    text = in_words(result.stdout)
    assert "film A: σ = (2.308 ± 0.030) × 10⁻⁶ S/cm at 25 °C; Ea = 0.550 eV (σ) or 0.577 eV (σT)" in text
    assert "of 32 published films; nearest: LiPON [20], ~2.3 × 10⁻⁶ S/cm" in text
    assert "hot: not compared, measured at 80 °C" in text
    assert "bad: not compared, judged FAIL" in text
    assert CAUTION in text


def test_json_of_films_counts_what_the_table_says(run, results):
    document = json.loads(run("literature", results, "--json").stdout)
    assert document["caution"] == CAUTION
    series, grains = document["films"]
    assert (series["label"], grains["label"]) == ("film A", "grains")
    low, high = series["sigma_S_per_cm"]["interval"]
    films = [row for row in ROWS if row.is_film]
    assert series["below"] == sum(row.sigma.high < low for row in films)
    assert series["above"] == sum(row.sigma.low > high for row in films)
    assert series["level"] == len(films) - series["below"] - series["above"]
    assert {entry["label"] for entry in document["left_out"]} == {"hot", "bad"}


def test_films_are_compared_with_the_chosen_rows_only(run, results):
    (series, _) = json.loads(run("literature", "LiSiPON", "--results", results, "--json").stdout)["films"]
    assert series["below"] + series["level"] + series["above"] == 10


@pytest.mark.parametrize(("name", "begins"), [("f.svg", b"<?xml"), ("f.pdf", b"%PDF"), ("f.png", b"\x89PNG")])
def test_a_figure_is_written_and_the_same_the_second_time(run, here, results, name, begins):
    first = run("literature", results, "-o", name)
    assert first.exit_code == 0
    assert f"figure: {name}" in first.stderr
    content = (here / name).read_bytes()
    assert content.startswith(begins)
    run("literature", results, "-o", name)
    assert (here / name).read_bytes() == content


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "figure.doc"], ".svg, .pdf, .png"),
        (["--csv", "--json"], "choose one"),
        (["--results", "nowhere"], "does not exist"),
        (["nowhere.json"], "does not exist"),
        (["--element", "Silicon"], "no chemical element"),
        (["--kind", "pellet"], "pellet"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(run, words, said):
    result = run("literature", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
