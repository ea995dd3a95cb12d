"""The two formulas, against each other and against a surface of many capacitors."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lipon_eis.physics.capacitance import along_surface, blocking, through_film

exponents = st.floats(0.7, 1.0)
resistances = st.floats(1e-2, 1e6)
admittances = st.floats(1e-10, 1e-4)


@given(admittances, resistances)
def test_all_agree_for_an_ideal_capacitor(q, r):
    assert_allclose(through_film(np.log(r * q), r), q, rtol=1e-9)
    assert_allclose(along_surface(q, 1.0, r, 7.0), q, rtol=1e-9)
    assert_allclose(blocking(q, 1.0, 7.0), q, rtol=1e-9)


@given(admittances, exponents, resistances, resistances)
def test_a_surface_that_blocks_is_one_of_infinite_resistance(q, n, r_e, factor):
    assert_allclose(along_surface(q, n, 1e30, r_e), blocking(q, n, r_e), rtol=1e-9)


@given(admittances, exponents, resistances)
def test_an_arc_seen_through_nothing_but_itself_is_the_film_s(q, n, r):
    """For R_e ≫ R Brug's formula becomes Hsu and Mansfeld's."""
    log_tau = np.log(r * q) / n
    assert_allclose(along_surface(q, n, r, 1e30), through_film(log_tau, r), rtol=1e-9)


@given(admittances, exponents, st.floats(0.1, 10))
def test_the_unit_of_q_cancels(q, n, k):
    """Impedances k times as large: C is k times as small."""
    assert_allclose(along_surface(q / k, n, 50 * k, 7 * k), along_surface(q, n, 50, 7) / k, rtol=1e-9)
    assert_allclose(blocking(q / k, n, 7 * k), blocking(q, n, 7) / k, rtol=1e-9)
