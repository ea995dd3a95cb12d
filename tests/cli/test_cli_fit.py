"""lipon-eis fit: what is read, fitted, written and said."""

import json

import pytest

OUTPUT = "lipon-eis-results"


def document(here, folder=OUTPUT):
    return json.loads((here / folder / "results.json").read_text())


def test_a_folder_is_fitted_written_and_printed(run, film, here):
    film("exports/a.csv", seed=1)
    film("exports/b.csv", seed=2)
    (here / "exports" / "notes.txt").write_text("deposited on Tuesday")
    result = run("fit", "exports", "--thickness", "1.2 um", "--area", "0.5 cm2", "--temperature", "25 degC")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (here / OUTPUT).iterdir()) == ["report.pdf", "results.csv", "results.json"]
    assert [entry["source"] for entry in document(here)["results"]] == ["exports/a.csv", "exports/b.csv"]
    for entry in document(here)["results"]:
        (bulk,) = (p for p in entry["parameters"] if p["role"] == "bulk.resistance")
        assert bulk["value"] == pytest.approx(1200, abs=4 * bulk["stderr"])
        (sigma,) = (d for d in entry["derived"] if d["name"] == "sigma_bulk")
        assert sigma["value"] == pytest.approx(1.2e-4 / (bulk["value"] * 0.5))
    assert "R_b" in result.stdout
    assert "PASS" in result.stdout
    assert result.stderr.splitlines() == [
        "1 file passed over, known to no reader: exports/notes.txt",
        "2 spectra fitted: 2 PASS",
        f"written to {OUTPUT}: results.csv, results.json, report.pdf",
    ]


def test_a_broken_file_is_named_and_costs_the_others_nothing(run, film, here):
    film("exports/a.csv")
    (here / "exports" / "broken.DTA").write_text("EXPLAIN\nTAG\tEISPOT\n")
    result = run("fit", "exports", "--no-report")
    assert result.exit_code == 1
    assert len(document(here)["results"]) == 1
    (failure,) = document(here)["failures"]
    assert failure["source"] == "exports/broken.DTA"
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert lines == [f"Error: {failure['message']}"]
    assert lines[0].startswith("Error: exports/broken.DTA: ")


def test_a_fit_judged_fail_is_named_and_the_exit_code_is_1(run, film, here):
    # A hundred times too thick: the permittivity cannot be that of LiPON.
    result = run("fit", film(), "--thickness", "120 um", "--area", "0.5 cm2", "--no-report")
    assert document(here)["results"][0]["verdict"] == "fail"
    assert result.exit_code == 1
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Error: "))
    assert line.startswith("Error: film.csv: judged FAIL: ")
    assert "permittivity" in line


def test_a_folder_without_exports_is_exit_code_3(run, here):
    (here / "exports").mkdir()
    (here / "exports" / "notes.txt").write_text("deposited on Tuesday")
    result = run("fit", "exports")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines()[-1].startswith("Error: nothing could be read")
    assert not (here / OUTPUT).exists()


def test_a_bad_file_alone_is_one_line_and_exit_code_3(run, here):
    (here / "ocv.DTA").write_text("EXPLAIN\nOCVCURVE\n")
    result = run("fit", "ocv.DTA")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "Error: ocv.DTA: no ZCURVE table; is this an impedance experiment?\n"
    assert not (here / OUTPUT).exists()


def test_json_prints_the_document_and_writes_nothing_without_o(run, film, here):
    path = film()
    result = run("fit", path, "--json")
    printed = json.loads(result.stdout)
    assert printed["schema"] == "lipon-eis/results/1"
    assert printed["provenance"]["command"] == "lipon-eis fit film.csv --json"
    assert sorted(p.name for p in here.iterdir()) == ["film.csv"]
    run("fit", path, "--json", "-o", "out", "--no-report")
    written = document(here, "out")
    for one in (printed, written):
        del one["provenance"]["command"], one["provenance"]["created"]
    assert printed == written


