"""Profile likelihood and bootstrap: intervals of what the data determine weakly."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import fit_spectra
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.uncertainty import correlation_widening, quantile
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
CELL = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-Wo1")
F = np.logspace(6.5, -1, 52)
WEAK_LEAD = [2.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88]
SLOW = [10.0, 300.0, 4e-9, 0.95, 900.0, 3e-6, 0.85, 500.0, 80.0]


def fits(circuit, truth, count, noise=0.003, f=F, **options):
    spectra = [simulate(circuit, truth, f, noise=noise, seed=seed) for seed in range(count)]
    return fit_spectra(circuit, spectra, Options(**options))


def test_a_well_known_parameter_keeps_its_covariance_interval():
    (fit,) = fits(FILM, [20.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], 1)
    assert set(fit.interval_method) == {"covariance"}


def test_a_weak_parameter_gets_a_profile_and_is_said_to():
    (fit,) = fits(CELL, SLOW, 1, f=np.logspace(6, -2, 65))
    assert fit.interval_method[fit.index("Wo1_1")] == "profile"


def test_at_the_ends_of_a_profile_interval_chi2_has_risen_by_the_square_of_the_quantile():
    (fit,) = fits(CELL, SLOW, 1, f=np.logspace(6, -2, 65))
    spectrum = simulate(CELL, SLOW, np.logspace(6, -2, 65), noise=0.003, seed=0)
    for end in fit.interval("Wo1_1"):
        (held,) = fit_spectra(CELL, [spectrum], Options(fix={"Wo1_1": end}, guess=fit.values))
        assert_allclose((held.chi2 - fit.chi2) / fit.noise, quantile(fit) ** 2, rtol=0.08)


def test_a_profile_and_a_covariance_agree_where_the_minimum_is_a_parabola():
    (fit,) = fits(FILM, [5.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], 1)
    (plain,) = fits(FILM, [5.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], 1, interval="covariance")
    i = fit.index("R1")
    assert_allclose(np.log(fit.intervals[i]), np.log(plain.intervals[i]), rtol=1e-3)


@pytest.mark.parametrize(("circuit", "truth"), [(FILM, WEAK_LEAD), (CELL, SLOW)])
def test_intervals_of_weak_parameters_cover(circuit, truth):
    f = F if circuit is FILM else np.logspace(6, -2, 65)
    found = fits(circuit, truth, 300, noise=0.01, f=f)
    intervals = np.array([fit.intervals for fit in found])
    low, high = np.nan_to_num(intervals[..., 0], nan=-np.inf), np.nan_to_num(intervals[..., 1], nan=np.inf)
    profiled = np.array([[method == "profile" for method in fit.interval_method] for fit in found])
    inside = (low <= truth) & (truth <= high)
    assert profiled.sum() > 100
    assert 0.905 < inside[profiled].mean() < 0.985


def test_an_arc_below_the_window_has_no_upper_end():
    circuit = Circuit("R0-p(R1,CPE1)-p(R2,C2)")
    (fit,) = fits(circuit, [10.0, 1e3, 1e-9, 0.95, 1e9, 1e-5], 1)
    low, high = fit.interval("R2")
    assert low > 1e5
    assert np.isnan(high)


def test_a_bootstrap_agrees_with_the_covariance_on_white_noise():
    (fit,) = fits(FILM, [20.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], 1, interval="bootstrap", seed=3)
    (plain,) = fits(FILM, [20.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], 1)
    assert set(fit.interval_method) == {"bootstrap"}
    assert_allclose(np.diff(fit.intervals), np.diff(plain.intervals), rtol=0.35)


def test_a_bootstrap_is_the_same_with_the_same_seed():
    first, second = (fits(FILM, WEAK_LEAD, 1, interval="bootstrap", seed=5)[0] for _ in range(2))
    assert (first.intervals == second.intervals).all()


def test_white_residuals_widen_nothing_and_correlated_ones_do():
    rng = np.random.default_rng(2)
    white = rng.normal(size=(1, 2 * 400))
    walk = np.repeat(rng.normal(size=(1, 2, 100)), 4, axis=2).reshape(1, -1)
    assert correlation_widening(white)[0] == 1
    assert 2.0 < correlation_widening(walk)[0] < 3.5


def test_correlated_errors_widen_the_interval_and_not_the_standard_error():
    f = np.logspace(6.5, -1, 104)
    z = FILM.impedance(f, [20.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88])
    rng = np.random.default_rng(1)
    drift = np.repeat(rng.normal(size=(2, 26)), 4, axis=1)
    (fit,) = fit_spectra(FILM, [Spectrum(f, z * (1 + 0.003 * (drift[0] + 1j * drift[1])))])
    assert fit.widening > 1.5
    low, high = fit.interval("R1")
    half = np.log(high / low) / 2
    assert_allclose(half, quantile(fit) * fit.stderr["R1"] / fit.values["R1"], rtol=1e-9)
