"""Which of some circuits the data support."""

import numpy as np
import pytest

import lipon_eis as le
from lipon_eis.batch import make_task
from lipon_eis.comparison import compare_circuits
from lipon_eis.errors import InvalidOption

F = np.logspace(6.5, -1, 60)
FILM = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "CPE2_0": 1.4e-6, "CPE2_1": 0.88}
GRAIN = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "R2": 9e3, "CPE2_0": 2e-8, "CPE2_1": 0.9}
GRAIN |= {"CPE3_0": 1.4e-6, "CPE3_1": 0.88}
ONE, TWO = "lipon-blocking", "polycrystalline-blocking"


def compared(circuit, values, *circuits, **how):
    s = le.simulate(circuit, values, F, noise=0.003, seed=1)
    (found,) = compare_circuits([s], [le.Sample()], [make_task(c, **how) for c in circuits])
    return found


def test_the_circuit_that_was_simulated_is_chosen():
    assert compared(ONE, FILM, ONE, TWO).chosen.circuit == ONE
    assert compared(TWO, GRAIN, ONE, TWO).chosen.circuit == TWO


def test_order_on_the_command_line_does_not_matter():
    one, other = compared(TWO, GRAIN, ONE, TWO), compared(TWO, GRAIN, TWO, ONE)
    assert [c.circuit for c in one.candidates] == [c.circuit for c in other.candidates]
    assert [c.aicc for c in one.candidates] == [c.aicc for c in other.candidates]


def test_weights_are_those_of_aicc_and_add_up_to_one():
    found = compared(ONE, FILM, ONE, TWO, "R0-p(R1,CPE1)")
    best = found.candidates[0]
    assert sum(c.weight for c in found.candidates) == pytest.approx(1)
    for c in found.candidates:
        assert c.weight / best.weight == pytest.approx(np.exp((best.aicc - c.aicc) / 2), rel=1e-9, abs=0)
        assert c.delta == c.aicc - best.aicc


def test_the_sentence_says_whether_a_larger_circuit_adds_anything():
    assert "adds nothing that the data ask for" in compared(ONE, FILM, ONE, TWO).says
    assert compared(TWO, GRAIN, ONE, TWO).says.startswith(f"the data support {TWO}: the next is ")
    same = compared(ONE, FILM, ONE, "R1-p(R2,CPE3)-CPE4")
    assert same.says.endswith("which is as large")


def test_circuits_that_all_leave_a_trend_are_said_to():
    assert "leaves a trend" in compared(TWO, GRAIN, ONE, "R0-p(R1,CPE1)").says


def test_a_circuit_with_too_many_parameters_for_the_points_costs_no_other():
    s = le.simulate(ONE, FILM, F[::12], noise=0.003, seed=1)
    (found,) = compare_circuits([s], [le.Sample()], [make_task(ONE), make_task("li-lipon-lco")])
    (lost,) = (c for c in found.candidates if c.result is None)
    assert lost.circuit == "li-lipon-lco"
    assert "points" in lost.problem
    assert found.says == f"{ONE} is the only one that could be fitted"
    assert lost.to_dict()["delta"] is None


def test_one_circuit_is_no_comparison_and_criteria_under_two_weightings_are_none():
    with pytest.raises(InvalidOption, match="two circuits"):
        compared(ONE, FILM, ONE)
    with pytest.raises(InvalidOption, match="one weighting"):
        compare_circuits([], [], [make_task(ONE), make_task(TWO, weighting="unit")])
