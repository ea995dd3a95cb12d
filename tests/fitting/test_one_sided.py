"""Parameters that the data bound from one side only."""

import numpy as np
import pytest

from lipon_eis.fitting.fit import fit_spectra
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
F = np.logspace(6.5, -1, 52)


def spectra_with_lead(r0, count, noise=0.003):
    truth = [r0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88]
    return [simulate(FILM, truth, F, noise=noise, seed=seed) for seed in range(count)]


@pytest.fixture(scope="module")
def no_lead():
    return fit_spectra(FILM, spectra_with_lead(1e-6, 200))


def test_a_lead_that_is_not_there_vanishes_about_every_other_time(no_lead):
    vanished = np.mean([fit.at_bound[0] for fit in no_lead])
    assert 0.35 < vanished < 0.65


def test_what_has_an_interval_with_an_open_end_has_no_value(no_lead):
    for fit in no_lead:
        assert np.isnan(fit.values["R0"]) == np.isnan(fit.interval("R0")[0])
    assert np.mean([fit.known[0] for fit in no_lead]) < 0.06  # a lower limit above nothing: 2.5 in 100


def test_what_vanished_has_no_value_and_an_upper_limit(no_lead):
    for fit in no_lead:
        if fit.at_bound[0]:
            low, high = fit.interval("R0")
            assert np.isnan(fit.values["R0"])
            assert np.isnan(fit.stderr["R0"])
            assert np.isnan(low)
            assert 0 < high < 5.0
            assert fit.interval_method[0] == "profile"


def test_a_vanished_parameter_spoils_no_other(no_lead):
    fit = next(fit for fit in no_lead if fit.at_bound[0])
    assert np.isfinite(list(fit.stderr.values())[1:]).all()
    assert fit.values["R1"] == pytest.approx(4e3, rel=0.02)


@pytest.mark.parametrize("r0", [0.02, 0.05, 0.1])
def test_upper_limits_hold_at_least_as_often_as_they_say(r0):
    fits = fit_spectra(FILM, spectra_with_lead(r0, 150))
    limits = np.array([fit.interval("R0")[1] for fit in fits if not fit.known[0]])
    assert len(limits) > 10
    assert np.mean(limits >= r0) > 0.95


@pytest.mark.parametrize("resistance", [1e7, 1e8, 1e10])
def test_an_arc_far_below_the_window_leaves_its_resistance_open_above(resistance):
    circuit = Circuit("R0-p(R1,CPE1)-p(R2,C2)")
    truth = [10.0, 1e3, 1e-9, 0.95, resistance, 1e-5]
    (fit,) = fit_spectra(circuit, [simulate(circuit, truth, F, noise=0.003, seed=1)])
    low, high = np.nan_to_num(fit.interval("R2"), nan=np.inf)
    assert low < resistance < high
    assert fit.values["C2"] == pytest.approx(1e-5, rel=0.01)


@pytest.mark.parametrize("noise", [0.003, 0.08])
def test_an_insulator_has_a_lower_limit_of_its_resistance_and_not_that_of_the_window_for_a_value(noise):
    circuit, f = Circuit("R0-p(R1,CPE1)"), np.logspace(6, -1, 60)
    for seed in range(8):
        spectrum = simulate("R0-CPE1", [1e-3, 7e-11, 0.955], f, noise=noise, seed=seed)
        (fit,) = fit_spectra(circuit, [spectrum])
        low, high = fit.interval("R1")
        assert np.isnan(high) == np.isnan(fit.values["R1"])
        assert np.isnan(high) or high > 5 * low  # noise bends the line once in twenty
        assert low < 1e4 * np.abs(spectrum.impedance).max()
