"""Kramers–Kronig: clean spectra pass whatever their noise, spectra that contradict themselves do not."""

import numpy as np
import pytest

import lipon_eis as le
from lipon_eis.errors import CannotFit, InvalidOption
from lipon_eis.validity.kramers_kronig import check_many, kramers_kronig

F = np.logspace(6, -1, 71)
FILM = ("R0-p(R1,CPE1)-CPE2", [10, 1e3, 1e-9, 0.95, 1e-6, 0.9])
CELL = ("R0-p(R1,CPE1)-p(R2,CPE2)-Wo1", [10, 200, 5e-9, 0.95, 500, 1e-5, 0.85, 300, 50])
LEADS = ("L0-R0-p(R1,CPE1)", [1e-6, 5, 50, 1e-7, 0.9])


def scattered(z, noise, seed):
    rng = np.random.default_rng(seed)
    return le.Spectrum(F, z + noise * abs(z) * (rng.normal(size=F.size) + 1j * rng.normal(size=F.size)))


def drifting(amount, noise, seed):
    """A cell whose resistances grow while it is measured, from high to low frequencies, five periods a point."""
    circuit = le.Circuit(CELL[0])
    share = np.cumsum(np.maximum(5 / F, 0.5))
    share /= share[-1]
    rows = np.tile(CELL[1], (F.size, 1)).astype(float)
    for name in ("R1", "R2"):
        rows[:, circuit.names.index(name)] *= 1 + amount * share
    return scattered(np.diagonal(circuit.impedance(F, rows)), noise, seed)


@pytest.mark.parametrize("space", ["Z", "Y"])
@pytest.mark.parametrize("noise", [0.0, 3e-4, 0.003, 0.02])
@pytest.mark.parametrize("cell", [FILM, CELL, LEADS], ids=["film", "cell", "leads"])
def test_clean_spectra_are_consistent_whatever_their_noise(cell, noise, space):
    z = le.Circuit(cell[0]).impedance(F, cell[1])
    found = check_many([scattered(z, noise, seed) for seed in range(30)], space=space)
    assert all(one.consistent for one in found)
    assert np.mean([one.suspect.mean() for one in found]) < 1e-3
    if noise:
        assert np.median([one.noise for one in found]) == pytest.approx(noise, rel=0.06)


def test_false_alarms_are_no_more_than_was_asked_for():
    """400 spectra at a significance of 5 %, whatever the accuracy: at most 31 are three standard deviations."""
    z = le.Circuit(CELL[0]).impedance(F, CELL[1])
    found = check_many([scattered(z, 0.005, seed) for seed in range(400)], accuracy=0.0, significance=0.05)
    assert sum(not one.consistent for one in found) <= 31


def test_drift_is_found_and_its_frequencies_are_the_low_ones():
    found = check_many([drifting(0.4, 0.002, seed) for seed in range(20)])
    assert sum(not one.consistent for one in found) >= 18
    for one in found:
        if not one.consistent:
            assert one.contradiction > 0.002
            assert one.usable is not None
            assert one.usable[0] > F.min()
            np.testing.assert_array_equal(one.suspect, (one.usable[0] > F) | (one.usable[1] < F))
    assert sum(one.usable[1] == F.max() for one in found) >= 15


def test_the_usable_window_is_consistent_by_itself():
    spectrum = drifting(0.5, 0.001, 3)
    found = kramers_kronig(spectrum)
    assert not found.consistent
    assert kramers_kronig(spectrum.between(*found.usable)).consistent


def test_an_impedance_with_its_imaginary_part_scaled_is_no_impedance():
    z = le.Circuit(CELL[0]).impedance(F, CELL[1])
    found = kramers_kronig(scattered(z.real + 1.05j * z.imag, 0.001, 1))
    assert not found.consistent
    assert found.p_value < 1e-9


def test_the_sign_of_the_imaginary_part_is_noticed():
    z = le.Circuit(CELL[0]).impedance(F, CELL[1])
    assert not kramers_kronig(scattered(z.conj(), 0.003, 1)).consistent


def test_a_point_that_stands_apart_is_named_and_the_rest_is_not():
    z = np.array(le.Circuit(CELL[0]).impedance(F, CELL[1]))
    z[30] *= 1.08
    found = kramers_kronig(scattered(z, 0.002, 5))
    assert np.flatnonzero(found.suspect).tolist() == [30]


def test_masked_points_have_no_influence_and_no_residual():
    z = np.array(le.Circuit(FILM[0]).impedance(F, FILM[1]))
    clean = scattered(z, 0.003, 2)
    spoilt = clean.impedance.copy()
    spoilt[10] = 1e9
    masked = np.arange(F.size) == 10
    one = kramers_kronig(le.Spectrum(F, spoilt, masked=masked))
    other = kramers_kronig(le.Spectrum(F, clean.impedance, masked=masked))
    assert one.p_value == other.p_value
    assert np.isnan(one.residual_re[10])
    assert not one.suspect[10]


def test_scale_of_z_and_company_do_not_matter():
    z = le.Circuit(CELL[0]).impedance(F, CELL[1])
    a, b = scattered(z, 0.003, 1), scattered(z, 0.003, 2)
    scaled = le.Spectrum(F, 1e6 * a.impedance)
    alone, large = kramers_kronig(a), kramers_kronig(scaled)
    together = check_many([b, a])[1]
    assert large.p_value == pytest.approx(alone.p_value, rel=1e-6)
    assert together.p_value == pytest.approx(alone.p_value, rel=1e-9)
    np.testing.assert_allclose(alone.residual_re, (a.impedance - alone.impedance).real / abs(a.impedance))


def test_too_few_points_are_refused_and_cost_the_others_nothing():
    few = le.Spectrum(F[:5], np.ones(5) - 1j)
    fine = scattered(le.Circuit(FILM[0]).impedance(F, FILM[1]), 0.003, 1)
    refused, found = check_many([few, fine])
    assert isinstance(refused, CannotFit)
    assert found.consistent
    with pytest.raises(CannotFit, match="ten"):
        kramers_kronig(few)


def test_refuses_unknown_spaces_and_negative_accuracies():
    fine = scattered(le.Circuit(FILM[0]).impedance(F, FILM[1]), 0.003, 1)
    with pytest.raises(InvalidOption, match="space"):
        kramers_kronig(fine, space="M")
    with pytest.raises(InvalidOption, match="accuracy"):
        kramers_kronig(fine, accuracy=-1)
