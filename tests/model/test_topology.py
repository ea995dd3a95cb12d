"""Circuits of one form have one topology; others have not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.model import Circuit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("R0-p(R1,CPE1)-CPE2", "CPE9-R3-p(CPE4,R7)"),
        ("R0-p(R1,CPE1)", "R0-Zarc1"),
        ("R0-p(R1,C1)", "K1-R0"),
        ("p(R1,p(C1,L1))", "p(L1,R1,C1)"),
        ("p(R1-W1,C1)", "p(C1,W1-R1)"),
        ("p(K1,L1)", "p(R1,C1,L1)"),
        ("p(Zarc1,L1-R1)", "p(R1,CPE1,R2-L1)"),
    ],
)
def test_order_numbers_and_parametrisation_do_not_matter(one, other):
    assert Circuit(one).topology() == Circuit(other).topology()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("R0-p(R1,CPE1)", "R0-p(R1,C1)"),
        ("R0-p(R1,CPE1)", "R0-p(R1,CPE1)-CPE2"),
        ("R0-p(R1,CPE1)-Wo1", "R0-p(R1,CPE1)-Ws1"),
        ("R0-p(R1-W1,C1)", "R0-p(R1,C1)-W1"),
        ("p(R1,C1)-p(R2,C2)", "p(R1,C1-p(R2,C2))"),
    ],
)
def test_circuits_that_data_can_tell_apart_have_different_topologies(one, other):
    assert Circuit(one).topology() != Circuit(other).topology()


def test_the_description_is_itself_the_form_of_a_circuit():
    assert Circuit("Wo1-p(CPE1,R2)-R0").topology() == "R-Wo-p(CPE,R)"


def test_elements_declared_the_same_as_a_group_are_the_same_impedance():
    f = np.logspace(5, -1, 13)
    r, tau, n = 300.0, 1e-2, 0.8
    group = Circuit("p(R1,CPE1)").impedance(f, [r, tau**n / r, n])
    assert_allclose(Circuit("Zarc1").impedance(f, [r, tau, n]), group, rtol=1e-12)
    assert_allclose(Circuit("K1").impedance(f, [r, tau]), Circuit("p(R1,C1)").impedance(f, [r, tau / r]), rtol=1e-12)
