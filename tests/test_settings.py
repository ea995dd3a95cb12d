"""lipon-eis.toml: the options of the command line under their own names."""

import subprocess
import sys

import pytest

from lipon_eis.errors import InvalidSheet
from lipon_eis.settings import KEYS, Settings, read_settings

FULL = """
thickness = "1.2 um ± 5 %"
area = "0.5 cm2"
temperature = "25 degC"
circuit = "lipon-blocking"
samples = "sheets/samples.csv"
weighting = "modulus"
space = "Y"
interval = "bootstrap"
mask = ["outliers", "50Hz"]
range = "1Hz..1MHz"
format = "gamry"
imaginary = "negated"
temperature-from = "_([0-9]+)C"
output = "results"
jobs = 4
no-report = true
seed = 7
max-work = 5000
accuracy = 0.004
guess = ["R1=4k", "R2 = 10"]
fix = { R0 = 0 }

[bounds]
CPE1_1 = "0.7..1"
CPE2_1 = [0.5, 1.0]

[tie]
CPE1_1 = "CPE2_1"

[role]
R1 = "bulk.resistance"
"""


@pytest.fixture
def settings(tmp_path):
    def write(text):
        path = tmp_path / "lipon-eis.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_settings(path)

    return write


def test_every_key_is_understood(settings, tmp_path):
    read = settings(FULL)
    assert (read.sample.thickness, read.sample.area, read.sample.temperature) == (1.2e-6, 5e-5, 298.15)
    assert read.sample.origin["thickness"] == "lipon-eis.toml"
    assert read.samples == tmp_path / "sheets/samples.csv"
    assert read.output == tmp_path / "results"
    assert read.range == (1.0, 1e6)
    assert read.guess == {"R1": "4k", "R2": "10"}
    assert read.fix == {"R0": "0"}
    assert read.bounds == {"CPE1_1": "0.7..1", "CPE2_1": "0.5..1.0"}
    assert read.tie == {"CPE1_1": "CPE2_1"}
    assert (read.space, read.mask, read.max_work) == ("Y", ("outliers", "50Hz"), 5000)
    assert read.role == {"R1": "bulk.resistance"}
    assert (read.jobs, read.seed, read.no_report) == (4, 7, True)
    unset = [key for key in KEYS if key not in ("thickness", "area", "temperature")]
    assert all(getattr(read, key.replace("-", "_")) for key in unset)


def test_no_file_and_an_empty_file_say_nothing(settings, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert read_settings() == Settings()
    read = settings("")
    assert (read.sample, read.circuit, read.range, dict(read.guess)) == (Settings().sample, None, None, {})


def test_the_current_folders_file_is_found(settings, tmp_path, monkeypatch):
    settings("jobs = 3\n")
    monkeypatch.chdir(tmp_path)
    assert read_settings().jobs == 3


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(InvalidSheet, match="cannot be opened"):
        read_settings(tmp_path / "lipon-eis.toml")


def test_a_windows_editors_bom_and_line_ends_are_no_matter(settings):
    assert settings(b"\xef\xbb\xbfjobs = 2\r\nseed = 1\r\n").jobs == 2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("seed = 1\nthicknes = '1 um'\n", 2, ["key 'thicknes' is not known", "did you mean thickness"]),
        ("[guesses]\nR1 = 1\n", 1, ["'guesses' is not known", "did you mean guess"]),
        ("thickness = 1.2\n", 1, ["1.2 has no unit", 'thickness = "1.2 um"']),
        ("\nthickness = '1,2um'\n", 2, ["write 1.2um"]),
        ("area = '3 um'\n", 1, ["expected an area"]),
        ("thickness = '-1 um'\n", 1, ["has to be positive"]),
        ("jobs = 0\n", 1, ["key 'jobs'", ">= 1", "found 0"]),
        ("jobs = 2.5\n", 1, ["key 'jobs'", "Expected `int`"]),
        ("jobs = '2'\n", 1, ["key 'jobs'", "found '2'"]),
        ("seed = -1\n", 1, ["key 'seed'"]),
        ("weighting = 'modulo'\n", 1, ["key 'weighting'", "found 'modulo'"]),
        ("imaginary = true\n", 1, ["key 'imaginary'", "found True"]),
        ("range = '1MHz..1Hz'\n", 1, ["key 'range'", "low end comes first"]),
        ("range = '1..2 ohm'\n", 1, ["key 'range'"]),
        ("guess = ['R1']\n", 1, ["key 'guess'", "NAME=VALUE"]),
        ("guess = ['R1=1', 'R1=2']\n", 1, ["R1 is given twice"]),
        ("[fix]\nR0 = true\n", 1, ["key 'fix'"]),
        ("jobs = \n", 1, ["is no TOML"]),
        ("jobs = 1\njobs = 2\n", 2, ["is no TOML"]),
        (b"label = '\xff'", None, ["not UTF-8"]),
    ],
)
def test_a_bad_file_is_refused_with_line_key_and_value(settings, text, line, words):
    with pytest.raises(InvalidSheet) as caught:
        settings(text)
    assert caught.value.line == line
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_are_frozen(settings):
    read = settings(FULL)
    with pytest.raises(AttributeError):
        read.jobs = 1
    with pytest.raises(TypeError):
        read.guess["R9"] = "1"


def test_importing_settings_loads_no_parser():
    code = "import sys, lipon_eis.settings; sys.exit(bool({'msgspec', 'tomllib'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
