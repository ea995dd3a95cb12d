"""lipon-eis show: what each file holds."""

import json

import pytest


def test_json_has_the_facts_of_every_spectrum(run, sample):
    path = sample("A4_lipon_25C.mpt")
    shown = json.loads(run("show", path, "--json").stdout)
    assert set(shown) == {"files", "failures"}
    (file,) = shown["files"]
    assert (file["source"], file["format"], len(file["spectra"])) == (path, "biologic-mpt", 2)
    for spectrum in file["spectra"]:
        assert spectrum["n_points"] == 69
        assert spectrum["frequency_max_hz"] == pytest.approx(7e6)
        assert spectrum["frequency_min_hz"] == pytest.approx(1.109, rel=1e-3)
        assert spectrum["metadata"]["amplitude_V"] == pytest.approx(0.01)
        assert spectrum["metadata"]["origin"]["amplitude_V"].startswith("header line")


def test_people_see_units_and_where_a_value_stood(run, sample):
    result = run("show", sample("A6_lipon_25C_long_leads.DTA"))
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert text.startswith("A6_lipon_25C_long_leads.DTA gamry")
    assert "71 points; 100 mHz to 1 MHz; |Z| " in text
    assert "area 0.5 cm² (header line 11)" in text
    assert "ignored TAG; column Pt;" in text


def test_what_differs_between_the_spectra_of_a_file_stands_with_each(run, sample):
    lines = run("show", sample("A4_lipon_25C.mpt")).stdout.splitlines()
    assert lines[0].endswith("biologic-mpt, 2 spectra")
    first, second = (next(line for line in lines if f"spectrum {k}" in line) for k in (0, 1))
    assert "cycle 1 (column 'cycle number')" in first
    assert "cycle 2 (column 'cycle number')" in second


def test_masked_points_are_counted_and_not_in_the_ranges(run, here):
    rows = ["frequency_hz,z_re_ohm,z_im_ohm", "1000,10,-1", "100,20,-2", "10,30,-3", "1,nan,nan\n"]
    (here / "gap.csv").write_text("\n".join(rows))
    spectrum = json.loads(run("show", "gap.csv", "--json").stdout)["files"][0]["spectra"][0]
    assert (spectrum["n_points"], spectrum["n_masked"], spectrum["frequency_min_hz"]) == (4, 1, 10.0)
    assert "4 points (1 masked); 10 Hz to 1 kHz" in run("show", "gap.csv").stdout


def test_a_bad_file_alone_is_one_line_and_exit_code_3(run, here):
    (here / "ocv.DTA").write_text("EXPLAIN\nOCVCURVE\n")
    result = run("show", "ocv.DTA")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "Error: ocv.DTA: no ZCURVE table; is this an impedance experiment?\n"


def test_a_bad_file_among_good_ones_is_exit_code_1_and_in_the_json(run, film, here):
    film()
    (here / "ocv.DTA").write_text("EXPLAIN\nOCVCURVE\n")
    result = run("show", "film.csv", "ocv.DTA", "--json")
    assert result.exit_code == 1
    shown = json.loads(result.stdout)
    assert [file["source"] for file in shown["files"]] == ["film.csv"]
    assert [(f["source"], f["error"]) for f in shown["failures"]] == [("ocv.DTA", "UnreadableFile")]


def test_the_settings_file_settles_the_sign_and_an_option_overrides_it(run, here):
    rows = [f"{10**k},{1000 - 100 * k},{50 + 10 * k}" for k in range(6)]
    (here / "unsigned.csv").write_text("\n".join(["f,Re,Im", *rows, ""]))
    assert run("show", "unsigned.csv").exit_code == 3
    assert "--imaginary" in run("show", "unsigned.csv").stderr
    (here / "lipon-eis.toml").write_text('imaginary = "negated"\n')
    assert run("show", "unsigned.csv").exit_code == 0
    for sign, first in (("negated", -100.0), ("as-is", 100.0)):
        run("convert", "unsigned.csv", "-o", sign, "--imaginary", sign)
        assert float((here / sign / "unsigned.csv").read_text().split("\n")[1].split(",")[2]) == first


def test_many_ignored_keys_are_counted_and_a_value_not_taken_comes_first(run, here):
    settings = [f"SETTING{k:02}\tLABEL\t1\tsome setting" for k in range(40)]
    rows = [f"\t{k}\t{10**k}\t{100 - k}\t{-1 - k}" for k in range(6)]
    table = ["ZCURVE\tTABLE", "\tPt\tFreq\tZreal\tZimag", "\t#\tHz\tohm\tohm", *rows, ""]
    (here / "long.DTA").write_text("\n".join(["EXPLAIN", *settings, "AREA\tQUANT\t1\tArea", *table]))
    text = " ".join(run("show", "long.DTA").stdout.split())
    assert "ignored area of 1 cm2 (header line 42): the program's default, not taken; SETTING00; " in text
    assert "more (--json names all)" in text
    (spectrum,) = json.loads(run("show", "long.DTA", "--json").stdout)["files"][0]["spectra"]
    assert "SETTING39" in spectrum["metadata"]["ignored"]


def test_a_glob_is_understood(run, film):
    film("a.csv")
    film("b.csv")
    assert len(json.loads(run("show", "*.csv", "--json").stdout)["files"]) == 2


def test_a_temperature_in_the_file_name_is_shown_with_where_it_is_from(run, film, here):
    film("film_60C.csv")
    film("other.csv")
    result = run("show", "film_60C.csv", "other.csv", "--temperature-from", "_([0-9]+)C")
    assert result.exit_code == 0
    assert "temperature 60 °C (file name)" in result.stdout
    assert "note the file name does not match '_([0-9]+)C'" in " ".join(result.stdout.split())
    (here / "lipon-eis.toml").write_text("temperature-from = '_([0-9]+)C'\n")
    shown = json.loads(run("show", "film_60C.csv", "--json").stdout)
    metadata = shown["files"][0]["spectra"][0]["metadata"]
    assert (metadata["temperature_K"], metadata["origin"]["temperature_K"]) == (333.15, "file name")


def test_places_that_neighbours_share_are_named_once(run, here):
    rows = [f"\t{k}\t{10**k}\t{100 - k}\t{-1 - k}" for k in range(6)]
    header = ["EXPLAIN", "VDC\tPOTEN\t0.5\tT\tBias", "VAC\tQUANT\t10\tAC", "TITLE\tLABEL\tEIS\tTest"]
    table = ["ZCURVE\tTABLE", "\tPt\tFreq\tZreal\tZimag", "\t#\tHz\tohm\tohm", *rows, ""]
    (here / "film.DTA").write_text("\n".join([*header, *table]))
    text = " ".join(run("show", "film.DTA").stdout.split())
    assert (
        "bias 500 mV (header line 2); amplitude 10 mV (header line 3); bias versus open circuit (header line 2);"
        in text
    )
    assert "technique EIS (header line 4); lines 8 to 13" in text
