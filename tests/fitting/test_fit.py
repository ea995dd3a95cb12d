"""Properties of a fit that hold whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import t as student

from lipon_eis.errors import CannotFit, UnknownParameter
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
GRAIN = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
F = np.logspace(6.5, -1, 52)
TRUTH = np.array([12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88])
GRAIN_TRUTH = np.array([12.0, 4e3, 3e-10, 0.95, 9e3, 2e-8, 0.88, 3e-6, 0.85])
few = settings(max_examples=12, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def noisy(seed=1, f=F, noise=0.003, circuit=FILM, truth=TRUTH):
    return simulate(circuit, truth, f, noise=noise, seed=seed)


def one(spectrum, circuit=FILM, **how):
    (fit,) = fit_spectra(circuit, [spectrum], Options(**how))
    if isinstance(fit, CannotFit):
        raise fit
    return fit


def same(a, b):
    """To the last bit, in everything that is reported."""
    for name in ("used_values", "covariance", "intervals", "at_bound", "known", "impedance"):
        assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    for name in ("chi2", "starts", "starts_agreeing", "converged", "rivals", "degrees_of_freedom"):
        assert getattr(a, name) == getattr(b, name), name


@few
@given(seeds, st.floats(1e-2, 1e4))
def test_scaling_the_impedance_scales_resistances_and_one_over_q(seed, k):
    s = noisy(seed)
    fit, scaled = one(s), one(Spectrum(s.frequency, k * s.impedance))
    power = np.array([1, 1, -1, 0, -1, 0])
    assert_allclose(scaled.used_values, fit.used_values * k**power, rtol=1e-8)
    assert_allclose(scaled.chi2, fit.chi2, rtol=1e-8)
    stderr, scaled_stderr = np.array([*fit.stderr.values()]), np.array([*scaled.stderr.values()])
    assert_allclose(scaled_stderr, stderr * k**power, rtol=1e-6)


@few
@given(seeds, st.floats(1e-3, 1e3))
def test_scaling_the_frequency_leaves_resistances_and_exponents_alone(seed, k):
    s = noisy(seed)
    fit, scaled = one(s), one(Spectrum(k * s.frequency, s.impedance))
    n1, n2 = fit.values["CPE1_1"], fit.values["CPE2_1"]
    assert_allclose(scaled.used_values, fit.used_values * k ** np.array([0, 0, -n1, 0, -n2, 0]), rtol=1e-7)


@few
@given(st.lists(seeds, min_size=2, max_size=6, unique=True), st.randoms())
def test_a_batch_equals_its_single_fits_in_any_order(some, random):
    spectra = [noisy(seed, f=F[seed % 9 :], circuit=GRAIN, truth=GRAIN_TRUTH) for seed in some]
    random.shuffle(spectra)
    for spectrum, fit in zip(spectra, fit_spectra(GRAIN, spectra), strict=True):
        same(fit, one(spectrum, GRAIN))


def test_a_batch_of_unlike_grids_and_of_one_grid_equals_its_single_fits():
    grids = [np.logspace(6, 0, 30), np.logspace(6, 0, 31), np.logspace(5, -2, 64), np.logspace(6, 0, 30)]
    for spectra in ([noisy(i, f=f) for i, f in enumerate(grids)], [noisy(i) for i in range(5)]):
        for spectrum, fit in zip(spectra, fit_spectra(FILM, spectra), strict=True):
            same(fit, one(spectrum))


@few
@given(seeds)
def test_the_order_of_points_does_not_matter(seed):
    s = noisy(seed)
    order = np.random.default_rng(seed).permutation(len(F))
    same(one(s), one(Spectrum(s.frequency[order], s.impedance[order])))


@few
@given(seeds, st.lists(st.integers(0, len(F) - 1), max_size=10, unique=True), st.complex_numbers(allow_nan=True))
def test_a_masked_point_has_no_influence(seed, where, junk):
    s = noisy(seed)
    masked = np.isin(np.arange(len(F)), where)
    spoilt = np.where(masked, junk, s.impedance)
    fit = one(Spectrum(s.frequency, spoilt, masked=masked))
    left_out = one(Spectrum(s.frequency[~masked], s.impedance[~masked]))
    assert_array_equal(fit.used_values, left_out.used_values)
    assert_array_equal(fit.covariance, left_out.covariance)
    assert fit.chi2 == left_out.chi2
    assert fit.impedance.shape == F.shape  # the curve is drawn through masked points too
    assert_allclose(fit.impedance, FILM.impedance(s.frequency, fit.values), rtol=1e-12)


def test_points_that_are_not_finite_or_at_no_frequency_have_no_influence():
    s = noisy(3)
    f = np.concatenate([s.frequency, [0.0, -1.0, np.nan, 10.0, 20.0]])
    z = np.concatenate([s.impedance, [1, 1, 1, np.nan, np.inf]])
    fit = one(Spectrum(f, z))
    assert_array_equal(fit.used_values, one(s).used_values)
    assert fit.n_used == len(F)


def test_repeated_frequencies_count_as_often_as_they_were_measured():
    s = noisy(3)
    twice = one(Spectrum(np.repeat(s.frequency, 2), np.repeat(s.impedance, 2)))
    single = one(s)
    assert_allclose(twice.used_values, single.used_values, rtol=1e-9)
    assert_allclose(twice.chi2, 2 * single.chi2, rtol=1e-9)
    assert twice.degrees_of_freedom == single.degrees_of_freedom + 2 * len(F)


@few
@given(seeds)
def test_intervals_are_symmetric_in_the_logarithm_and_of_student_width(seed):
    fit = one(noisy(seed, noise=0.02))
    quantile = student.ppf(0.975, fit.degrees_of_freedom)
    for name in ("R1", "CPE1_0", "CPE2_0"):
        value, stderr = fit.values[name], fit.stderr[name]
        assert_allclose(np.log(fit.interval(name)), np.log(value) + np.array([-1, 1]) * quantile * stderr / value)
    value, stderr = fit.values["CPE2_1"], fit.stderr["CPE2_1"]
    assert_allclose(fit.interval("CPE2_1"), value + np.array([-1, 1]) * quantile * stderr)


def test_values_are_within_their_errors_as_often_as_95_per_cent_says():
    fits = fit_spectra(FILM, [noisy(seed) for seed in range(200)])
    inside = np.array(
        [[f.interval(n)[0] <= v <= f.interval(n)[1] for n, v in zip(FILM.names, TRUTH, strict=False)] for f in fits]
    )
    assert (inside.mean(axis=0) > 0.88).all()  # 200 trials at 0.95: five binomial standard deviations below
    assert (inside.mean(axis=0) < 1.0).any()


def test_the_residual_noise_is_the_noise_that_was_put_in():
    fits = fit_spectra(FILM, [noisy(seed, noise=0.01) for seed in range(20)])
    assert_allclose(np.mean([np.sqrt(fit.chi2_reduced) for fit in fits]), 0.01, rtol=0.05)


def test_exact_data_give_the_truth():
    fit = one(simulate(GRAIN, GRAIN_TRUTH, F), GRAIN)
    assert_allclose(fit.used_values, GRAIN_TRUTH, rtol=1e-9)
    assert fit.converged


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e5])
def test_from_milliohms_to_hundreds_of_megohms(scale):
    truth = TRUTH * scale ** np.array([1, 1, -1, 0, -1, 0])
    assert_allclose(one(noisy(2, truth=truth)).used_values, truth, rtol=0.05)


def test_an_unknown_parameter_is_asked_for_in_vain():
    with pytest.raises(UnknownParameter, match="R1"):
        one(noisy()).interval("R11")


class TestRefusals:
    """What cannot be fitted is said, for that spectrum alone."""

    def fit_among_others(self, bad, circuit=FILM, **how):
        before, refused, after = fit_spectra(circuit, [noisy(1), bad, noisy(2)], Options(**how))
        assert before.values["R1"] == pytest.approx(4e3, rel=0.02)
        assert after.values["R1"] == pytest.approx(4e3, rel=0.02)
        assert isinstance(refused, CannotFit)
        return str(refused)

    def test_too_few_points(self):
        assert "3 usable points" in self.fit_among_others(noisy(1, f=[1e5, 1e3, 1e1]))

    def test_too_few_points_that_are_not_masked(self):
        s = noisy(1)
        bad = Spectrum(s.frequency, s.impedance, masked=np.arange(len(s)) > 1)
        assert "2 usable points" in self.fit_among_others(bad)

    def test_one_frequency_only(self):
        bad = Spectrum(np.full(20, 1e3), np.full(20, 100 - 5j))
        assert "1000 Hz" in self.fit_among_others(bad)

    def test_four_points_are_enough_for_six_parameters(self):
        fit = one(simulate(FILM, TRUTH, [1e6, 1e4, 1e2, 1]))
        assert fit.degrees_of_freedom == 2

    def test_nothing_to_fit(self):
        fixed = dict(zip(FILM.names, TRUTH, strict=True))
        with pytest.raises(CannotFit, match="fixed"):
            one(noisy(), fix=fixed)


def test_no_spectra_give_no_fits():
    assert fit_spectra(FILM, []) == []
