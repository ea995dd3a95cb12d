"""The command starts at once and without the heavy libraries."""

import subprocess
import sys

import pytest

from lipon_eis import __version__

HEAVY = {"numpy", "scipy", "pandas", "matplotlib", "typst", "rich", "msgspec", "joblib", "impedance", "schemdraw"}


def test_importing_the_command_line_loads_nothing_heavy():
    code = f"import sys, lipon_eis.cli; print(sorted({HEAVY!r} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_help_takes_less_than_three_tenths_of_a_second_of_cpu():
    resource = pytest.importorskip("resource")

    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(3):
        before = spent()
        subprocess.run([sys.executable, "-m", "lipon_eis", "--help"], capture_output=True, check=True)
        times.append(spent() - before)
    assert min(times) < 0.3


def test_the_module_is_the_command():
    found = subprocess.run([sys.executable, "-m", "lipon_eis", "--version"], capture_output=True, text=True, check=True)
    assert found.stdout == f"lipon-eis {__version__}\n"


def test_without_a_command_the_help_goes_to_stderr_and_it_is_wrong_usage(run):
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")


def test_commands_are_listed_in_the_order_in_which_they_are_needed(run):
    listed = run("--help").stdout.partition("Commands:")[2].split("\n")
    names = [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "]
    before = ["demo", "show", "fit", "check", "compare", "drt", "series", "arrhenius"]
    behind = ["literature", "circuits", "simulate", "plan"]
    assert names == [*before, *behind, "convert", "samples", "report"]
