"""plan: expected errors against Cramér and Rao by another way, and against fits of simulated spectra."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lipon_eis as le
from lipon_eis.analysis import Task, analyse
from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.options import Options
from lipon_eis.physics.plan import Measurement, plan, plan_many
from lipon_eis.physics.remedies import KNOBS, geometry_floor, remedies

FILM = {"sigma": 2e-4, "thickness": 1e-6, "area": 1e-6}  # 2e-6 S/cm, 1 µm, 1 mm²


def test_resistance_and_apex_follow_from_the_film():
    expected = plan(Measurement(**FILM, eps_r=16.6))
    assert expected.fit.values["R1"] == pytest.approx(1e-6 / (2e-4 * 1e-6))
    assert expected.derived["sigma_bulk"].value == pytest.approx(2e-6)
    assert expected.derived["eps_r_bulk"].value == pytest.approx(16.6)
    assert expected.derived["peak_frequency_bulk"].value == pytest.approx(2e-4 / (2 * np.pi * 8.8541878e-12 * 16.6))


@pytest.mark.parametrize("circuit", ["lipon-blocking", "polycrystalline-blocking", "li-lipon-li", "li-lipon-lco"])
def test_errors_are_those_of_the_information_matrix_of_natural_parameters(circuit):
    """The plan works in fitting coordinates, this test in the natural parameters, with the circuit's own Jacobian."""
    measurement = Measurement(**FILM, circuit=circuit, noise=0.004, f_min=0.1)
    expected = plan(measurement)
    model, values, f = expected.named.circuit, expected.fit.used_values, measurement.frequency
    weighted = model.jacobian(f, values) * values / (0.004 * abs(model.impedance(f, values)))[:, None]
    relative = np.sqrt(np.diag(np.linalg.inv((weighted.conj().T @ weighted).real)))
    found = [expected.fit.stderr[name] for name in model.names] / values
    np.testing.assert_allclose(found, relative, rtol=1e-5)


@pytest.mark.parametrize(
    "measurement",
    [
        Measurement(**FILM),
        Measurement(2e-4, 1.2e-6, 5e-6, thickness_error=0.05, area_error=0.02, noise=0.01, f_max=7e6),
        Measurement(1e-4, 1.2e-6, 3e-5, circuit="li-lipon-li", f_max=5e6),
        Measurement(2e-4, 1e-6, 5e-6, fixed=("R0",)),
    ],
    ids=["film", "uncertain geometry", "cell", "known leads"],
)
def test_fits_scatter_as_was_expected(measurement):
    """Standard deviations of 250 fits are known to 4.5 %; 20 % are four of these and a half."""
    count, rng = 250, np.random.default_rng(7)
    expected = plan(measurement)
    circuit, nominal = expected.named.circuit, expected.fit.used_values
    d, a = (
        1 + (error or 0) * rng.normal(size=count) for error in (measurement.thickness_error, measurement.area_error)
    )
    true = np.tile(nominal, (count, 1))
    true[:, circuit.names.index("R1")] *= d / a
    true[:, circuit.names.index("CPE1_0")] *= a / d
    exact = circuit.impedance(measurement.frequency, true)
    noise = measurement.noise * abs(exact) * (rng.normal(size=exact.shape) + 1j * rng.normal(size=exact.shape))
    spectra = [le.Spectrum(measurement.frequency, row) for row in exact + noise]
    fix = {name: float(nominal[expected.fit.index(name)]) for name in measurement.fixed}
    task = Task(circuit=measurement.circuit, options=Options(fix=fix, interval="covariance"))
    results = analyse(spectra, [measurement.sample] * count, task)
    for name in ("sigma_bulk", "eps_r_bulk", "peak_frequency_bulk"):
        assert expected.identified(name) == "identified"
        found = np.log([r.derived[name].value / expected.derived[name].value for r in results])
        assert expected.relative_error(name) == pytest.approx(np.sqrt((found**2).mean()), rel=0.2)


def test_an_error_of_the_thickness_is_one_of_sigma_and_none_of_the_apex():
    sure, unsure = plan_many([Measurement(**FILM), Measurement(**FILM, thickness_error=0.05)])
    assert unsure.relative_error("sigma_bulk") == pytest.approx(math.hypot(0.05, sure.relative_error("sigma_bulk")))
    assert unsure.relative_error("peak_frequency_bulk") == sure.relative_error("peak_frequency_bulk")
    assert geometry_floor(unsure, "sigma_bulk") == pytest.approx(0.05)
    assert geometry_floor(sure, "sigma_bulk") == 0


@given(st.floats(1.1, 10), st.floats(1e-5, 1e-3), st.floats(1e-7, 4e-6))
@settings(max_examples=25, deadline=None)
def test_errors_of_the_fit_are_proportional_to_the_noise(factor, sigma, thickness):
    one, other = plan_many(
        [Measurement(sigma, thickness, 1e-6, noise=noise, f_max=1e8) for noise in (0.001, 0.001 * factor)]
    )
    for name in one.derived:
        assert other.derived[name].stderr_fit == pytest.approx(factor * one.derived[name].stderr_fit, rel=1e-6)


