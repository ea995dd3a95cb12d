"""Fits in admittance: the same cost of Y = 1/Z, with the weights' definitions in Y."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import SpectrumStack

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
F = np.logspace(6.5, -1, 52)
TRUTH = [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88]
LEAK = Circuit("p(R1,CPE1)")


def one(circuit=FILM, truth=TRUTH, seed=1, sigma=None, **how):
    spectrum = simulate(circuit, truth, F, noise=0.003, seed=seed)
    spectrum = replace(spectrum, sigma=sigma * np.abs(spectrum.impedance)) if sigma else spectrum
    (fit,) = fit_spectra(circuit, [spectrum], Options(**how))
    return fit, spectrum


def deviations(spectrum, weighting):
    y = 1 / spectrum.impedance
    size = {
        "modulus": (abs(y), abs(y)),
        "proportional": (abs(y.real), abs(y.imag)),
        "unit": (np.ones(len(y)), np.ones(len(y))),
        "sigma": (0.003 * abs(y), 0.003 * abs(y)),
    }
    return size[weighting]


@pytest.mark.parametrize("weighting", ["modulus", "proportional", "unit", "sigma"])
def test_chi2_and_minimum_are_those_of_the_hand_written_cost(weighting):
    fit, s = one(weighting=weighting, space="Y", sigma=0.003 if weighting == "sigma" else None)
    re, im = deviations(s, weighting)

    def cost(values):
        misfit = 1 / FILM.impedance(s.frequency, values) - 1 / s.impedance
        return float(((misfit.real / re) ** 2 + (misfit.imag / im) ** 2).sum())

    assert_allclose(fit.chi2, cost(fit.used_values), rtol=1e-9)
    for i in range(6):
        for step in (-1, 1):
            moved = fit.used_values.copy()
            moved[i] *= 1 + step * 1e-4
            assert cost(moved) >= fit.chi2 * (1 - 1e-9), FILM.names[i]


def test_errors_are_those_of_the_linear_problem_in_admittance():
    fit, s = one(space="Y")
    slope = -FILM.jacobian(s.frequency, fit.values) / FILM.impedance(s.frequency, fit.values)[:, None] ** 2
    weighted = slope * np.abs(s.impedance)[:, None]
    expected = np.linalg.inv((weighted.conj().T @ weighted).real) * fit.chi2_reduced
    assert_allclose(fit.covariance, expected, rtol=1e-5)


@pytest.mark.parametrize("weighting", ["modulus", "proportional"])
def test_relative_weights_give_nearly_the_same_in_both_spaces(weighting):
    (here, _), (there, _) = one(weighting=weighting), one(weighting=weighting, space="Y")
    difference = np.abs(here.used_values - there.used_values) / np.array(list(here.stderr.values()))
    assert (difference < (0.2 if weighting == "modulus" else 3.0)).all()
    assert not np.array_equal(here.used_values, there.used_values)


def test_unit_weights_let_the_small_impedances_speak():
    """In Z the largest impedances count, in Y the smallest: R0 is known from the latter alone."""
    (here, _), (there, _) = one(weighting="unit"), one(weighting="unit", space="Y")
    assert not here.stderr["R0"] < there.stderr["R0"]
    assert there.values["R0"] == pytest.approx(12.0, rel=0.02)


def test_the_deviation_of_an_admittance_is_that_of_z_over_its_square():
    _, s = one(sigma=0.01)
    w = weights(SpectrumStack.of([s]), "sigma", "Y")[0, : len(s), 0]
    drawn = s.impedance + 0.01 * np.abs(s.impedance) * np.random.default_rng(1).standard_normal((4000, len(s)))
    assert_allclose(1 / np.sqrt(w), np.abs(1 / drawn - 1 / s.impedance).std(axis=0) / np.sqrt(1 - 2 / np.pi), rtol=0.06)


def test_a_fit_says_its_space():
    assert one(space="Y")[0].space == "Y"
    assert one()[0].space == "Z"


def test_a_space_that_does_not_exist_is_refused():
    with pytest.raises(CannotFit, match="'X'"):
        one(space="X")


def test_a_circuit_of_two_branches_is_fitted_in_admittance_too():
    fit, _ = one(LEAK, [1e6, 1e-8, 0.9], space="Y")
    assert_allclose(fit.used_values, [1e6, 1e-8, 0.9], rtol=0.02)
