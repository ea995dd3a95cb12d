"""The closed forms of a chain's parts are the tree's impedance and its chain rule, to rounding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lipon_eis.fitting import parts
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem, real_parts
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum, SpectrumStack

FREQUENCY = np.logspace(6.5, -2, 52)
CHAINS = (
    "R0",
    "R0-L0-p(R1,CPE1)-CPE2",
    "R0-p(CPE1,R1)-p(R2,C2)-C3",
    "p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
    "L0-R0-p(C1,R1)-Wo1",
)
OTHERS = ("R0-p(R1,CPE1)-Ws1", "R0-p(R1,CPE1,C1)", "R0-p(R1-Wo1,CPE1)", "R0-Zarc1-CPE1", "p(R1,L1)-CPE1", "R0-La1")


def problem_of(text, frequencies=(FREQUENCY,), **options):
    circuit = Circuit(text)
    stack = SpectrumStack.of([Spectrum(f, np.full(f.size, 300 - 200j)) for f in frequencies])
    chosen = Options(**options)
    return Problem.of(circuit, stack, weights(stack, chosen.weighting, chosen.space), chosen)


def by_the_tree(problem, x):
    """Weighted Z and its derivatives in the general way."""
    p = problem.coordinates.to_natural(x)
    z, jacobian = problem.circuit.evaluate(problem.s, p)
    problem.coordinates.pull_back(jacobian, x, p)
    return real_parts(z) * problem.root, real_parts(jacobian) * problem.root[:, None, :]


def close(found, expected, scale):
    """Equal to rounding of the largest term that enters, at every frequency."""
    assert_allclose(found / scale, expected / scale, atol=2e-13)


def held(names, what):
    """Parameters that keep their own logarithm: none, stores, or resistances."""
    letters = {"none": (), "stores": ("C",), "resistances": ("R",)}[what]
    return {name: 1e-6 for name in names if name.startswith(letters) and not name.endswith("_1")}


@pytest.mark.parametrize(("text", "own"), [(text, own) for text in CHAINS for own in ("none", "stores", "resistances")])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_closed_forms_equal_the_tree_and_its_chain_rule(text, own, data):
    problem = problem_of(text, (FREQUENCY, FREQUENCY[:-3] * 1.7), fix=held(Circuit(text).names, own))
    assert problem.parts is not None
    low, high = np.maximum(problem.lower, -60.0), np.minimum(problem.upper, 60.0)
    share = np.array([[data.draw(st.floats(0, 1)) for _ in problem.circuit.names] for _ in range(2)])
    x = low + share * (high - low)
    z, derivatives = parts.evaluate(problem.parts, x, problem.window)
    expected_z, expected = by_the_tree(problem, x)
    r, jacobian = problem.residuals(x, np.arange(2))
    terms = sum(np.abs(derivatives[:, index]).sum(axis=1) for part in problem.parts for index in part.indices)
    scale = np.concatenate([terms, terms], axis=1) + 1e-300
    close(z.reshape(2, -1), expected_z, scale)
    close(derivatives.reshape(*x.shape, -1), expected, scale[:, None] * 60)
    close(r, expected_z - problem.target, scale + np.abs(problem.target))
    assert_allclose(jacobian, derivatives.reshape(*x.shape, -1), rtol=0)


@pytest.mark.parametrize("text", OTHERS)
def test_a_circuit_that_is_no_such_chain_is_left_to_the_tree(text):
    assert problem_of(text).parts is None


@pytest.mark.parametrize(
    "options",
    [
        {"space": "Y"},
        {"weighting": "proportional"},
        {"tie": {"R2": "R1"}},
    ],
)
def test_a_wish_that_the_closed_forms_do_not_cover_is_left_to_the_tree(options):
    problem = problem_of("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", **options)
    assert problem.parts is None
    x = problem.coordinates.from_natural(np.array([[10.0, 300, 1e-9, 0.9, 500, 1e-7, 0.9, 1e-6, 0.8]]))
    r, jacobian = problem.residuals(x, np.zeros(1, int))
    assert np.isfinite(r).all()
    assert np.isfinite(jacobian).all()


@pytest.mark.parametrize(
    "options", [{"fix": {"R1": 250.0}}, {"fix": {"CPE1_1": 0.9}}, {"bounds": {"CPE2_0": (1e-9, 1e-6)}}]
)
def test_a_parameter_that_is_held_or_bounded_keeps_the_closed_forms(options):
    assert problem_of("R0-p(R1,CPE1)-CPE2", **options).parts is not None
