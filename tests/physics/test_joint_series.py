"""Joint fits of simulated temperature series: what cold spectra tell of hot ones, and what is said of the errors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.library import load_circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.physics.joint_series import fit_temperatures
from lipon_eis.physics.window import locate
from lipon_eis.simulation import simulate

CELSIUS = np.arange(-20.0, 81.0, 10.0)
KELVIN = CELSIUS + 273.15
CAPACITANCE, EXPONENT, LEAD = 5.9e-9, 0.96, 6.0
ROOM_RESISTANCE = 104.0


def resistance(t, energy=0.55, room=ROOM_RESISTANCE):
    return room * np.exp(energy / BOLTZMANN_EV * (1 / t - 1 / ROOM))


def film(actual=KELVIN, leads=LEAD, noise=0.003, highest=1e6, capacitance=CAPACITANCE):
    f = np.logspace(np.log10(highest), 0, 61)
    made = []
    for k, (r, lead) in enumerate(zip(resistance(actual), np.broadcast_to(leads, actual.shape), strict=True)):
        values = [lead, r, (r * capacitance) ** EXPONENT / r, EXPONENT, 2e-6, 0.92]
        made.append(simulate("lipon-blocking", values, f, noise=noise, seed=k))
    return made


def joint(spectra, circuit="lipon-blocking", scatter=0.5, offset=0.0, readings=KELVIN, options=None, **how):
    named = load_circuit(circuit)
    fits = fit_spectra(named.circuit, spectra, options or Options(interval="covariance"))
    arcs = role_arcs(named.circuit, named.roles)
    lowest, highest = spectra[0].frequency[-1], spectra[0].frequency[0]
    shown = [
        {p.role for p in locate(fit, arcs, lowest, highest) if p.place in ("inside", "upper edge")} for fit in fits
    ]
    resolved = {role: np.array([role in places for places in shown]) for role in ("bulk", "grain_boundary")}
    t, u = np.asarray(readings), np.full(len(spectra), scatter)
    return fit_temperatures(
        named.circuit, named.roles, spectra, fits, t, u, offset, resolved=resolved, options=options, **how
    )


def test_a_hot_spectrum_has_a_resistance_with_two_ends_that_is_right():
    (line,) = joint(film()).lines
    truth = resistance(KELVIN)
    low, high = np.array([r.interval for r in line.resistance]).T
    assert np.isfinite(high).all()
    assert ((low < truth) & (truth < high)).sum() >= 10
    assert line.resistance[-1].stderr / line.resistance[-1].value < 0.03  # peak at 7 times the highest frequency


def test_exact_spectra_give_back_the_film_and_what_it_shares():
    found = joint(film(noise=1e-5), scatter=0.0)
    (line,) = found.lines
    assert_allclose(line.plain.parameters, [np.log(ROOM_RESISTANCE), 0.55], rtol=1e-4)
    shared = {s.kind: s for s in found.shared}
    assert_allclose(shared["capacitance"].value.value, CAPACITANCE, rtol=1e-3)
    assert_allclose(shared["exponent"].value.value, EXPONENT, rtol=1e-3)
    assert_allclose(shared["lead"].value.value, LEAD, rtol=1e-3)
    assert found.converged


def test_what_the_thermometer_scatters_is_found_and_is_in_the_error():
    wrong = 0.5 * np.random.default_rng(1).normal(size=KELVIN.size)
    found, blind = joint(film(KELVIN + wrong)), joint(film(KELVIN + wrong), scatter=0.0)
    straight = np.polyval(np.polyfit(KELVIN, wrong, 1), KELVIN)  # a line of deviations is an energy
    assert np.corrcoef(found.temperature_deviation, wrong - straight)[0, 1] > 0.95
    assert not found.scale_estimated
    assert blind.scale_estimated  # without the scatter the points do not lie on a line
    assert found.chi2 < 0.05 * blind.chi2


def test_an_offset_moves_energy_and_room_temperature_value_as_a_shifted_series_does():
    free, wide = joint(film()), joint(film(), offset=0.5)
    shifted = joint(film(), readings=KELVIN + 0.5)
    moved = shifted.lines[0].plain.parameters - free.lines[0].plain.parameters
    added = wide.lines[0].plain.covariance - free.lines[0].plain.covariance
    assert_allclose(np.diag(added), moved**2, rtol=0.05)
    assert moved[0] > 0.03  # 0.5 K are 3.6 % in ln R


def test_the_hopping_energy_is_larger_by_k_times_the_mean_temperature():
    (line,) = joint(film()).lines
    assert_allclose(line.hopping.parameters[1] - line.plain.parameters[1], BOLTZMANN_EV * 300, rtol=0.05)


def test_leads_that_differ_from_spectrum_to_spectrum_stray_and_widen_what_hot_spectra_say():
    leads = LEAD * np.exp(0.1 * np.random.default_rng(2).normal(size=KELVIN.size))
    steady, loose = joint(film()), joint(film(leads=leads))
    stray = {s.kind: s.stray for s in loose.shared}
    assert 0.04 < stray["lead"] < 0.25
    assert not any(s.stray for s in steady.shared)
    assert loose.lines[0].resistance[-1].stderr > 1.5 * steady.lines[0].resistance[-1].stderr


def test_a_permittivity_that_rises_with_temperature_is_a_slope_and_no_energy():
    spectra = [film(np.array([t]), capacitance=CAPACITANCE * (1 + 0.1 * (t - 303) / 100))[0] for t in KELVIN]
    found = joint(spectra)
    slope = next(s.slope for s in found.shared if s.kind == "capacitance")
    assert_allclose(slope.value, 0.1, atol=0.02)
    low, high = found.lines[0].plain.parameters[1] + 3 * np.sqrt(found.lines[0].plain.covariance[1, 1]) * np.array(
        [-1, 1]
    )
    assert low < 0.55 < high


def test_a_lead_that_is_known_better_makes_hot_spectra_better():
    free, known = joint(film()), joint(film(), known_leads={"R0": (LEAD, 0.001)})
    assert known.lines[0].resistance[-1].stderr < 0.95 * free.lines[0].resistance[-1].stderr
    lead = next(s for s in known.shared if s.kind == "lead")
    assert_allclose(lead.value.value, LEAD, rtol=1e-3)


def test_grain_boundaries_have_a_line_of_their_own():
    f = np.logspace(6, -1, 71)
    spectra = []
    for k, t in enumerate(KELVIN[:8]):
        rg, rb = resistance(t, 0.35, 300.0), resistance(t, 0.55, 3000.0)
        values = {"R0": 5, "R1": rg, "CPE1_0": (rg * 1e-9) ** 0.97 / rg, "CPE1_1": 0.97, "R2": rb}
        values |= {"CPE2_0": (rb * 1e-7) ** 0.92 / rb, "CPE2_1": 0.92, "CPE3_0": 3e-6, "CPE3_1": 0.9}
        spectra.append(simulate("polycrystalline-blocking", values, f, noise=0.003, seed=k))
    found = joint(spectra, "polycrystalline-blocking", readings=KELVIN[:8])
    energies = {line.role: line.plain for line in found.lines}
    assert_allclose(energies["bulk"].parameters[1], 0.35, atol=0.02)
    assert_allclose(energies["grain_boundary"].parameters[1], 0.55, atol=0.02)


def test_a_circuit_that_is_written_the_other_way_round_gives_the_same():
    spectra = film()
    (line,) = joint(spectra).lines
    named = load_circuit(
        "CPE2-p(CPE1,R1)-R0", {"R1": "bulk.resistance", "CPE1": "bulk.capacitance", "R0": "lead.resistance"}
    )
    fits = fit_spectra(named.circuit, spectra, Options(interval="covariance"))
    resolved = {"bulk": CELSIUS < 45}
    other = fit_temperatures(
        named.circuit, named.roles, spectra, fits, KELVIN, np.full(KELVIN.size, 0.5), 0.0, resolved=resolved
    )
    assert_allclose(other.lines[0].plain.parameters, line.plain.parameters, rtol=1e-5)


def test_refuses_a_series_in_which_no_spectrum_shows_the_arc():
    spectra, named = film(), load_circuit("lipon-blocking")
    fits = fit_spectra(named.circuit, spectra, Options(interval="covariance"))
    with pytest.raises(CannotFit, match="measure colder"):
        fit_temperatures(
            named.circuit, named.roles, spectra, fits, KELVIN, 0 * KELVIN, 0.5, resolved={"bulk": CELSIUS < -15}
        )


def test_refuses_ties():
    with pytest.raises(CannotFit, match="--tie"):
        joint(film(), options=Options(tie={"CPE1_1": "CPE2_1"}))
