"""What the command says of doubts, of activation energies, of sheets and of its own files."""

import pytest

SHEET = "file,temperature_C,group,thickness_um,area_cm2\n"
ARRHENIUS = {"-10": "14k", "0": "5.8k", "10": "2.55k", "25": "820", "40": "290"}


@pytest.fixture
def cooled(film, here):
    """Write a film at five temperatures with their sheet; return the folder's name."""
    rows = []
    for k, (celsius, resistance) in enumerate(ARRHENIUS.items()):
        film(f"exports/{k}.csv", seed=k, R1=resistance)
        rows.append(f"{k}.csv,{celsius},film A,1.2,0.5\n")
    (here / "exports" / "samples.csv").write_text(SHEET + "".join(rows))
    return "exports"


def test_the_activation_energy_is_printed_after_the_table(run, cooled):
    result = run("fit", cooled, "--samples", "exports/samples.csv", "--no-report")
    assert result.exit_code == 0, result.stderr
    after = result.stdout.splitlines()[-2:]
    assert after[0].startswith("film A: Ea(σ) = 0.5")
    assert "Ea(σT) = 0.5" in after[0]
    assert after[1].strip() == "5 spectra, −10 to 40 °C"


TOO_THICK = ("--thickness", "4 um", "--area", "0.5 cm2", "--circuit", "lipon-blocking", "--no-report")
"""A permittivity of about 60, which is unusual and not impossible."""


def test_a_doubt_is_one_line_however_many_spectra_have_it(run, film):
    for k in range(5):
        film(f"exports/{k}.csv", seed=k)
    result = run("fit", "exports", *TOO_THICK)
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Warning: "))
    assert line.startswith(
        "Warning: eps-r-implausible: 5 spectra (0, 1, 2, …); of the first: the relative permittivity"
    )
    assert result.exit_code == 0


def test_a_doubt_about_one_spectrum_names_it(run, film):
    lines = run("fit", film("thick.csv"), *TOO_THICK).stderr.splitlines()
    assert lines[0].startswith("Warning: eps-r-implausible: thick: the relative permittivity")


def test_a_doubt_about_a_series_is_said_too(run, film, here):
    for k, resistance in enumerate(("3k", "2.5k", "2k")):
        film(f"exports/{k}.csv", seed=k, R1=resistance)
    rows = "".join(f"{k}.csv,{20 + 2 * k},film A,1.2,0.5\n" for k in range(3))
    (here / "exports" / "samples.csv").write_text(SHEET + rows)
    result = run("fit", "exports", "--samples", "exports/samples.csv", "--no-report")
    assert any(line.startswith("Warning: few-temperatures: film A: 3 temp") for line in result.stderr.splitlines())
    assert "CHECK: few-temperatures" in result.stdout


def test_rows_that_fit_nothing_are_counted_in_one_line(run, film, here):
    rows = "film.csv,1\n" + "".join(f"f{k}.csv,1\n" for k in range(5))
    (here / "samples.csv").write_text("file,thickness_um\n" + rows)
    result = run("fit", film(), "--samples", "samples.csv", "--no-report")
    (line,) = (line for line in result.stderr.splitlines() if "samples.csv" in line)
    assert line == (
        "Warning: samples.csv: 5 rows fit no spectrum that was read: lines 3 (f0.csv), 4 (f1.csv), 5 (f2.csv), …"
    )


def test_our_own_files_are_not_counted_as_passed_over(run, film, here):
    film("film.csv")
    (here / "samples.csv").write_text("file,thickness_um\nfilm.csv,1\n")
    (here / "lipon-eis.toml").write_text('samples = "samples.csv"\n')
    for _ in range(2):
        result = run("fit", ".", "-o", "out")
        assert "passed over" not in result.stderr
    assert sorted(path.name for path in (here / "out").iterdir()) == ["report.pdf", "results.csv", "results.json"]


def test_files_that_only_bear_our_names_are_counted(run, film, here):
    film("exports/film.csv")
    (here / "exports" / "report.pdf").write_bytes(b"%PDF-1.7 of somebody else")
    (here / "exports" / "results.json").write_text('{"schema": "another/1"}')
    result = run("fit", "exports", "--no-report")
    assert "2 files passed over, known to no reader: exports/report.pdf, exports/results.json" in result.stderr


def test_a_conductivity_without_error_of_geometry_is_said_to_have_the_fits_only(run, film):
    note = "σ: fit error only (thickness and area carry no error)"
    bare = run("fit", film(), "--thickness", "1.2um", "--area", "0.5cm2", "--no-report")
    assert note in bare.stdout.splitlines()
    known = run("fit", film(), "--thickness", "1.2um ± 3%", "--area", "0.5cm2", "--no-report")
    assert "fit error only" not in known.stdout