def test_json_of_nothing_is_still_one_object(run, here):
    (here / "ocv.DTA").write_text("EXPLAIN\nOCVCURVE\n")
    result = run("fit", "ocv.DTA", "--json")
    assert result.exit_code == 3
    assert [failure["source"] for failure in json.loads(result.stdout)["failures"]] == ["ocv.DTA"]


def test_an_output_folder_of_the_settings_file_is_not_written_by_json(run, film, here):
    (here / "lipon-eis.toml").write_text('output = "out"\n')
    path = film()
    assert run("fit", path, "--json").exit_code == 0
    assert not (here / "out").exists()
    assert run("fit", path, "--no-report").exit_code == 0
    assert document(here, "out")["results"]


def test_no_report_makes_no_pdf_and_leaves_no_older_one(run, film, here):
    path = film()
    run("fit", path)
    assert (here / OUTPUT / "report.pdf").exists()
    result = run("fit", path, "--no-report")
    assert not (here / OUTPUT / "report.pdf").exists()
    assert result.stderr.endswith(f"written to {OUTPUT}: results.csv, results.json\n")


def test_precedence_is_option_then_sheet_then_settings_then_header(run, sample, here):
    """The Gamry sample says 0.5 cm² in its header."""
    path = sample("A6_lipon_25C_long_leads.DTA")

    def film_of(*options):
        result = run("fit", path, "--circuit", "R0-p(R1,CPE1)-CPE2", "--json", *options)
        return json.loads(result.stdout)["results"][0]["sample"]

    film = film_of()
    assert (film["area_m2"], film["thickness_m"]) == (pytest.approx(5e-5), None)
    (here / "lipon-eis.toml").write_text('area = "1 cm2"\nthickness = "1 um"\ntemperature = "20 degC"\n')
    film = film_of()
    assert (film["area_m2"], film["origin"]["area_m2"]) == (1e-4, "lipon-eis.toml")
    (here / "samples.csv").write_text("file,area_cm2,thickness_um\n*.DTA,2,2\n")
    film = film_of("--samples", "samples.csv")
    assert (film["area_m2"], film["thickness_m"], film["temperature_K"]) == (2e-4, 2e-6, 293.15)
    assert film["origin"]["area_m2"] == "sheet row 2"
    film = film_of("--samples", "samples.csv", "--area", "3 cm2 ± 1 %")
    assert (film["area_m2"], film["area_stderr_m2"], film["thickness_m"]) == (3e-4, pytest.approx(3e-6), 2e-6)
    assert film["origin"]["area_m2"] == "option"


def test_the_settings_files_sheet_applies_and_a_sheet_that_nothing_names_does_not(run, film, here):
    path = film()
    (here / "samples.csv").write_text("file,thickness_um\nfilm.csv,1\n")
    assert json.loads(run("fit", path, "--json").stdout)["results"][0]["sample"]["thickness_m"] is None
    (here / "lipon-eis.toml").write_text('samples = "samples.csv"\n')
    assert json.loads(run("fit", path, "--json").stdout)["results"][0]["sample"]["thickness_m"] == 1e-6


def test_a_circuit_is_taken_from_the_option_then_the_sheet_then_the_settings(run, film, here):
    path = film()

    def circuit(*options):
        result = run("fit", path, "--json", *options)
        return json.loads(result.stdout)["results"][0]["circuit"]["text"]

    (here / "lipon-eis.toml").write_text('circuit = "R0-p(R1,C1)-CPE2"\n')
    assert circuit() == "R0-p(R1,C1)-CPE2"
    (here / "samples.csv").write_text('file,circuit\nfilm.csv,"R0-p(R1,CPE1)-C2"\n')
    assert circuit("--samples", "samples.csv") == "R0-p(R1,CPE1)-C2"
    assert circuit("--samples", "samples.csv", "--circuit", "p(R1,CPE1)-CPE2") == "p(R1,CPE1)-CPE2"
    assert circuit("--samples", "samples.csv", "--circuit", "auto") == "R0-p(R1,CPE1)-CPE2"


