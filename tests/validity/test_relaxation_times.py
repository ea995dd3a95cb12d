"""Distribution of relaxation times: against the analytic one of a ZARC, and arcs of known resistance."""

import numpy as np
import pytest
from scipy.optimize import nnls

import lipon_eis as le
from lipon_eis.errors import CannotFit, InvalidOption
from lipon_eis.validity.relaxation_times import _non_negative, relaxation_times

F = np.logspace(6, -1, 71)


def zarc(r, tau, n):
    return [r, tau**n / r, n]


def of_zarc(tau, r, tau0, n):
    """γ(ln τ) of a resistor beside a CPE (Cole and Cole 1941; Macdonald, Impedance Spectroscopy)."""
    return r / (2 * np.pi) * np.sin((1 - n) * np.pi) / (np.cosh(n * np.log(tau / tau0)) - np.cos((1 - n) * np.pi))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("noise", "agrees"), [(1e-4, 0.03), (1e-3, 0.07), (3e-3, 0.13)])
def test_a_zarc_has_its_analytic_distribution(seed, noise, agrees):
    s = le.simulate("R0-p(R1,CPE1)", [10, *zarc(1000, 1e-3, 0.75)], F, noise=noise, seed=seed)
    found = relaxation_times(s)
    true = of_zarc(found.tau, 1000, 1e-3, 0.75)
    assert np.sqrt(((found.gamma - true) ** 2).sum() / (true**2).sum()) < agrees
    [peak] = [p for p in found.peaks if p.clear]
    assert peak.tau == pytest.approx(1e-3, rel=0.1)
    assert peak.resistance == pytest.approx(1000, rel=0.06)
    assert found.residual == pytest.approx(noise, rel=0.25)


@pytest.mark.parametrize("seed", range(5))
def test_two_arcs_and_a_blocking_tail_are_two_peaks(seed):
    values = [20, *zarc(2000, 1e-6, 0.95), *zarc(5000, 1e-3, 0.85), 1e-6, 0.9]
    s = le.simulate("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", values, F, noise=0.003, seed=seed)
    found = relaxation_times(s)
    first, second = (p for p in found.peaks if p.clear)
    assert (first.tau, second.tau) == (pytest.approx(1e-6, rel=0.15), pytest.approx(1e-3, rel=0.3))
    assert (first.resistance, second.resistance) == (pytest.approx(2000, rel=0.12), pytest.approx(5000, rel=0.15))
    assert set(found.tail) & {0.85, 0.9, 0.95}


def test_resistance_adds_up_and_nothing_is_negative():
    s = le.simulate("R0-p(R1,CPE1)", [50, *zarc(1000, 1e-3, 0.8)], F, noise=1e-3, seed=1)
    found = relaxation_times(s)
    area = found.gamma.sum() * np.log(found.tau[1] / found.tau[0])
    assert area + found.resistance == pytest.approx(1050, rel=0.01)
    assert (found.gamma >= 0).all()
    np.testing.assert_allclose(found.impedance, s.impedance, rtol=0.01)


def test_an_inductance_is_no_relaxation():
    s = le.simulate("L0-R0-p(R1,C1)", [2e-6, 30, 400, 1e-7], F, noise=1e-3, seed=1)
    found = relaxation_times(s)
    assert found.inductance == pytest.approx(2e-6, rel=0.05)
    assert found.resistance == pytest.approx(30, rel=0.05)


def test_an_arc_above_the_window_is_not_called_inside():
    s = le.simulate("R0-p(R1,CPE1)-CPE2", [5, *zarc(500, 5e-8, 0.95), 1e-6, 0.9], F, noise=1e-3, seed=2)
    assert all(not p.inside for p in relaxation_times(s).peaks if p.resistance > 100)


def test_a_larger_ridge_is_smoother():
    s = le.simulate("R0-p(R1,CPE1)", [10, *zarc(1000, 1e-3, 0.8)], F, noise=1e-3, seed=1)
    rough, smooth = (relaxation_times(s, ridge=ridge) for ridge in (1e-6, 1.0))
    assert np.ptp(np.diff(smooth.gamma, 2)) < np.ptp(np.diff(rough.gamma, 2))
    assert smooth.degrees_of_freedom < rough.degrees_of_freedom
    assert smooth.residual > rough.residual


def test_scaling_z_scales_the_distribution():
    s = le.simulate("R0-p(R1,CPE1)", [10, *zarc(1000, 1e-3, 0.8)], F, noise=1e-3, seed=1)
    one, other = relaxation_times(s), relaxation_times(le.Spectrum(F, 1e4 * s.impedance))
    np.testing.assert_allclose(other.gamma, 1e4 * one.gamma, atol=1e-4 * other.gamma.max())


@pytest.mark.parametrize("seed", range(20))
def test_block_pivoting_finds_what_lawson_and_hanson_find(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(60, 25)), rng.normal(size=60)
    x, positive = _non_negative(a.T @ a, a.T @ b, np.ones(25, bool))
    np.testing.assert_allclose(x, nnls(a, b)[0], atol=1e-9)
    assert (x[~positive] == 0).all()


def test_refuses_what_is_no_distribution():
    s = le.simulate("R0-p(R1,C1)", [10, 1e3, 1e-7], F)
    with pytest.raises(InvalidOption, match="ridge"):
        relaxation_times(s, ridge=0.0)
    with pytest.raises(InvalidOption, match="3"):
        relaxation_times(s, per_decade=2)
    with pytest.raises(CannotFit, match="ten"):
        relaxation_times(s.between(1, 5))
