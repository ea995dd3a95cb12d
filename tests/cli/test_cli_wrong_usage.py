"""Wrong usage: exit code 2, one clear line, nothing read, nothing written."""

import pytest

from lipon_eis import readers

BARE = "R0-p(R1,CPE1)-CPE2"
WRONG = {
    "decimal comma": (["--thickness", "1,2um"], ["--thickness", "'1,2um'", "write 1.2um"]),
    "negative thickness": (["--thickness", "-1um"], ["--thickness", "'-1um'", "has to be positive"]),
    "zero area": (["--area", "0 cm2"], ["--area", "has to be positive"]),
    "no unit": (["--thickness", "1.2"], ["--thickness", "has no unit", "1.2um"]),
    "metres meant to be micrometres": (["--thickness", "1.2m"], ["--thickness", "at most 0.1 m"]),
    "length for an area": (["--area", "0.5cm"], ["--area", "expected an area", "found a length"]),
    "below absolute zero": (["--temperature", "-300 degC"], ["--temperature", "below absolute zero"]),
    "unknown circuit": (["--circuit", "lipon-blokcing"], ["'lipon-blokcing'", "did you mean lipon-blocking"]),
    "open bracket": (["--circuit", "R0-p(R1,CPE1"], ["expected '-', ',' or ')'", "the end of 'R0-p(R1,CPE1'"]),
    "unknown element": (["--circuit", "R0-p(R1,CPF1)"], ["'CPF'", "did you mean CPE", "at character 9"]),
    "missing circuit file": (["--circuit", "none.toml"], ["no circuit file none.toml"]),
    "unknown guess": (["--circuit", BARE, "--guess", "R9=4k"], ["guess", "'R9'", "R0, R1, CPE1_0"]),
    "unknown fix": (["--circuit", BARE, "--fix", "R9=4k"], ["fix", "'R9'"]),
    "unknown bounds": (["--circuit", BARE, "--bounds", "R9=1..2"], ["bounds", "'R9'"]),
    "unknown guess for auto": (["--guess", "R99=4k"], ["no circuit has a parameter 'R99'"]),
    "guess without a value": (["--guess", "R1"], ["--guess", "NAME=VALUE"]),
    "guess that is no number": (["--guess", "R1=abc"], ["--guess", "expected a number", "'abc'"]),
    "guess in farad": (["--circuit", BARE, "--guess", "R1=1nF"], ["'1nF'", "expected a resistance"]),
    "guess given twice": (["--guess", "R1=1", "--guess", "R1=2"], ["--guess", "R1 is given twice"]),
    "fixed outside its domain": (["--circuit", BARE, "--fix", "CPE1_1=3"], ["CPE1_1", "3", "above its upper bound"]),
    "bounds without a range": (["--circuit", BARE, "--bounds", "CPE1_1=0.7"], ["'0.7' is no range", "0.7..1"]),
    "unknown role": (["--circuit", BARE, "--role", "R1=bluk"], ["'bluk'", "did you mean bulk"]),
    "role for auto": (["--role", "R1=bulk"], ["roles belong to a circuit string"]),
    "unknown weighting": (["--weighting", "modulo"], ["--weighting", "'modulo'", "'modulus'"]),
    "reversed range": (["--range", "1MHz..1Hz"], ["--range", "low end comes first"]),
    "range in ohm": (["--range", "1..2ohm"], ["--range", "expected a frequency"]),
    "unknown sign": (["--imaginary", "no"], ["--imaginary", "'as-is'"]),
    "temperature without a group": (["--temperature-from", "[0-9]+C"], ["--temperature-from", "no group"]),
    "temperature by half an expression": (["--temperature-from", "_([0-9]+C"], ["no regular expression"]),
    "no jobs": (["--jobs", "0"], ["--jobs", "x>=1"]),
    "negative seed": (["--seed", "-1"], ["--seed", "x>=0"]),
    "accuracy above 1": (["--accuracy", "20"], ["--accuracy", "fraction"]),
    "missing sheet": (["--samples", "none.csv"], ["none.csv", "cannot be opened"]),
    "file for a folder": (["-o", "taken"], ["-o", "found the file taken"]),
    "file on the way": (["-o", "taken/deeper"], ["-o", "found the file taken"]),
    "unknown option": (["--thicknes", "1um"], ["--thicknes", "--thickness", "lipon-eis fit --help"]),
}


@pytest.fixture
def nothing_is_read(monkeypatch):
    monkeypatch.setattr(readers, "gather", lambda *_, **__: pytest.fail("a file was read"))


@pytest.mark.parametrize(("options", "words"), WRONG.values(), ids=WRONG)
def test_is_refused_in_one_line_before_any_work(run, here, nothing_is_read, options, words):
    (here / "taken").write_text("a file")
    (here / "film.csv").write_text("a file")
    result = run("fit", "film.csv", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words), result.stderr
    assert sorted(path.name for path in here.iterdir()) == ["film.csv", "taken"]


@pytest.mark.parametrize("command", ["fit", "show", "samples", "convert", "report"])
def test_a_path_that_does_not_exist(run, here, film, command):
    good = [] if command == "report" else [film()]
    before = sorted(here.iterdir())
    result = run(command, *good, "none", *(["-o", "out"] if command == "convert" else []))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: PATH does not exist: none\n"
    assert sorted(here.iterdir()) == before


def test_an_unknown_format_names_the_nearest(run, film, here):
    result = run("fit", film(), "--format", "gamri")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: no format 'gamri'; did you mean gamry?")
    assert not (here / "lipon-eis-results").exists()


def test_a_missing_argument_names_the_help(run):
    result = run("fit")
    assert (result.exit_code, result.stderr) == (2, "Error: Missing argument 'PATH...'. See 'lipon-eis fit --help'\n")


def test_a_bad_settings_file_is_wrong_usage_with_its_line(run, film, here):
    path = film()
    (here / "lipon-eis.toml").write_text('seed = 1\nthicknes = "1 um"\n')
    result = run("fit", path)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: lipon-eis.toml:2: key 'thicknes' is not known; did you mean thickness")


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("file,thicknes_um", "film.csv,1.2", ["sheet.csv:1", "'thicknes_um'", "did you mean thickness_um"]),
        ("file,thickness_um", "film.csv,-1.2", ["sheet.csv:2", "has to be positive"]),
        ("file,circuit", "film.csv,lipon-blokcing", ["sheet.csv:2", "column 'circuit'", "did you mean lipon-blocking"]),
        ("file,circuit", "film.csv,R0-p(R1", ["sheet.csv:2", "column 'circuit'", "the end of 'R0-p(R1'"]),
    ],
)
def test_a_bad_sheet_is_wrong_usage_with_its_line(run, here, nothing_is_read, header, row, words):
    (here / "sheet.csv").write_text(f"{header}\n{row}\n")
    result = run("fit", "film.csv", "--samples", "sheet.csv")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert all(word in result.stderr for word in words), result.stderr


def test_a_sheets_circuit_that_lacks_a_fixed_parameter_is_refused_before_reading(run, here, nothing_is_read):
    (here / "sheet.csv").write_text("file,circuit\nfilm.csv,li-lipon-li\n")
    result = run("fit", "film.csv", "--samples", "sheet.csv", "--fix", "CPE3_0=1u")
    assert result.exit_code == 2
    assert "sheet.csv:2: column 'circuit': fix:" in result.stderr
    assert "'CPE3_0'" in result.stderr