def test_fix_bounds_guess_and_role_reach_the_fit(run, film):
    bare = ["--circuit", "R0-p(R1,CPE1)-CPE2"]
    result = run(
        "fit", film(), *bare, "--fix", "R0=8 ohm", "--bounds", "R1=1kohm..1.1kohm", "--guess", "CPE1_0=12n",
        "--role", "R1=bulk.resistance", "--json",
    )  # fmt: skip
    (entry,) = json.loads(result.stdout)["results"]
    by_name = {p["name"]: p for p in entry["parameters"]}
    assert (by_name["R0"]["value"], by_name["R0"]["fixed"]) == (8.0, True)
    assert by_name["R1"]["role"] == "bulk.resistance"
    assert by_name["R1"]["at_bound"]


def test_options_are_added_to_those_of_the_settings_file_by_name(run, film, here):
    (here / "lipon-eis.toml").write_text('circuit = "R0-p(R1,CPE1)-CPE2"\nfix = { R0 = 5, CPE1_1 = 0.95 }\n')
    settings = json.loads(run("fit", film(), "--fix", "R0=8", "--json").stdout)["provenance"]["settings"]
    assert settings["fix"] == {"R0": 8.0, "CPE1_1": 0.95}


def test_the_provenance_tells_every_setting_in_plain_values(run, film, here):
    (here / "samples.csv").write_text("file,thickness_um\nfilm.csv,1\n")
    result = run(
        "fit", film(), "--circuit", "R0-p(R1,CPE1)-CPE2", "--role", "R1=bulk", "--area", "0.5 cm2 ± 2 %",
        "--range", "10Hz..", "--weighting", "unit", "--bounds", "CPE1_1=0.7..1", "--seed", "7", "--accuracy", "0.1%",
        "--mask", "50Hz", "--max-work", "9000", "--samples", "samples.csv", "--json",
    )  # fmt: skip
    settings = json.loads(result.stdout)["provenance"]["settings"]
    assert settings == {
        "circuit": "R0-p(R1,CPE1)-CPE2",
        "weighting": "unit",
        "guess": {},
        "fix": {},
        "bounds": {"CPE1_1": [0.7, 1.0]},
        "tie": {},
        "space": "Z",
        "interval": "auto",
        "mask": ["50Hz"],
        "max_work": 9000,
        "roles": {"R1": "bulk"},
        "seed": 7,
        "accuracy": 0.001,
        "range_hz": [10.0, None],
        "format": None,
        "imaginary": None,
        "temperature_from": None,
        "elements": None,
        "samples": "samples.csv",
        "passed_over": 0,
        "film": {
            "area_m2": 5e-5,
            "area_stderr_m2": 1e-6,
            "origin": {"area_m2": "option", "area_stderr_m2": "option"},
        },
    }


def test_the_command_is_recorded_as_it_would_be_typed(run, film):
    command = json.loads(run("fit", film(), "--circuit", "R0-p(R1,CPE1)", "--json").stdout)["provenance"]["command"]
    assert command == "lipon-eis fit film.csv --circuit 'R0-p(R1,CPE1)' --json"


def test_points_outside_the_range_are_masked_not_lost(run, film):
    (entry,) = json.loads(run("fit", film(), "--range", "10Hz..100kHz", "--json").stdout)["results"]
    used = [f for f, masked in zip(entry["data"]["frequency_hz"], entry["data"]["masked"], strict=True) if not masked]
    assert len(entry["data"]["frequency_hz"]) == entry["n_points"] == 61
    assert (min(used), max(used)) == (pytest.approx(10), pytest.approx(1e5))
    assert entry["n_masked"] == 20


def test_a_spectrum_with_no_point_inside_the_range_is_a_failure_that_says_its_span(run, film, here):
    film("a.csv")
    run("simulate", "R0-p(R1,C1)", "--set=R0=1", "--set=R1=1k", "--set=C1=1u", "--range=1mHz..1Hz", "-o", "slow.csv")
    result = run("fit", "a.csv", "slow.csv", "--range", "10Hz..", "--no-report")
    assert result.exit_code == 1
    assert "Error: slow.csv: no point inside --range: the data span 1 mHz to 1 Hz" in result.stderr.splitlines()
    assert [entry["label"] for entry in document(here)["results"]] == ["a"]
    assert [failure["source"] for failure in document(here)["failures"]] == ["slow.csv"]


