import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidSample
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM, arrhenius

CELSIUS = np.array([-10.0, 0.0, 10.0, 25.0, 40.0])
KELVIN = CELSIUS + 273.15


def film(t, energy=0.55, room=2.3e-6):
    """σ of a film that is Arrhenius in ln σ [S/cm]."""
    return room * np.exp(-energy / BOLTZMANN_EV * (1 / t - 1 / ROOM))


def test_a_film_of_055_eV_conducts_ten_times_better_at_60_C():
    assert_allclose(film(333.15), 2.18e-5, rtol=0.005)


def test_exact_data_give_back_their_energy_and_room_temperature_value():
    line = arrhenius(KELVIN, film(KELVIN), 1e-4 * film(KELVIN))
    assert_allclose(line.sigma.value, 0.55, rtol=1e-9)
    assert_allclose(line.sigma_25C.value, 2.3e-6, rtol=1e-9)
    assert not line.extrapolated


def test_the_two_conventions_differ_by_k_times_the_mean_temperature():
    line = arrhenius(KELVIN, film(KELVIN), 1e-3 * film(KELVIN))
    assert_allclose(line.sigma_T.value - line.sigma.value, BOLTZMANN_EV * 285, rtol=0.03)


def test_data_that_are_arrhenius_in_sigma_T_give_that_energy_in_that_convention():
    sigma = film(KELVIN, energy=0.576) / KELVIN * ROOM
    assert_allclose(arrhenius(KELVIN, sigma, 1e-3 * sigma).sigma_T.value, 0.576, rtol=1e-9)


def test_a_common_factor_of_geometry_cancels_in_the_energy_and_stays_in_sigma():
    free = arrhenius(KELVIN, film(KELVIN), 1e-3 * film(KELVIN))
    scaled = arrhenius(KELVIN, 1.3 * film(KELVIN), 1.3e-3 * film(KELVIN), common_stderr=0.05)
    assert_allclose(scaled.sigma.value, free.sigma.value)
    assert_allclose(scaled.sigma.stderr, free.sigma.stderr, rtol=1e-6)
    relative = scaled.sigma_25C.stderr / scaled.sigma_25C.value
    assert_allclose(relative**2 - (free.sigma_25C.stderr / free.sigma_25C.value) ** 2, 0.05**2, rtol=1e-6)


def test_a_colder_range_calls_room_temperature_extrapolated():
    t = KELVIN[:3]
    assert arrhenius(t, film(t), 1e-3 * film(t)).extrapolated


def test_points_that_scatter_beyond_their_errors_widen_the_interval():
    sigma = film(KELVIN) * np.array([1, 1.5, 0.7, 1.4, 0.8])
    tight = arrhenius(KELVIN, film(KELVIN), 0.001 * sigma)
    loose = arrhenius(KELVIN, sigma, 0.001 * sigma)
    assert loose.scale_estimated
    assert not tight.scale_estimated
    assert loose.sigma.stderr > 3 * tight.sigma.stderr


@pytest.mark.parametrize(("scatter", "offset"), [(0.5, 0.5), (0.5, 0.0), (0.0, 0.5)])
def test_intervals_cover_when_thermometers_err_as_they_are_said_to(scatter, offset):
    rng = np.random.default_rng(7)
    inside = np.zeros(3)
    runs = 400
    for _ in range(runs):
        actual = KELVIN + rng.normal(0, scatter, KELVIN.size) + rng.normal(0, offset)
        sigma = film(actual) * np.exp(rng.normal(0, 0.003, KELVIN.size))
        line = arrhenius(KELVIN, sigma, 0.003 * sigma, temperature_stderr=scatter, temperature_offset_stderr=offset)
        truths = (0.55, None, 2.3e-6)
        for i, estimate in enumerate((line.sigma, line.sigma_T, line.sigma_25C)):
            truth = truths[i] if truths[i] is not None else 0.55 + BOLTZMANN_EV * 286
            inside[i] += estimate.interval[0] <= truth <= estimate.interval[1]
    coverage = inside / runs
    assert (coverage[[0, 2]] > 0.91).all(), coverage
    assert (coverage[[0, 2]] < 0.99).all(), coverage


@pytest.mark.parametrize(
    ("t", "sigma"), [([300, 310], [1e-6, 2e-6]), ([300, 300, 310], [1e-6, 1e-6, 2e-6]), ([300, 310, -5], [1e-6] * 3)]
)
def test_refuses_what_cannot_give_an_energy(t, sigma):
    with pytest.raises(InvalidSample):
        arrhenius(t, sigma)


