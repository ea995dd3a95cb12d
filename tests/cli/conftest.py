"""A command line to call, and folders of exports to call it on."""

import sys
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from lipon_eis.cli import main

sys.path.insert(0, str(Path(__file__).parent))

FILM = {"R0": "8", "R1": "1.2k", "CPE1_0": "12n", "CPE1_1": "0.95", "CPE2_0": "1u", "CPE2_1": "0.9"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


@pytest.fixture
def run(here):
    """Call the command; return exit code, stdout and stderr."""

    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


@pytest.fixture
def film(run, here):
    """Write the spectrum of a blocking film (1.2 um, 0.5 cm2) with noise as CSV and return its path."""

    def film(name="film.csv", seed=1, **values):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        settings = [f"--set={name}={value}" for name, value in (FILM | values).items()]
        options = ["--noise=0.2%", f"--seed={seed}", "-o", path]
        result = run("simulate", "lipon-blocking", *settings, *options)
        assert result.exit_code == 0, result.stderr
        return path.relative_to(here).as_posix()

    return film


@pytest.fixture
def sample(here):
    """Copy one of the package's sample spectra here and return its name."""

    def sample(name, to=None):
        path = here / (to or name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((files("lipon_eis.sample_spectra") / name).read_bytes())
        return path.relative_to(here).as_posix()

    return sample
