"""Whether a larger circuit can still win is told from the residuals of the smaller."""

import math

import numpy as np
import pytest

from lipon_eis.fitting.fit import fit_spectra
from lipon_eis.fitting.ranking import corrected_aic
from lipon_eis.fitting.room import room
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

F = np.logspace(6, -1, 71)
ONE, TWO = "R0-p(R1,CPE1)-CPE2", "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
FILM = {"R0": 10.0, "R1": 2e3, "CPE1_0": 3e-9, "CPE1_1": 0.95, "CPE2_0": 2e-6, "CPE2_1": 0.9}
LAYERED = {**FILM, "R2": 900.0, "CPE2_0": 4e-7, "CPE2_1": 0.9, "CPE3_0": 2e-6, "CPE3_1": 0.9}


def fitted(text, spectra):
    return fit_spectra(Circuit(text), spectra)


def test_what_a_larger_circuit_gains_is_foretold_within_a_fifth():
    spectra = [simulate(TWO, LAYERED, F, noise=0.003, seed=seed) for seed in range(1, 6)]
    for small, large, spectrum in zip(fitted(ONE, spectra), fitted(TWO, spectra), spectra, strict=True):
        gained = corrected_aic(small) - corrected_aic(large)
        assert gained > 100
        assert room(small, spectrum) == pytest.approx(gained, rel=0.2)


def test_white_residuals_leave_none_but_by_chance():
    spectra = [simulate(ONE, FILM, F, noise=0.003, seed=seed) for seed in range(1, 41)]
    left = [room(fit, spectrum) for fit, spectrum in zip(fitted(ONE, spectra), spectra, strict=True)]
    assert np.mean(np.array(left) > 0) < 0.5
    assert max(left) < 40


def test_a_misfit_below_the_instruments_accuracy_is_no_room():
    spectra = [simulate(TWO, LAYERED, F, noise=0.0005, seed=1)]
    (small,) = fitted(ONE, spectra)
    assert room(small, spectra[0], accuracy=0.5) < 10 < 100 < room(small, spectra[0], accuracy=0.0)


def test_a_handful_of_points_may_be_anything():
    spectrum = simulate(ONE, FILM, F[::10], noise=0.003, seed=1)
    few = Spectrum(spectrum.frequency[:7], spectrum.impedance[:7])
    (fit,) = fitted("R0-p(R1,C1)", [few])
    assert math.isinf(room(fit, few))
