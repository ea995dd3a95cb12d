"""Circuits of every shape are fitted without a guess."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.random_starts import golden_points
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

WIDE = np.logspace(6.8, -2, 70)

SHAPES = {
    "R1": [470.0],
    "C1": [3e-9],
    "CPE1": [3e-9, 0.9],
    "p(R1,C1)": [4e3, 1e-9],
    "R0-C1": [10.0, 1e-6],
    "R0-CPE1": [10.0, 1e-6, 0.9],
    "R0-p(R1,C1)-C2": [10.0, 4e3, 1e-9, 1e-6],
    "R0-p(R1,CPE1)": [10.0, 4e3, 3e-9, 0.92],
    "p(R1,CPE1)-CPE2": [4e3, 3e-9, 0.92, 1e-6, 0.9],
    "R0-Zarc1": [10.0, 4e3, 1e-5, 0.9],
    "R0-Zarc1-Zarc2-CPE1": [10.0, 4e3, 1e-6, 0.95, 3e3, 1e-3, 0.85, 5e-6, 0.9],
    "R0-K1-K2-K3": [10.0, 4e3, 1e-6, 3e3, 1e-4, 2e3, 1e-2],
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-Wo1": [2e-7, 8.0, 90.0, 2e-8, 0.97, 200.0, 3e-5, 0.85, 80.0, 20.0],
    "R0-p(R1,CPE1)-W1": [10.0, 4e3, 3e-9, 0.92, 300.0],
    "R0-p(R1,CPE1)-Ws1": [10.0, 4e3, 3e-9, 0.92, 800.0, 5.0],
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)": [
        *[10.0, 2e3, 1e-10, 0.97, 4e3, 1e-8, 0.95],
        *[3e3, 1e-6, 0.93, 5e3, 1e-4, 0.95],
    ],
    "R0-p(CPE1,R1,R2-CPE2)": [10.0, 3e-9, 0.94, 2e6, 4e3, 1e-6, 0.88],
    "R0-p(R1-W1,C1)": [20.0, 200.0, 40.0, 1e-5],
    "R0-p(R1-Wo1,CPE1)": [20.0, 200.0, 90.0, 4.0, 2e-5, 0.9],
    "R0-p(C1,R1-p(C2,R2))": [10.0, 1e-9, 3e3, 1e-6, 5e3],
}


@pytest.mark.parametrize("text", SHAPES)
def test_a_circuit_is_fitted_to_its_noise_without_a_guess(text):
    circuit = Circuit(text)
    truth = SHAPES[text]
    spectra = [simulate(circuit, truth, WIDE, noise=0.003, seed=seed) for seed in (1, 2, 3)]
    for spectrum, fit in zip(spectra, fit_spectra(circuit, spectra), strict=True):
        noise = (np.abs(spectrum.impedance / circuit.impedance(WIDE, truth) - 1) ** 2).sum()
        assert fit.converged
        assert fit.relative_chi2 <= noise * 1.01  # the minimum is never above the truth
        errors = np.array(list(fit.stderr.values()))
        far = np.abs(fit.used_values - truth) / errors
        assert (far[np.isfinite(errors)] < 5).all()


def test_a_circuit_that_has_nothing_to_do_with_the_data_is_fitted_all_the_same():
    """No combination of arcs and a tail has positive amplitudes on a falling, inductive spectrum."""
    circuit = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    f = np.logspace(6, 0, 40)
    inductive = Spectrum(f, 5 + 1e-6j * f)
    resistive = simulate("R0-p(R1,C1)", [10, 1e3, 1e-9], f, noise=0.01, seed=1)
    for fit in fit_spectra(circuit, [inductive, resistive]):
        assert np.isfinite(fit.used_values).all()
        assert fit.starts > 0


def test_points_a_decade_and_windows_do_not_matter():
    circuit = Circuit("R0-p(R1,CPE1)-CPE2")
    truth = [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88]
    grids = [np.logspace(6.5, -1, 38), np.logspace(6.5, -1, 151), np.logspace(4.5, 0, 40), np.logspace(6, 2, 9)]
    fits = fit_spectra(circuit, [simulate(circuit, truth, f, noise=0.002, seed=3) for f in grids])
    for fit in fits:
        assert fit.values["R1"] == pytest.approx(4e3, abs=max(5 * fit.stderr["R1"], 1.0))


def test_quasi_random_points_fill_the_cube_evenly():
    points = golden_points(512, 7)
    assert points.shape == (512, 7)
    assert ((points >= 0) & (points < 1)).all()
    counts = np.apply_along_axis(lambda x: np.histogram(x, 8, (0, 1))[0], 0, points)
    assert (np.abs(counts - 64) <= 6).all()  # random points would scatter by 8
    assert not np.array_equal(points, golden_points(512, 7, seed=1))


def test_the_limit_of_work_is_told():
    circuit = Circuit("R0-p(R1,CPE1)-CPE2")
    s = simulate(circuit, [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], WIDE, noise=0.01, seed=1)
    (fit,) = fit_spectra(circuit, [s], Options(max_iterations=2))
    assert fit.starts_agreeing <= fit.starts
    assert_allclose(fit.values["R1"], 4e3, rtol=0.05)  # the winner is finished all the same
