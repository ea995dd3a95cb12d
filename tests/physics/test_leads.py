"""Leads that were measured apart."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtri

import lipon_eis as le
from lipon_eis.physics.leads import with_lead_error

FILM = {"R0": 12.0, "R1": 40.0, "CPE1_0": 6e-8, "CPE1_1": 0.95, "CPE2_0": 1.4e-4, "CPE2_1": 0.88}
COLD = np.logspace(6.5, -1, 60)
HOT = np.logspace(3.6, -1, 50)  # the arc peaks far above


def spectrum(f=HOT, noise=0.0005, seed=1):
    return le.simulate("lipon-blocking", FILM, f, noise=noise, seed=seed)


def fitted(f=HOT, seed=1, **known):
    sample = le.Sample.build(thickness="1.2 um", area="1.2 cm2", **known)
    return le.fit(spectrum(f, seed=seed), "lipon-blocking", sample=sample)


def codes(result):
    return {r.code for r in result.reasons}


def test_an_arc_above_the_window_is_a_bound_without_and_a_value_with_a_known_lead():
    assert np.isnan(fitted().values["R1"])
    found = fitted(lead_resistance="12 ohm ± 0.5 ohm")
    assert found.values["R0"] == 12.0
    assert found.values["R1"] == pytest.approx(40, rel=0.05)
    assert next(p for p in found.parameters if p.name == "R1").interval_method == "intercept"
    assert "lead-held" in codes(found)
    assert "not-used" not in codes(found)


def test_the_lead_s_error_is_the_arc_s_where_only_their_sum_is_measured():
    without, found = fitted(lead_resistance="12 ohm"), fitted(lead_resistance="12 ohm ± 0.5 ohm")
    assert_allclose(np.sqrt(found.stderr["R1"] ** 2 - without.stderr["R1"] ** 2), 0.5, rtol=0.1)
    low, high = found.interval("R1")
    assert high - low > 1.8
    assert found.derived["sigma_bulk"].stderr_fit > 5 * without.derived["sigma_bulk"].stderr_fit


def test_the_sensitivity_is_that_of_fits_with_other_leads():
    held = {r: le.fit(spectrum(), "lipon-blocking", fix={"R0": r}) for r in (11.9, 12.0, 12.1)}
    fit = held[12.0].fit
    wider = with_lead_error(fit, spectrum(), "R0", 0.1)
    added = np.sqrt(np.diag(wider.covariance) - np.diag(fit.covariance))
    moved = [abs(held[12.1].values[n] - held[11.9].values[n]) / 2 for n in ("R1", "CPE2_0")]
    assert_allclose([added[fit.index(n)] for n in ("R1", "CPE2_0")], moved, rtol=0.1)


def test_a_lead_that_the_data_know_better_stays_free():
    found = fitted(COLD, lead_resistance="13 ohm ± 2 ohm")
    assert found.values["R0"] == pytest.approx(12, rel=0.01)
    assert found.values["R0"] != 13.0
    assert not codes(found) & {"lead-held", "lead-contradicted", "not-used"}


def test_a_lead_that_the_data_contradict_is_not_used_and_said():
    found = fitted(COLD, lead_resistance="20 ohm ± 0.5 ohm")
    assert "lead-contradicted" in codes(found)
    assert found.values["R0"] == pytest.approx(12, rel=0.01)


def test_an_option_has_precedence():
    sample = le.Sample.build(lead_resistance="20 ohm ± 0.5 ohm")
    found = le.fit(spectrum(), "lipon-blocking", sample=sample, fix={"R0": 12.0})
    assert found.values["R0"] == 12.0
    assert not codes(found) & {"lead-held", "lead-contradicted"}


def test_each_film_of_a_batch_has_its_own_lead():
    samples = [le.Sample(lead_resistance=r, lead_resistance_stderr=0.5) for r in (11.5, 12.0, 12.5)]
    batch = le.fit_batch([spectrum()] * 3, "lipon-blocking", samples=samples)
    assert [r.values["R0"] for r in batch.results] == [11.5, 12.0, 12.5]
    sums = [r.values["R0"] + r.values["R1"] for r in batch.results]
    assert_allclose(sums, sums[0], rtol=2e-3)


def test_the_interval_covers_when_the_lead_scatters_as_its_error_says():
    hits = 0
    for seed, deviation in enumerate(ndtri((np.arange(60) + 0.5) / 60)):
        lead = 12.0 + deviation
        found = fitted(seed=seed, lead_resistance=f"{lead:.6f} ohm ± 1 ohm")
        low, high = found.interval("R1")
        hits += bool(low <= 40 <= high)
    assert 55 <= hits <= 59  # 57 of 60 leads lie within 1.96 deviations
