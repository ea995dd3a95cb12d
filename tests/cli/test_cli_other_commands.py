"""lipon-eis samples, report and demo."""

import csv
import io
import json

from lipon_eis.sheet import read_sheet


def test_a_sheet_has_a_row_a_spectrum_with_what_the_files_say(run, sample):
    paths = [sample("A4_lipon_25C.mpt"), sample("C1_lipon_contact_film.csv")]
    rows = list(csv.DictReader(io.StringIO(run("samples", *paths).stdout)))
    assert [(row["file"], row["spectrum"]) for row in rows] == [(paths[0], "0"), (paths[0], "1"), (paths[1], "")]
    assert (rows[2]["temperature_C"], rows[2]["area_cm2"]) == ("25", "0.01")


def test_a_sheet_written_to_a_file_fits_its_files_and_is_never_replaced(run, film, here):
    film("exports/a.csv")
    assert run("samples", "exports", "-o", "exports/samples.csv").exit_code == 0
    assert [row.pattern for row in read_sheet(here / "exports" / "samples.csv").rows] == ["a.csv"]
    before = (here / "exports" / "samples.csv").read_bytes()
    result = run("samples", "exports", "-o", "exports/samples.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "may have been filled in" in result.stderr
    assert (here / "exports" / "samples.csv").read_bytes() == before


def test_the_report_is_made_again_to_the_same_bytes(run, film, here):
    path = film()
    run("fit", path, "-o", "results")
    first = (here / "results" / "report.pdf").read_bytes()
    (here / path).unlink()
    result = run("report", "results", "-o", "again.pdf")
    assert (result.exit_code, result.stdout) == (0, "again.pdf\n")
    assert (here / "again.pdf").read_bytes() == first
    (here / "results" / "report.pdf").unlink()
    assert run("report", "results/results.json").stdout == "results/report.pdf\n"
    assert (here / "results" / "report.pdf").read_bytes() == first


def test_a_report_of_something_else_is_refused_in_one_line(run, here):
    (here / "other.json").write_text("{}")
    result = run("report", "other.json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: other.json: expected a results document")
    assert run("report", ".").stderr.startswith("Error: results.json: cannot be opened")


def test_the_demo_writes_fits_and_tells_what_to_try_next(run, here):
    result = run("demo")
    assert result.exit_code == 0, result.stderr
    folder = here / "lipon-eis-demo"
    document = json.loads((folder / "results" / "results.json").read_text())
    not_passed = {entry["label"]: entry["verdict"] for entry in document["results"] if entry["verdict"] != "pass"}
    assert (
        not_passed.items()
        <= dict.fromkeys(["LiPON dot with leak", "Li3PO4 dot with pinhole", "LiPON in plane"], "check").items()
    )
    assert (folder / "results" / "report.pdf").read_bytes().startswith(b"%PDF")
    assert {"samples.csv", "README.md"} <= {path.name for path in folder.iterdir()}
    assert not list(folder.glob("*.py"))
    assert document["provenance"]["command"] == "lipon-eis demo"
    assert sum(line.startswith("    lipon-eis ") for line in result.stderr.splitlines()) == 3
    second = run("demo")
    assert (second.exit_code, second.stdout) == (0, result.stdout)


def test_the_demo_replaces_no_file_of_yours_and_reads_no_settings(run, here):
    folder = here / "mine"
    folder.mkdir()
    (folder / "samples.csv").write_text("file\nmine.csv\n")
    (here / "lipon-eis.toml").write_text("nonsense")
    result = run("demo", "mine")
    assert result.exit_code == 2
    assert "mine/samples.csv exists and is not the demo's" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["samples.csv"]