def test_a_spectrum_that_cannot_be_fitted_is_named_and_the_rest_is_done(run, film, here):
    film("a.csv")
    (here / "few.csv").write_text("frequency_hz,z_re_ohm,z_im_ohm\n1000,10,-1\n10,20,-5\n")
    result = run("fit", "a.csv", "few.csv", "--circuit", "lipon-blocking", "--no-report")
    assert result.exit_code == 1
    assert [failure["error"] for failure in document(here)["failures"]] == ["CannotFit"]
    assert any(line.startswith("Error: few.csv: 2 usable points") for line in result.stderr.splitlines())


def test_sheet_rows_that_fit_nothing_are_warned_of(run, film, here):
    (here / "samples.csv").write_text("file,thickness_um\nfilm.csv,1\nflim.csv,2\n")
    result = run("fit", film(), "--samples", "samples.csv", "--no-report")
    assert result.exit_code == 0
    expected = "Warning: samples.csv: 1 row fits no spectrum that was read: line 3 (flim.csv)"
    assert expected in result.stderr.splitlines()


def test_a_misspelt_row_of_a_sheet_is_told_the_file_that_has_none(run, film, here):
    (here / "samples.csv").write_text("file,thickness_um\nflim-2.csv,2\nfilm-1.csv,1\n")
    result = run("fit", film("film-1.csv"), film("film-2.csv"), "--samples", "samples.csv", "--no-report")
    (line,) = (line for line in result.stderr.splitlines() if "fits no spectrum" in line)
    assert line.endswith("line 2 (flim-2.csv); did you mean film-2.csv?")


def test_a_full_disk_costs_the_results_on_disk_but_not_the_table(run, film, monkeypatch):
    from lipon_eis.batch import Batch

    def full(self, folder, *, report):
        raise OSError(28, "No space left on device", str(folder))

    path = film()
    monkeypatch.setattr(Batch, "write", full)
    result = run("fit", path)
    assert result.exit_code == 1
    assert f"Error: results were not written: {OUTPUT}: No space left on device" in result.stderr.splitlines()
    assert "R_b" in result.stdout
    assert "written to" not in result.stderr


def test_the_same_input_gives_the_same_results_whatever_the_jobs(run, film, here):
    for seed in range(3):
        film(f"exports/{seed}.csv", seed=seed)
    found = []
    for jobs in ("1", "2"):
        run("fit", "exports", "--no-report", "--circuit", "lipon-blocking", "--jobs", jobs)
        results = document(here)
        del results["provenance"]["created"], results["provenance"]["command"]
        found.append(results)
    assert found[0] == found[1]


def test_a_table_in_a_pipe_is_at_most_120_wide_and_has_no_escape_codes(run, film):
    output = run(
        "fit", film("a-film-with-a-very-long-name-that-will-not-fit-into-its-column.csv"), "--no-report"
    ).stdout
    assert max(map(len, output.splitlines())) <= 120
    assert "\x1b" not in output
    assert all(line == line.rstrip() for line in output.splitlines())


def test_a_label_is_never_taken_for_markup(run, film):
    output = run("fit", film("[red]a.csv"), "--no-report")
    assert "[red]a" in output.stdout
    assert output.exit_code == 0


def test_the_sheet_that_is_used_is_no_spectrum_though_a_glob_of_the_shell_names_it(run, film, here):
    path = film()
    (here / "samples.csv").write_text("file,thickness_um,area_cm2\nfilm.csv,1.2,0.5\n")
    result = run("fit", path, here / "samples.csv", "--samples", "samples.csv", "--no-report")
    assert result.exit_code == 0
    assert "samples.csv" not in result.stderr
