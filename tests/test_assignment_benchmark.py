"""The benchmark of roles, small: the goals with the scatter of a few hundred cells."""

import importlib.util
import sys
from dataclasses import replace
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


OTHERWISE = {
    "eps": (10.0, 38.0),
    "C/A": (0.08e-6, 20e-6),
    "anode asr": (0.03, 300.0),
    "cathode asr": (3.0, 5e4),
}
"""Interfaces outside the windows of plausibility, too."""


def test_a_role_is_right_or_said_to_be_unknown(bench, cells):
    *circuits, total = bench.role_rows(*cells)
    assert total["wrong"] <= 0.02  # 0.5 % of 180 is one cell; three of them are within its scatter
    assert max(row["wrong"] for row in circuits) <= 1 / 30 + 1e-9  # one cell
    assert total["decided"] >= 0.80
    assert total["right"] >= 0.45


def test_a_unit_in_error_is_flagged_and_a_right_one_is_not(bench, cells):
    for row in bench.unit_rows(*cells):
        if row["mistake"] == "none":
            assert row["flagged"] <= 0.01
        else:
            assert row["flagged"] >= 0.98, row


def test_cells_of_other_interfaces_noise_and_an_unknown_cable_are_wrong_as_seldom(bench, monkeypatch):
    monkeypatch.setattr(bench, "RANGES", {**bench.RANGES, **OTHERWISE})
    monkeypatch.setattr(bench, "NOISE", 0.008)
    drawn = [replace(c, sample=replace(c.sample, stray_capacitance=None)) for c in bench.cells(120, seed=12)]
    results = bench.fitted(drawn)
    total = bench.role_rows(drawn, results)[-1]
    assert total["wrong"] <= 0.02
    assert total["decided"] >= 0.75
    *mistakes, right = bench.unit_rows(drawn[:48], results[:48])
    assert right["flagged"] <= 0.03  # one cell
    for row in mistakes:
        assert row["flagged"] >= 0.94, row


def test_only_cells_that_could_be_drawn_either_way_cannot_be_told(bench):
    """By construction every cell could be drawn as it is; one of 1 µm has no interface that could be its film."""
    drawn = bench.cells(60, seed=3)
    assert all(bench._could_be_drawn(c.arcs, c) for c in drawn)
    thick = [c for c in drawn if c.circuit == "li-lipon-li" and c.sample.thickness > 1e-6]
    assert thick
    assert all(bench.tellable(c) for c in thick)
