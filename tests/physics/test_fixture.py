"""Fixture compensation against a fixture put around a known sample."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.physics.fixture import DONE, LARGEST_GAIN, compensate

F = np.logspace(6.5, -1, 60)
W = 2j * np.pi * F
FILM = le.Circuit("R0-p(R1,CPE1)-CPE2")
VALUES = [5.0, 4e4, 3e-11, 0.95, 1.4e-7, 0.88]
SERIES = 7.0 + W * 4e-7  # leads: 7 Ω and 0.4 µH
BESIDE = 1e-10 + W * 20e-12  # cable: 20 pF and 10 GΩ


def measured():
    return le.Spectrum(F, SERIES + 1 / (1 / FILM.impedance(F, VALUES) + BESIDE))


def fixture_spectra(f=F):
    w = 2j * np.pi * f
    series = 7.0 + w * 4e-7
    return le.Spectrum(f, series + 1 / (1e-10 + w * 20e-12)), le.Spectrum(f, series)


def test_what_open_and_short_add_is_taken_away():
    opened, shorted = fixture_spectra()
    found = compensate(measured(), open_fixture=opened, short_fixture=shorted)
    assert_allclose(found.impedance, FILM.impedance(F, VALUES), rtol=1e-9)
    assert found.n_masked == 0
    assert any("open fixture (20.0 pF)" in note for note in found.notes)


def test_a_fixture_measured_at_other_frequencies_does_as_well():
    opened, shorted = fixture_spectra(np.logspace(6.6, -1.2, 41))
    found = compensate(measured(), open_fixture=opened, short_fixture=shorted)
    assert_allclose(found.impedance, FILM.impedance(F, VALUES), rtol=1e-6)


def test_points_outside_the_fixture_s_frequencies_are_masked_and_said():
    opened, _ = fixture_spectra(F[F <= 1e6])
    found = compensate(measured(), open_fixture=opened)
    assert found.n_masked == np.count_nonzero(F > 1e6)
    assert any("outside the frequencies" in note for note in found.notes)


def test_a_second_call_changes_nothing():
    once = compensate(measured(), stray_capacitance=20e-12)
    assert DONE in once.meta
    assert compensate(once, stray_capacitance=20e-12) is once


def test_nothing_given_leaves_the_very_spectrum():
    s = measured()
    assert compensate(s) is s


def test_where_the_cable_hides_the_sample_points_are_masked():
    tiny = le.Circuit("p(R1,C1)").impedance(F, [1e9, 0.1e-12])
    s = le.Spectrum(F, 1 / (1 / tiny + W * 20e-12))
    found = compensate(s, stray_capacitance=20e-12)
    gain = np.abs((1 / tiny + W * 20e-12) * tiny)
    assert_allclose(found.masked, gain > LARGEST_GAIN)
    assert any("hides the sample" in note for note in found.notes)


def test_standard_deviations_follow_the_slope_of_the_compensation():
    z = FILM.impedance(F, VALUES)
    around = 1 / (1 / z + W * 20e-12)
    s = le.Spectrum(F, around, sigma=np.ones(F.size))
    step = 1e-4 * np.abs(around)
    moved = le.Spectrum(F, around + step)
    there, here = (compensate(x, stray_capacitance=20e-12) for x in (moved, s))
    assert_allclose(here.sigma, np.abs(there.impedance - here.impedance) / step, rtol=1e-2)


class TestInTheAnalysis:
    def files(self, tmp_path):
        for name, s in zip(("open.csv", "short.csv"), fixture_spectra(), strict=True):
            rows = np.stack([s.frequency, s.impedance.real, s.impedance.imag], axis=1)
            header = "frequency_hz,z_re_ohm,z_im_ohm"
            np.savetxt(tmp_path / name, rows, delimiter=",", header=header, comments="", fmt="%.17g")
        return {"open_file": str(tmp_path / "open.csv"), "short_file": str(tmp_path / "short.csv")}

    def test_a_film_is_found_through_its_fixture(self, tmp_path):
        sample = le.Sample(thickness=1.2e-6, area=1e-7, **self.files(tmp_path))
        plain = le.fit(measured(), "lipon-blocking", sample=le.Sample(thickness=1.2e-6, area=1e-7))
        found = le.fit(measured(), "lipon-blocking", sample=sample)
        truth = (4e4 * 3e-11) ** (1 / 0.95) / 4e4 * 1.2e-6 / (8.8541878128e-12 * 1e-7)
        assert found.derived["eps_r_bulk"].value == pytest.approx(truth, rel=1e-3)
        assert plain.derived["eps_r_bulk"].value > 1.5 * truth
        codes = {r.code for r in found.reasons}
        assert not codes & {"not-used", "includes-stray"}
        assert "includes-stray" in {r.code for r in plain.reasons}

    def test_a_fixture_file_that_is_missing_fails_its_spectrum_and_no_other(self):
        samples = [le.Sample(open_file="nowhere/open.csv"), le.Sample()]
        batch = le.fit_batch([measured(), measured()], "lipon-blocking", samples=samples)
        assert len(batch.results) == 1
        (failure,) = batch.failures
        assert "nowhere/open.csv" in failure.message
        assert "open_file" in failure.message
