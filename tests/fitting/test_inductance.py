"""A lead inductance is asked for when it is there, and only then."""

import numpy as np
import pytest

from lipon_eis.fitting.fit import fit_spectra
from lipon_eis.fitting.inductance import asks_for_inductance, with_inductance
from lipon_eis.fitting.options import Options
from lipon_eis.library import load_circuit
from lipon_eis.model.circuit import Circuit
from lipon_eis.selection import fit_circuit
from lipon_eis.simulation import simulate

F = np.logspace(6.8, -1, 60)
TRUTH = {"R0": 12.0, "R1": 150.0, "CPE1_0": 3e-8, "CPE1_1": 0.95, "CPE2_0": 1.4e-6, "CPE2_1": 0.88}


def spectra(inductance, count, circuit="R0-p(R1,CPE1)-CPE2"):
    text, truth = (f"L0-{circuit}", {"L0": inductance, **TRUTH}) if inductance else (circuit, TRUTH)
    return [simulate(text, truth, F, noise=0.003, seed=seed) for seed in range(count)]


def test_noise_alone_asks_about_once_in_a_thousand():
    some = spectra(0, 300)
    fits = fit_spectra(Circuit("R0-p(R1,CPE1)-CPE2"), some)
    asked = sum(asks_for_inductance(fit, s) for fit, s in zip(fits, some, strict=True))
    assert asked <= 4  # one-sided three standard errors: 0.4 expected


def test_noise_alone_never_buys_one():
    for found in fit_circuit(load_circuit("lipon-blocking"), spectra(0, 300), Options()):
        assert not found.added_inductance


def test_a_real_inductance_is_found_and_its_size_is_right():
    for found in fit_circuit(load_circuit("lipon-blocking"), spectra(3e-7, 5), Options()):
        assert found.added_inductance
        assert found.fit.values["L0"] == pytest.approx(3e-7, rel=0.1)
        assert found.fit.values["R1"] == pytest.approx(150.0, rel=0.02)
        assert found.named.roles["L0"] == "lead.inductance"
        assert found.named.circuit.text == found.fit.circuit.text == "L0-R0-p(R1,CPE1)-CPE2"


def test_a_bare_circuit_string_is_fitted_as_it_was_written():
    for found in fit_circuit(load_circuit("R0-p(R1,CPE1)-CPE2"), spectra(3e-7, 3), Options()):
        assert not found.added_inductance
        assert found.fit.circuit.text == "R0-p(R1,CPE1)-CPE2"


@pytest.mark.parametrize("text", ["L0-R0-p(R1,CPE1)", "R0-p(R1,La1)"])
def test_a_circuit_that_has_one_gets_no_second(text):
    assert with_inductance(Circuit(text)) is None


@pytest.mark.parametrize("points", [3, 4, 5])
def test_few_points_are_no_reason_to_break_down(points):
    s = simulate("lipon-blocking", TRUTH, np.logspace(6, 0, points))
    fix = {"CPE1_1": 0.95, "CPE2_1": 0.88} if points == 3 else {}
    (found,) = fit_circuit(load_circuit("lipon-blocking"), [s], Options(fix=fix))
    assert found.fit.n_used == points


def test_a_fixed_parameter_stays_fixed_when_an_inductance_joins():
    (found,) = fit_circuit(load_circuit("lipon-blocking"), spectra(3e-7, 1), Options(fix={"R0": 12.0}))
    assert found.added_inductance
    assert found.fit.values["R0"] == 12.0
