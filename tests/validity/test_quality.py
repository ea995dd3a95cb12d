"""What is said of a spectrum before any circuit."""

import numpy as np
import pytest

import lipon_eis as le
from lipon_eis.validity.quality import assess_many

F = np.logspace(5, 0, 51)


def noisy(f, noise=0.001, seed=1):
    return le.simulate("R0-p(R1,C1)", [10, 1e3, 1e-7], f, noise=noise, seed=seed)


def test_a_frequency_that_was_measured_again_shows_drift():
    again = noisy(np.append(F, 1e3))
    z = again.impedance.copy()
    second = int(np.flatnonzero(np.isclose(again.frequency, 1e3))[1])
    z[second] *= 1.05
    still, moved = assess_many([again, le.Spectrum(again.frequency, z)])
    assert still.repeat_drift < 0.006
    assert not any("drifts" in remark for remark in still.remarks)
    assert moved.repeat_drift == pytest.approx(0.05, rel=0.15)
    assert any("drifts" in remark for remark in moved.remarks)
    assert moved.verdict == "check"


def test_a_frequency_measured_once_says_nothing_of_drift():
    assert assess_many([noisy(F)])[0].repeat_drift is None


def test_much_noise_is_said_and_masked_points_are_counted():
    [one] = assess_many([noisy(F, noise=0.05).between(2, 1e6)])
    assert one.verdict == "check"
    assert "noise of" in one.remarks[0]
    assert "masked" in one.remarks[-1]


def test_where_every_window_contradicts_itself_the_spectrum_fails():
    s = noisy(F, 1e-4)
    [one] = assess_many([le.Spectrum(F, s.impedance.real[::-1] + 1j * s.impedance.imag)])
    assert one.verdict == "fail"
    assert one.test.usable is None
    assert one.test.suspect.all()


def test_an_imaginary_part_of_the_wrong_sign_fails_and_is_taken_for_no_leads():
    [one] = assess_many([le.Spectrum(F, noisy(F).impedance.conj())])
    assert one.verdict == "fail"
    assert "sign" in one.remarks[0]
    assert one.inductance is None


def test_a_resistor_with_an_inductance_has_that_inductance():
    s = le.simulate("L0-R0", [1e-6, 50], np.logspace(7, 2, 51), noise=1e-3, seed=1)
    assert assess_many([s])[0].inductance == pytest.approx(1e-6, rel=0.5)