@pytest.mark.parametrize(("hopping", "at_60_C"), [(False, 2.18e-5), (True, 1.95e-5)])
def test_the_reference_film_at_60_C_by_convention(hopping, at_60_C):
    """LiPON of Bates, 2.3e-6 S/cm at 25 °C and 0.55 eV, as quoted by Dai et al., Materials Futures (2022).

    They do not say which convention the 0.55 eV are of; the values at 60 °C follow from either.
    """
    sigma = film(KELVIN) * (ROOM / KELVIN if hopping else 1.0)
    line = arrhenius(KELVIN, sigma, 1e-3 * sigma)
    energy, prefactor = (line.sigma_T, line.prefactor) if hopping else (line.sigma, line.sigma_0)
    assert_allclose(energy.value, 0.55, rtol=1e-9)
    at = prefactor.value * np.exp(-energy.value / (BOLTZMANN_EV * 333.15)) / (333.15 if hopping else 1.0)
    assert_allclose(at, at_60_C, rtol=0.003)


def test_prefactors_belong_to_their_energies_and_hold_the_geometry():
    line = arrhenius(KELVIN, film(KELVIN), 1e-3 * film(KELVIN), common_stderr=0.05)
    free = arrhenius(KELVIN, film(KELVIN), 1e-3 * film(KELVIN))
    assert_allclose(line.sigma_0.value * np.exp(-line.sigma.value / (BOLTZMANN_EV * ROOM)), 2.3e-6, rtol=1e-6)
    for wide, narrow in ((line.sigma_0, free.sigma_0), (line.prefactor, free.prefactor)):
        assert_allclose((wide.stderr / wide.value) ** 2 - (narrow.stderr / narrow.value) ** 2, 0.05**2, rtol=1e-6)


def test_a_scatter_of_half_a_kelvin_is_three_and_a_half_percent_of_sigma():
    """Ea u/kT² is 3.6 % at 25 °C and 0.55 eV: it alone makes the error of many points at one temperature."""
    t = np.array([297.65, 298.15, 298.65])
    line = arrhenius(np.repeat(t, 100), np.repeat(film(t), 100), np.zeros(300), temperature_offset_stderr=0.0)
    assert_allclose(line.sigma_25C.stderr / line.sigma_25C.value * np.sqrt(300), 0.036, rtol=0.02)


def test_a_reading_that_is_less_sure_counts_less():
    sigma = film(KELVIN) * np.array([1, 1, 1, 1, 1.2])
    sure = arrhenius(KELVIN, sigma, 1e-3 * sigma)
    unsure = arrhenius(KELVIN, sigma, 1e-3 * sigma, temperature_stderr=[0.5, 0.5, 0.5, 0.5, 20.0])
    assert abs(unsure.sigma.value - 0.55) < 0.1 * abs(sure.sigma.value - 0.55)


def test_two_slopes_are_curved_in_both_conventions_and_one_is_not():
    t = np.linspace(253, 353, 11)
    two = film(t) + 3e-6 * np.exp(-0.2 / BOLTZMANN_EV * (1 / t - 1 / ROOM))
    assert arrhenius(t, two, 0.005 * two, temperature_stderr=0.1).bent
    assert not arrhenius(t, film(t), 0.005 * film(t), temperature_stderr=0.1).bent
    assert np.isnan(arrhenius(t[:3], film(t[:3]), 0.005 * film(t[:3])).bend)


def test_one_convention_that_does_not_fit_costs_the_other_nothing():
    """With an exact thermometer the law is one of the two, and only the error of the other is widened."""
    t = np.linspace(253, 353, 11)
    sigma = film(t) * ROOM / t
    line = arrhenius(t, sigma, 1e-3 * sigma, temperature_stderr=0.0, temperature_offset_stderr=0.0)
    assert line.sigma.stderr > 2 * line.sigma_T.stderr
    assert not line.scale_estimated


@pytest.mark.parametrize("wrong", [{"temperature_stderr": -0.5}, {"temperature_offset_stderr": -1}])
def test_refuses_negative_errors(wrong):
    with pytest.raises(InvalidSample, match="negative"):
        arrhenius(KELVIN, film(KELVIN), **wrong)
