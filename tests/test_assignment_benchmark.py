"""The benchmark of roles, small: the goals with the scatter of a few hundred cells."""

import importlib.util
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    sys.path.append(str(FOLDER))
    spec = importlib.util.spec_from_file_location("assignment_benchmark", FOLDER / "assignment.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def cells(bench):
    drawn = bench.cells(180, seed=11)
    return drawn, bench.fitted(drawn)


def test_a_role_is_right_or_said_to_be_unknown(bench, cells):
    total = bench.role_rows(*cells)[-1]
    assert total["wrong"] <= 0.02  # 0.5 % of 180 is one cell; three of them are within its scatter
    assert total["decided"] >= 0.75
    assert total["right"] >= 0.45


def test_a_unit_in_error_is_flagged_and_a_right_one_is_not(bench, cells):
    for row in bench.unit_rows(*cells):
        if row["mistake"] == "none":
            assert row["flagged"] <= 0.02
        else:
            assert row["flagged"] >= 0.96, row
