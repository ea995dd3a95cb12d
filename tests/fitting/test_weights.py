"""chi2 by hand, for each weighting, at the values that the fit reports."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
TRUTH = [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88]
F = np.logspace(6.5, -1, 50)


def noisy(seed=1, sigma=None):
    s = simulate(FILM, TRUTH, F, noise=0.01, seed=seed)
    return s if sigma is None else Spectrum(s.frequency, s.impedance, sigma=sigma)


def fitted(spectrum, weighting, **how):
    (fit,) = fit_spectra(FILM, [spectrum], Options(weighting=weighting, **how))
    return fit


def by_hand(spectrum, fit, weighting):
    z = spectrum.impedance
    used = getattr(fit, "used_values", None)  # with unit weights a lead is bounded from one side: it has no value
    misfit = z - FILM.impedance(spectrum.frequency, fit.values if used is None else used)
    re, im = {
        "modulus": (1 / np.abs(z) ** 2, 1 / np.abs(z) ** 2),
        "proportional": (1 / z.real**2, 1 / z.imag**2),
        "unit": (1.0, 1.0),
        "sigma": (1 / spectrum.sigma**2, 1 / spectrum.sigma**2) if spectrum.sigma is not None else (None, None),
    }[weighting]
    return float(np.sum(re * misfit.real**2 + im * misfit.imag**2)), re, im


@pytest.mark.parametrize("weighting", ["modulus", "proportional", "unit", "sigma"])
def test_chi2_is_the_weighted_sum_of_squares(weighting):
    spectrum = noisy(sigma=0.01 * np.abs(FILM.impedance(F, TRUTH)))
    fit = fitted(spectrum, weighting)
    assert_allclose(fit.chi2, by_hand(spectrum, fit, weighting)[0], rtol=1e-9)
    assert fit.degrees_of_freedom == 2 * 50 - 6
    assert fit.weighting == weighting


@pytest.mark.parametrize("weighting", ["modulus", "proportional", "unit"])
def test_no_other_point_nearby_has_a_smaller_chi2(weighting):
    spectrum = noisy()
    fit = fitted(spectrum, weighting)
    rng = np.random.default_rng(0)
    for _ in range(20):
        factors = np.exp(1e-4 * rng.normal(size=6))
        moved = type("Moved", (), {"values": dict(zip(FILM.names, fit.used_values * factors, strict=True))})
        assert by_hand(spectrum, moved, weighting)[0] > fit.chi2


def test_standard_deviations_give_a_covariance_that_is_not_rescaled():
    sigma = 0.01 * np.abs(FILM.impedance(F, TRUTH))
    fit, twice = fitted(noisy(sigma=sigma), "sigma"), fitted(noisy(sigma=2 * sigma), "sigma")
    assert_allclose(twice.used_values, fit.used_values, rtol=1e-9)
    assert_allclose(twice.chi2, fit.chi2 / 4, rtol=1e-9)
    assert_allclose(list(twice.stderr.values()), 2 * np.array(list(fit.stderr.values())), rtol=1e-6)
    weighted = FILM.jacobian(F, fit.values) / sigma[:, None]
    expected = np.sqrt(np.diag(np.linalg.inv((weighted.conj().T @ weighted).real)))
    assert_allclose(list(fit.stderr.values()), expected, rtol=1e-5)


def test_a_common_factor_of_unit_weights_changes_no_error():
    spectrum = noisy()
    scaled = Spectrum(spectrum.frequency, 1000 * spectrum.impedance)
    one, thousand = fitted(spectrum, "unit"), fitted(scaled, "unit")
    assert_allclose(thousand.values["R1"] / one.values["R1"], 1000, rtol=1e-7)
    assert_allclose(thousand.stderr["R1"] / one.stderr["R1"], 1000, rtol=1e-5)


def test_one_spectrum_without_standard_deviations_is_refused_alone():
    with_errors = noisy(sigma=np.full(50, 5.0))
    good, refused = fit_spectra(FILM, [with_errors, noisy()], Options(weighting="sigma"))
    assert good.values["R1"] == pytest.approx(4e3, rel=0.2)
    assert isinstance(refused, CannotFit)
    assert "sigma" in str(refused)


def test_a_weighting_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(CannotFit, match="modulus"):
        fit_spectra(FILM, [noisy()], Options(weighting="moduls"))


def test_a_component_that_crosses_zero_does_not_own_a_proportional_fit():
    circuit = Circuit("L0-R0-p(R1,CPE1)")
    truth = [2e-7, 20.0, 300.0, 1e-7, 0.9]
    s = simulate(circuit, truth, np.logspace(7, 1, 61), noise=0.003, seed=5)
    assert (s.impedance.imag > 0).any()
    (fit,) = fit_spectra(circuit, [s], Options(weighting="proportional"))
    assert fit.values["R1"] == pytest.approx(300.0, rel=0.05)
