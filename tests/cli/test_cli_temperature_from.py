"""--temperature-from: the temperature in a file's name, for every command that reads files."""

import csv
import json


def test_a_fit_has_the_temperature_in_the_name_and_an_option_overrides_it(run, film, here):
    film("film_60C.csv")
    words = ("fit", "film_60C.csv", "--circuit", "lipon-blocking", "--no-report", "--temperature-from", "_([0-9]+)C")
    assert run(*words).exit_code == 0
    made = json.loads((here / "lipon-eis-results" / "results.json").read_text())
    assert made["results"][0]["sample"]["temperature_K"] == 333.15
    assert made["provenance"]["settings"]["temperature_from"] == "_([0-9]+)C"
    made = json.loads(run(*words, "--temperature", "25 degC", "--json").stdout)
    assert made["results"][0]["sample"]["temperature_K"] == 298.15


def test_a_sample_sheet_to_fill_in_has_it(run, film):
    film("film_m10C.csv")
    (row,) = csv.DictReader(run("samples", ".", "--temperature-from", "_(m?[0-9]+)C").stdout.splitlines())
    assert float(row["temperature_C"]) == -10


def test_a_name_without_it_costs_a_note_and_nothing_else(run, film, here):
    film("film.csv")
    result = run("convert", "film.csv", "-o", "tidy", "--temperature-from", "_([0-9]+)C")
    assert (result.exit_code, (here / "tidy" / "film.csv").exists()) == (0, True)
