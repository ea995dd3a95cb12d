"""Points that stand apart: found where planted, rarely where there are none, judged with their leverage."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.outliers import find_outliers, limit, studentised, without
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
F = np.logspace(6.5, -1, 52)
TRUTH = [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88]


def fitted(spectrum, **how):
    (fit,) = fit_spectra(FILM, [spectrum], Options(**how))
    return fit


def planted(factors, seed=1, noise=0.003):
    spectrum = simulate(FILM, TRUTH, F, noise=noise, seed=seed)
    z = spectrum.impedance.copy()
    for index, factor in factors.items():
        z[index] *= factor
    return replace(spectrum, impedance=z)


@pytest.mark.parametrize("point", [0, 7, 25, 50, 51])
@pytest.mark.parametrize("factor", [1.03, 0.97, 1 + 0.03j])
def test_a_point_that_is_off_by_ten_deviations_is_found_and_no_other(point, factor):
    s = planted({point: factor})
    (found,) = find_outliers(fitted(s), s).points
    assert (found.index, found.frequency) == (point, s.frequency[point])
    assert 5 < found.studentised < 20
    assert not found.masked


@pytest.mark.parametrize("weighting", ["modulus", "proportional", "sigma"])
@pytest.mark.parametrize("space", ["Z", "Y"])
def test_in_every_weighting_and_space(weighting, space):
    s = planted({20: 1.05})
    s = replace(s, sigma=0.003 * np.abs(s.impedance)) if weighting == "sigma" else s
    assert 20 in [o.index for o in find_outliers(fitted(s, weighting=weighting, space=space), s).points]


def test_the_studentised_residual_is_that_of_a_fit_without_the_point():
    """Witness: numpy's lstsq with and without each point of a linear problem."""
    rng = np.random.default_rng(2)
    design, y = rng.standard_normal((12, 2, 3)), rng.standard_normal((12, 2))
    design[4] *= 30  # one point of high leverage

    def fit(rows):
        a, b = design[rows].reshape(-1, 3), y[rows].ravel()
        solution, *_ = np.linalg.lstsq(a, b, rcond=None)
        return solution, float(((a @ solution - b) ** 2).sum())

    solution, whole = fit(np.arange(12))
    lengths = studentised(design @ solution - y, np.moveaxis(design, 2, 0), others=24 - 3 - 2)
    for point in range(12):
        _, rest = fit(np.delete(np.arange(12), point))
        assert_allclose(lengths[point], np.sqrt((whole - rest) / (rest / 19)), rtol=1e-9)


def test_the_limit_is_the_quantile_of_fishers_distribution():
    from scipy.stats import f

    for points, others in [(20, 31), (60, 112), (200, 390)]:
        assert_allclose(limit(points, others), np.sqrt(2 * f.isf(0.01 / points, 2, others)), rtol=1e-9)


def test_one_fit_in_a_hundred_of_good_data_raises_an_alarm():
    """In linear problems, where the theory is exact: 4000 of them, 12 points each."""
    rng = np.random.default_rng(3)
    design = rng.standard_normal((30, 2, 4))
    flat = design.reshape(60, 4)
    rest = np.eye(60) - flat @ np.linalg.pinv(flat)
    residuals = (rng.standard_normal((4000, 60)) @ rest).reshape(4000, 30, 2)
    alarms = sum(studentised(r, np.moveaxis(design, 2, 0), 54).max() > limit(30, 54) for r in residuals)
    assert 20 <= alarms <= 62  # 40 ± 3.5 standard deviations


def test_good_spectra_have_almost_none():
    spectra = [simulate(FILM, TRUTH, F, noise=0.003, seed=seed) for seed in range(200)]
    fits = fit_spectra(FILM, spectra)
    assert sum(bool(find_outliers(fit, s).points) for fit, s in zip(fits, spectra, strict=True)) <= 8


def test_exact_data_have_none():
    s = simulate(FILM, TRUTH, F)
    assert find_outliers(fitted(s), s).points == ()


@pytest.mark.parametrize("how", [{}, {"tie": {"CPE2_1": "CPE1_1"}}, {"fix": {"R0": 12.0}}, {"space": "Y"}])
def test_what_would_change_without_them_is_what_a_fit_without_them_changes(how):
    truth = [12.0, 4e3, 3e-9, 0.9, 1.4e-6, 0.9]
    s = simulate(FILM, truth, F, noise=0.003, seed=1)
    z = s.impedance.copy()
    z[[0, 1]] *= 1.04
    s = replace(s, impedance=z)
    before = fitted(s, **how)
    found = find_outliers(before, s)
    assert [o.index for o in found.points] == [0, 1]
    after = fitted(without(s, found.points), **how)
    for name, change in found.shift.items():
        expected = after.values[name] - before.values[name]
        assert change == pytest.approx(expected, abs=0.3 * np.nan_to_num(before.stderr[name]))  # fixed: 0 exactly


def test_masked_points_are_not_judged_and_their_indices_are_of_the_whole_spectrum():
    s = planted({30: 1.05})
    masked = np.zeros(len(s), bool)
    masked[[3, 4, 5]] = True
    s = replace(s, masked=masked)
    (found,) = find_outliers(fitted(s), s).points
    assert found.index == 30


def test_masking_keeps_the_points_and_says_where_they_were():
    s = planted({30: 1.05, 40: 0.9})
    masked = without(s, find_outliers(fitted(s), s).points)
    assert len(masked) == len(s)
    assert np.flatnonzero(masked.masked).tolist() == [30, 40]
    assert masked.notes[-1].startswith("2 outliers masked: ")
    assert f"{s.frequency[40]:.4g} Hz" in masked.notes[-1]


def test_points_that_are_too_many_to_be_outliers_are_not_masked():
    s = planted({30: 1.05})
    (found,) = find_outliers(fitted(s), s).points
    many = [replace(found, index=i) for i in range(6)]
    assert without(s, many) is s
    assert without(s, []) is s


def test_a_spectrum_of_few_points_has_no_outliers():
    s = Spectrum(F[::13], simulate(FILM, TRUTH, F[::13], noise=0.05, seed=1).impedance)
    assert find_outliers(fitted(s), s).points == ()
