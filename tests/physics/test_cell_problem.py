"""Cells as least-squares problems: quantities free of geometry, exchange of arcs, and links by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.weights import weights
from lipon_eis.library import load_circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.cell_links import CellModel
from lipon_eis.physics.cell_problem import CellProblem, Common
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import SpectrumStack

D, A, SIDES = 1.2e-6, 2e-5, 2  # m, m²
SIGMA, EPS = 2e-4, 16.0  # S/m
ASR, PER_AREA, N = 25e-4, 2e-2, 0.93  # Ω m², F/m²
BULK = D / (SIGMA * A), EPS * VACUUM_PERMITTIVITY * A / D


def arc(r, c, n):
    return r, (r * c) ** n / r, n


def cell(name="li-lipon-li", errors=(0.03, 0.02), fix=None):
    """The cell of a circuit at its true values, which no noise blurs."""
    named = load_circuit(name)
    sides = SIDES if name == "li-lipon-li" else 1
    values = [6.0, *arc(*BULK, 0.96)]
    if name != "lipon-blocking":
        values += arc(sides * ASR / A, PER_AREA * A / sides, N)
    if name == "li-lipon-lco":
        values += [*arc(6 * ASR / A, 5 * PER_AREA * A, 0.9), 400.0, 3.0]
    if name == "lipon-blocking":
        values += [2e-6, 0.9]
    spectrum = simulate(named.circuit, values, np.logspace(7, -2, 91), noise=0.003, seed=1)
    stack = SpectrumStack.of([spectrum])
    problem = Problem.of(named.circuit, stack, weights(stack, "modulus", "Z"), Options(fix=fix or {}))
    arcs = {one.role: one for one in role_arcs(named.circuit, named.roles)}
    scale = {role: math.log(D / A if role == "bulk" else sides / A) for role in arcs}
    moves = ~problem.fixed
    return CellProblem.of(problem, arcs, scale, np.array(values, float), moves, 0.003, {}, errors)


TRUTH = {
    Common("bulk", "resistance"): -math.log(SIGMA),
    Common("bulk", "capacitance"): math.log(EPS * VACUUM_PERMITTIVITY),
    Common("bulk", "exponent"): 0.96,
    Common("anode_interface", "resistance"): math.log(ASR),
    Common("anode_interface", "capacitance"): math.log(PER_AREA),
    Common("anode_interface", "exponent"): N,
}


@pytest.mark.parametrize("name", ["li-lipon-li", "li-lipon-lco", "lipon-blocking"])
def test_cells_of_any_number_of_sides_have_the_same_quantities(name):
    one = cell(name)
    shared = [common for common in one.commons if common in TRUTH]
    assert len(shared) >= 3
    for common in shared:
        assert one.alone(common)[0] == pytest.approx(TRUTH[common], abs=1e-9), common


def test_thickness_enters_the_film_alone_and_area_everything_but_exponents():
    exact, wrong = cell(errors=(0.0, 0.0)), cell(errors=(0.3, 0.4))
    grown = {c: math.sqrt(wrong.alone(c)[1] - exact.alone(c)[1]) for c in exact.commons}
    for common, size in grown.items():
        expected = 0.0 if common.kind == "exponent" else 0.5 if common.role == "bulk" else 0.4
        assert size == pytest.approx(expected, abs=1e-9), common


def test_an_arc_with_a_fixed_part_is_not_shared():
    assert {common.role for common in cell(fix={"R2": 250.0}).commons} == {"bulk"}


def test_exchanging_twice_is_nothing_and_once_swaps_both_arcs():
    one = cell("li-lipon-lco")
    assert one.exchangeable
    assert not cell().exchangeable
    other = one.exchanged()
    for kind in ("resistance", "capacitance", "exponent"):
        anode, transfer = (Common(role, kind) for role in ("anode_interface", "charge_transfer"))
        assert other.alone(anode)[0] == pytest.approx(one.alone(transfer)[0])
        assert other.alone(anode)[1] == pytest.approx(one.alone(transfer)[1])
    assert (one.slower(one.start), one.slower(other.start)) == (1, 0)
    assert_allclose(other.exchanged().start, one.start)
    assert one.cost_alone == pytest.approx(replace(other).cost_alone)


def test_what_other_cells_predict_leaves_the_rest_of_the_resistance():
    one = cell("li-lipon-lco")
    levels = {common: value for common, value in TRUTH.items() if common.role == "anode_interface"}
    merged = one.start.copy()
    total = 7 * ASR / A
    merged[one.index(Common("charge_transfer", "resistance"))] = math.log(0.99 * total)
    merged[one.index(Common("anode_interface", "resistance"))] = math.log(0.01 * total)
    found = one.predicted(merged, levels)
    assert one.value(Common("anode_interface", "resistance"), found) == pytest.approx(math.log(ASR))
    assert one.value(Common("charge_transfer", "resistance"), found) == pytest.approx(math.log(6 * ASR))


def test_diffusion_is_found_again_beside_arcs_that_are_right():
    one = cell("li-lipon-lco")
    lost = one.start.copy()
    lost[-2:] = math.log(1e7), math.log(1e9)
    found = one.settled(lost)
    assert_allclose(np.exp(found[-2:]), [400.0, 3.0], rtol=0.05)


def test_links_put_levels_deviations_and_geometry_into_coordinates():
    cells = (cell("lipon-blocking"), cell(), cell("li-lipon-lco"))
    commons = tuple(dict.fromkeys(common for one in cells for common in one.commons))
    model = CellModel(cells, commons, tuple(0.05 for _ in commons))
    links = model.links()
    x = [one.start for one in cells]
    levels = model.levels(x)
    g = np.array([levels[common] for common in commons])
    w = model.local_start(x, levels, links)
    there = links.coordinates(g, w)
    for i, one in enumerate(cells):
        assert_allclose(there[i, : len(one.start)], one.start, rtol=1e-12)
    w[1, model.error("thickness")] += 1.0  # the film is 3 % thicker than said
    moved = links.coordinates(g, w)[1] - there[1]
    r, tau = (cells[1].index(Common("bulk", kind)) for kind in ("resistance", "capacitance"))
    assert moved[r] == pytest.approx(0.03)
    assert np.flatnonzero(moved).tolist() == [r]  # τ = RC, and all of the interface, stay
    w[1, model.error("area")] += 1.0
    moved = links.coordinates(g, w)[1] - there[1]
    assert moved[r] == pytest.approx(0.03 - 0.02)
    assert moved[cells[1].index(Common("anode_interface", "resistance"))] == pytest.approx(-0.02)
    assert moved[tau] == pytest.approx(0.0, abs=1e-12)
    single = commons.index(Common("charge_transfer", "resistance"))
    assert model.count(commons[single]) == 1
    assert not links.local[:, :, model.deviation(single)].any()