def test_a_hot_film_will_have_a_bound_and_no_value():
    expected = plan(Measurement(**FILM, temperature=353.15))
    assert expected.positions[0].place == "far above"
    assert math.isnan(expected.derived["sigma_bulk"].value)
    assert expected.derived["sigma_bulk"].interval[0] > 0
    assert expected.identified("sigma_bulk") == "not identified"
    held = plan(Measurement(**FILM, temperature=353.15, fixed=("R0",)))
    assert held.relative_error("sigma_bulk") < 0.01  # the intercept less the leads


def test_temperature_moves_sigma_by_arrhenius():
    """2.3e-6 S/cm at 25 °C and 0.55 eV are 2.18e-5 at 60 °C where σ itself is activated."""
    hot = plan(Measurement(2.3e-4, 1e-6, 1e-6, temperature=333.15, f_max=1e7))
    assert hot.derived["sigma_bulk"].value == pytest.approx(2.18e-5, rel=3e-3)


def test_what_leans_on_an_arc_that_is_hardly_seen_is_not_called_identified():
    """Two arcs within a decade: the smaller is known to a quarter, and the larger one leans on it."""
    expected = plan(Measurement(2e-4, 1e-6, 1e-5, circuit="lipon-blocking-interface", f_min=0.1))
    assert expected.weak == ("R2",)
    assert expected.relative_error("sigma_bulk") < 0.05
    assert expected.identified("sigma_bulk") == "weak"
    assert expected.identified("CPE3_1") == "identified"


def test_every_remedy_holds_what_it_promises_and_none_is_nearer():
    measurement = Measurement(**FILM, temperature=323.15, thickness_error=0.004)
    found = remedies(plan(measurement), {"sigma_bulk": 0.005, "R0": 0.1})
    assert {remedy.quantity for remedy in found} <= {"sigma_bulk", "R0"}
    reached = [remedy for remedy in found if remedy.setting is not None]
    assert len(reached) >= 3
    for remedy in reached:
        error = plan(_turned(measurement, remedy.knob.name, remedy.setting)).relative_error(remedy.quantity)
        assert error == pytest.approx(remedy.error)
        assert error <= remedy.wanted
        nearer = [
            value
            for value in remedy.knob.settings()
            if remedy.knob.distance(remedy.now, value) < 0.999 * remedy.knob.distance(remedy.now, remedy.setting)
        ]
        for value in nearer:
            assert plan(_turned(measurement, remedy.knob.name, value)).relative_error(remedy.quantity) > remedy.wanted


def _turned(measurement, name, value):
    return Measurement(**{**{f: getattr(measurement, f) for f in measurement.__dataclass_fields__}, name: value})


def test_what_is_reached_needs_no_remedy():
    assert remedies(plan(Measurement(**FILM)), {"sigma_bulk": 0.01}) == []


def test_geometry_alone_is_not_mended_by_another_window():
    found = remedies(plan(Measurement(**FILM, thickness_error=0.05)), {"sigma_bulk": 0.01})
    able = {remedy.knob.name for remedy in found if remedy.setting is not None}
    assert able == {"thickness_error"}
    assert "area_error" not in {remedy.knob.name for remedy in found}  # there is none to be made smaller


def test_settings_stay_within_their_limits():
    for knob in KNOBS:
        values = knob.settings()
        assert values == sorted(set(values))
        assert knob.low * (1 - 1e-9) <= values[0]
        assert values[-1] <= knob.high * (1 + 1e-9)


def test_many_plans_are_the_single_ones():
    some = [Measurement(**FILM), Measurement(**FILM, f_max=1e7, points_per_decade=7), Measurement(1e-4, 5e-7, 1e-5)]
    for one, expected in zip(some, plan_many(some), strict=True):
        for name in expected.names:
            assert plan(one).relative_error(name) == pytest.approx(expected.relative_error(name), rel=1e-9)


def test_sides_are_in_series():
    """Li/LiPON/Li has two interfaces in one arc: its ASR per side is what was assumed."""
    expected = plan(Measurement(**FILM, circuit="li-lipon-li"))
    assert expected.derived["asr_anode_interface"].value == pytest.approx(10.0)
    assert expected.fit.values["R2"] == pytest.approx(2 * 10.0 / 0.01)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sigma": 0.0}, "sigma"),
        ({"noise": 1.5}, "fraction"),
        ({"f_min": 1e7}, "empty"),
        ({"thickness_error": 2.0}, "relative"),
        ({"values": {"R7": 1.0}}, "R7"),
        ({"fixed": ("R7",)}, "R7"),
        ({"points_per_decade": 0.2}, "cannot determine"),
        ({"circuit": "R0-p(R1,CPE1)"}, "role"),
    ],
)
def test_refuses_what_cannot_be_planned(wrong, said):
    with pytest.raises(InvalidOption, match=said):
        plan(Measurement(**{**FILM, **wrong}))


def test_names_what_there_is_where_a_quantity_does_not_exist():
    with pytest.raises(InvalidOption, match="sigma_bulk"):
        remedies(plan(Measurement(**FILM)), {"sigma_total": 0.01})
