"""Derived quantities against numbers worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fits import make_fit
from numpy.testing import assert_allclose
from scipy.stats import t as student

from lipon_eis.fitting.fit import fit_spectra
from lipon_eis.library import load_circuit
from lipon_eis.model.circuit import Circuit
from lipon_eis.physics.derived import derive_all
from lipon_eis.sample import Sample
from lipon_eis.simulation import simulate

FILM = "R0-p(R1,CPE1)-CPE2"
FILM_VALUES = {"R0": 10.0, "R1": 120.0, "CPE1_0": 2e-8, "CPE1_1": 0.9, "CPE2_0": 1e-6, "CPE2_1": 0.8}
FILM_ROLES = {
    "R0": "lead.resistance",
    "R1": "bulk.resistance",
    "CPE1_0": "bulk.capacitance",
    "CPE1_1": "bulk.capacitance",
    "CPE2_0": "electrode.capacitance",
    "CPE2_1": "electrode.capacitance",
}
GRAIN = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
GRAIN_VALUES = {
    "R0": 10.0,
    "R1": 4000.0,
    "CPE1_0": 3e-10,
    "CPE1_1": 0.95,
    "R2": 9000.0,
    "CPE2_0": 2e-8,
    "CPE2_1": 0.88,
    "CPE3_0": 3e-6,
    "CPE3_1": 0.85,
}
FLAT = Sample(thickness=1.2e-6, area=0.5e-4)


def grain_roles(second):
    return {
        "R0": "lead.resistance",
        "R1": "bulk.resistance",
        "CPE1_0": "bulk.capacitance",
        "R2": f"{second}.resistance",
        "CPE2_0": f"{second}.capacitance",
        "CPE3_0": "electrode.capacitance",
    }


def film(sample=FLAT, **how):
    return derive_all(make_fit(FILM, FILM_VALUES, **how), FILM_ROLES, sample)


def test_conductivity_of_a_film_is_thickness_over_resistance_and_area():
    # 1.2e-4 cm / (120 Ω · 0.5 cm²)
    assert_allclose(film()["sigma_bulk"].value, 2.0e-6)
    assert film()["sigma_bulk"].unit == "S/cm"


def test_capacitance_through_a_film_keeps_the_peak_frequency():
    # τ = (120 · 2e-8)^(1/0.9); C = τ/R; f = 1/(2πτ)
    tau = math.exp(math.log(2.4e-6) / 0.9)
    d = film()
    assert_allclose(d["capacitance_bulk"].value, tau / 120, rtol=1e-12)
    assert_allclose(d["peak_frequency_bulk"].value, 1 / (2 * math.pi * tau), rtol=1e-12)
    assert_allclose(d["capacitance_per_area_bulk"].value, tau / 120 / 0.5, rtol=1e-12)
    assert_allclose(d["eps_r_bulk"].value, tau / 120 * 1.2e-6 / (8.8541878128e-12 * 0.5e-4), rtol=1e-9)
    assert [d[n].unit for n in ("capacitance_bulk", "capacitance_per_area_bulk", "peak_frequency_bulk")] == [
        "F",
        "F/cm2",
        "Hz",
    ]


def test_the_peak_frequency_is_where_the_arc_is_highest():
    arc = Circuit("p(R1,CPE1)")
    f = np.logspace(4, 6, 20001)
    z = arc.impedance(f, [120.0, 2e-8, 0.9])
    assert_allclose(film()["peak_frequency_bulk"].value, f[z.imag.argmin()], rtol=1e-3)


def test_a_blocking_electrode_is_seen_through_all_resistances_before_it():
    # C = Q^(1/n) (R0 + R1)^((1−n)/n)
    assert_allclose(film()["capacitance_electrode"].value, 1e-6 ** (1 / 0.8) * 130 ** (0.2 / 0.8), rtol=1e-12)


def test_conductivities_of_a_polycrystal():
    d = derive_all(make_fit(GRAIN, GRAIN_VALUES), grain_roles("grain_boundary"), FLAT)
    per_resistance = 1.2e-4 / 0.5  # d/A in 1/cm
    assert_allclose(d["sigma_bulk"].value, per_resistance / 4000)
    assert_allclose(d["sigma_total"].value, per_resistance / 13000)
    assert_allclose(d["sigma_grain_boundary_apparent"].value, per_resistance / 9000)
    bulk = (4000 * 3e-10) ** (1 / 0.95) / 4000
    boundary = (9000 * 2e-8) ** (1 / 0.88) / 9000
    assert_allclose(d["sigma_grain_boundary"].value, bulk / boundary * per_resistance / 9000, rtol=1e-12)
    assert "sigma_with_film" not in d
    assert "asr_grain_boundary" not in d


def test_brick_layer_of_a_network_model_agrees_with_its_ratio_of_resistances():
    """Grains of 10 µm with boundaries of 10 nm: R_b/R_gb = (σ_gb/σ_b)(D/δ) = 13.0 from the specific conductivities."""
    sigma_b, sigma_gb, length, area, eps = 0.46e-3, 5.97e-6, 100e-4, 1.0, 150
    r_b = length / (sigma_b * area)
    r_gb = length * (10e-7 / 10e-4) / (sigma_gb * area)
    assert_allclose(r_b / r_gb, 13.0, rtol=2e-3)
    c_b = eps * 8.8541878128e-14 * area / length
    c_gb = c_b * 10e-4 / 10e-7
    fit = make_fit("R0-p(R1,C1)-p(R2,C2)", {"R0": 1.0, "R1": r_b, "C1": c_b, "R2": r_gb, "C2": c_gb})
    roles = {"R1": "bulk.resistance", "R2": "grain_boundary.resistance"}
    d = derive_all(fit, roles, Sample(thickness=100e-6, area=1e-4))
    assert_allclose(d["sigma_grain_boundary"].value, sigma_gb, rtol=1e-9)
    assert_allclose(d["eps_r_bulk"].value, eps, rtol=1e-9)


def test_an_interface_film_is_left_out_of_the_total_and_counted_in_with_film():
    d = derive_all(make_fit(GRAIN, GRAIN_VALUES), grain_roles("interface_film"), FLAT)
    assert "sigma_total" not in d
    assert_allclose(d["sigma_with_film"].value, 1.2e-4 / 0.5 / 13000)
    assert_allclose(d["asr_interface_film"].value, 9000 * 0.5)


def test_where_arcs_are_ambiguous_sigma_is_given_of_each_and_of_the_sum():
    d = derive_all(make_fit(GRAIN, GRAIN_VALUES), grain_roles("interface_film"), FLAT, ambiguous=True)
    assert_allclose(d["sigma_interface_film"].value, 1.2e-4 / 0.5 / 9000)
    assert {"sigma_bulk", "sigma_with_film"} <= d.keys()


def test_one_arc_for_two_sides_gives_half_the_resistance_and_twice_the_capacitance_per_side():
    text = "R0-p(R1,CPE1)-p(R2,CPE2)"
    values = {"R0": 5.0, "R1": 100.0, "CPE1_0": 2e-8, "CPE1_1": 0.95, "R2": 60.0, "CPE2_0": 1e-5, "CPE2_1": 0.8}
    roles = {
        "R0": "lead.resistance",
        "R1": "bulk.resistance",
        "R2": "anode_interface.resistance",
        "CPE2_0": "anode_interface.capacitance",
    }
    one, two = (derive_all(make_fit(text, values), roles, FLAT, sides={"anode_interface": n}) for n in (1, 2))
    assert_allclose(two["asr_anode_interface"].value, 60 * 0.5 / 2)
    assert_allclose(one["asr_anode_interface"].value, 60 * 0.5)
    assert two["asr_anode_interface"].unit == "ohm cm2"
    # Brug, through the lead and the faster bulk arc
    brug = 1e-5 ** (1 / 0.8) * (1 / 105 + 1 / 60) ** ((0.8 - 1) / 0.8)
    assert_allclose(one["capacitance_anode_interface"].value, brug, rtol=1e-12)
    assert_allclose(two["capacitance_anode_interface"].value, 2 * brug, rtol=1e-12)
    assert_allclose(two["capacitance_per_area_anode_interface"].value, 2 * brug / 0.5, rtol=1e-12)
    assert_allclose(two["peak_frequency_anode_interface"].value, one["peak_frequency_anode_interface"].value)


def test_an_ideal_capacitor_is_its_own_capacitance():
    fit = make_fit("R0-p(R1,C1)-C2", {"R0": 1.0, "R1": 100.0, "C1": 3e-8, "C2": 2e-6})
    roles = {"R1": "bulk.resistance", "C1": "bulk.capacitance", "C2": "electrode.capacitance"}
    d = derive_all(fit, roles, FLAT)
    assert_allclose(d["capacitance_bulk"].value, 3e-8)
    assert_allclose(d["capacitance_electrode"].value, 2e-6)
    assert_allclose(d["capacitance_bulk"].stderr, 3e-10)


def test_a_flat_phase_element_has_no_capacitance():
    fit = make_fit(FILM, {**FILM_VALUES, "CPE1_1": 0.69, "CPE2_1": 0.65})
    d = derive_all(fit, FILM_ROLES, FLAT)
    for name in ("capacitance_bulk", "eps_r_bulk", "capacitance_electrode", "capacitance_per_area_electrode"):
        assert math.isnan(d[name].value)
        assert math.isnan(d[name].stderr)
        assert "0.7" in d[name].reason
    assert not math.isnan(d["sigma_bulk"].value)


def test_diffusion_time_is_that_of_its_element():
    fit = make_fit("R0-p(R1,CPE1)-Wo1", {"R0": 1, "R1": 10, "CPE1_0": 1e-6, "CPE1_1": 0.9, "Wo1_0": 30, "Wo1_1": 25})
    d = derive_all(fit, {"Wo1_0": "diffusion.resistance", "Wo1_1": "diffusion.time"}, Sample())
    assert_allclose([d["diffusion_time"].value, d["diffusion_time"].stderr], [25.0, 0.25])
    assert d["diffusion_time"].unit == "s"


class TestErrors:
    def test_relative_errors_add_in_squares(self):
        d = film(Sample(thickness=1.2e-6, thickness_stderr=0.06e-6, area=0.5e-4, area_stderr=0.01e-4))["sigma_bulk"]
        assert_allclose(d.stderr_fit / d.value, 0.01, rtol=1e-9)
        assert_allclose(d.stderr_geometry / d.value, math.hypot(0.05, 0.02), rtol=1e-9)
        assert_allclose(d.stderr / d.value, math.sqrt(0.01**2 + 0.05**2 + 0.02**2), rtol=1e-9)

    @pytest.mark.parametrize(("kind", "share"), [("thickness", 0.05), ("area", 0.02)])
    def test_one_error_of_geometry_alone(self, kind, share):
        stderr = {"thickness": {"thickness_stderr": 0.06e-6}, "area": {"area_stderr": 0.01e-4}}[kind]
        d = film(Sample(thickness=1.2e-6, area=0.5e-4, **stderr))["sigma_bulk"]
        assert_allclose(d.stderr_geometry / d.value, share, rtol=1e-9)

    def test_without_errors_of_geometry_their_share_is_unknown_and_the_error_is_the_fit_s(self):
        d = film()["sigma_bulk"]
        assert math.isnan(d.stderr_geometry)
        assert d.stderr == d.stderr_fit

    def test_a_quantity_without_geometry_takes_none_of_its_error(self):
        d = film(Sample(thickness=1.2e-6, thickness_stderr=0.06e-6, area=0.5e-4))
        for name in ("capacitance_bulk", "peak_frequency_bulk", "capacitance_per_area_bulk"):
            assert math.isnan(d[name].stderr_geometry)

    def test_intervals_are_symmetric_in_the_logarithm_with_student_s_quantile(self):
        d = film(dof=12)["sigma_bulk"]
        width = student.ppf(0.975, 12) * 0.01
        assert_allclose(d.interval, d.value * np.exp([-width, width]), rtol=1e-9)

    def test_every_error_agrees_with_a_simulation(self):
        """Draw parameters and geometry from their errors, correlations included, and look at the scatter."""
        rng = np.random.default_rng(7)
        values = np.array(list(GRAIN_VALUES.values()))
        root = 0.004 * (np.eye(9) + 0.3 * rng.normal(size=(9, 9)))
        covariance = (root @ root.T) * np.outer(values, values)
        sample = Sample(thickness=1.2e-6, thickness_stderr=0.012e-6, area=0.5e-4, area_stderr=0.007e-4)
        derived = derive_all(
            make_fit(GRAIN, GRAIN_VALUES, covariance=covariance), grain_roles("grain_boundary"), sample
        )
        draws = values * (1 + rng.normal(size=(400, 9)) @ root.T)
        films = zip(rng.normal(1.2e-6, 0.012e-6, 400), rng.normal(0.5e-4, 0.007e-4, 400), strict=True)
        drawn = [
            derive_all(make_fit(GRAIN, p), grain_roles("grain_boundary"), Sample(thickness=d, area=a))
            for p, (d, a) in zip(draws, films, strict=True)
        ]
        for name, quantity in derived.items():
            scatter = np.std([d[name].value for d in drawn])
            assert_allclose(quantity.stderr, scatter, rtol=0.15, err_msg=name)  # 400 draws: 3.5 % for one deviation


class TestUnknown:
    def test_without_thickness_or_area_the_reason_is_given(self):
        d = film(Sample(area=0.5e-4))
        assert math.isnan(d["sigma_bulk"].value)
        assert d["sigma_bulk"].reason == "no thickness"
        assert not math.isnan(d["capacitance_per_area_bulk"].value)
        assert film(Sample())["sigma_bulk"].reason == "no thickness and no area"
        assert not math.isnan(film(Sample())["peak_frequency_bulk"].value)

    def test_a_resistance_bounded_from_above_bounds_the_conductivity_from_below(self):
        d = film(unknown={"R1": (math.nan, 240.0)})["sigma_bulk"]
        assert math.isnan(d.value)
        assert_allclose(d.interval[0], 1.0e-6)
        assert math.isnan(d.interval[1])
        assert "one side" in d.reason

    def test_a_resistance_bounded_from_below_bounds_the_conductivity_from_above(self):
        d = film(unknown={"R1": (60.0, math.nan)})["sigma_bulk"]
        assert math.isnan(d.interval[0])
        assert_allclose(d.interval[1], 4.0e-6)

    def test_a_vanished_lead_leaves_the_electrode_s_capacitance(self):
        fit = make_fit(FILM, {**FILM_VALUES, "R0": 1e-9}, unknown={"R0": (math.nan, 1.0)})
        d = derive_all(fit, FILM_ROLES, FLAT)["capacitance_electrode"]
        assert_allclose(d.value, 1e-6 ** (1 / 0.8) * 120 ** (0.2 / 0.8), rtol=1e-9)

    def test_a_lead_fixed_at_zero_makes_no_number_unknown(self):
        d = derive_all(make_fit(FILM, {**FILM_VALUES, "R0": 0.0}, fixed=("R0",)), FILM_ROLES, FLAT)
        for name in ("sigma_bulk", "capacitance_bulk", "eps_r_bulk", "capacitance_electrode"):
            assert math.isfinite(d[name].stderr), name

    def test_of_a_fixed_resistance_the_error_is_unknown_and_not_zero(self):
        d = film(fixed=("R1",))["sigma_bulk"]
        assert_allclose(d.value, 2.0e-6)
        assert math.isnan(d.stderr_fit)
        assert math.isnan(d.stderr)
        assert np.isnan(d.interval).all()

    def test_an_arc_above_the_window_has_no_capacitance_and_no_permittivity(self):
        fit = make_fit(GRAIN, GRAIN_VALUES)
        d = derive_all(fit, grain_roles("grain_boundary"), FLAT, unresolved={"bulk": "the arc peaks above the window"})
        for name in ("capacitance_bulk", "eps_r_bulk", "capacitance_per_area_bulk", "sigma_grain_boundary"):
            assert math.isnan(d[name].value)
            assert "above the window" in d[name].reason
        for name in ("sigma_bulk", "sigma_total", "capacitance_grain_boundary", "peak_frequency_bulk"):
            assert math.isfinite(d[name].value)

    def test_a_film_measured_in_plane_gets_no_conductivity_from_the_cross_plane_formula(self):
        sample = Sample(thickness=1e-6, area=0.5e-4, geometry="in-plane", cell_constant=100.0)
        d = film(sample)["sigma_bulk"]
        # σ = K/R = 1 cm⁻¹ / 120 Ω, or nothing
        assert math.isnan(d.value) or d.value == pytest.approx(1 / 120)


def test_a_repeated_role_keeps_both_arcs():
    fit = make_fit("R0-p(R1,C1)-p(R2,C2)", {"R0": 1.0, "R1": 10.0, "C1": 1e-9, "R2": 30.0, "C2": 1e-6})
    roles = {"R1": "charge_transfer.resistance", "R2": "charge_transfer.resistance"}
    d = derive_all(fit, roles, FLAT)
    found = {name: q.value for name, q in d.items() if name.startswith("asr_")}
    assert sorted(found.values()) == pytest.approx([5.0, 15.0])


class TestIntervalsOfTheFit:
    """What widens or reshapes the interval of a parameter does so to what is derived from it."""

    def film(self, **changes):
        s = simulate("lipon-blocking", [5.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], np.logspace(6.5, -1, 52), 0.003, seed=1)
        named = load_circuit("lipon-blocking")
        (fit,) = fit_spectra(named.circuit, [s])
        sample = Sample.build(thickness=1e-6, area=1e-4)
        return derive_all(replace(fit, **changes), named.roles, sample)["sigma_bulk"], fit

    def test_correlated_residuals_widen_it(self):
        plain, _ = self.film()
        wide, _ = self.film(widening=3.0)
        assert np.log(wide.interval[1] / wide.value) == pytest.approx(3 * np.log(plain.interval[1] / plain.value))
        assert wide.stderr == plain.stderr

    def test_a_profile_of_the_resistance_is_that_of_the_conductivity(self):
        _, fit = self.film()
        intervals = fit.intervals.copy()
        intervals[1] = (2e3, np.nan)
        methods = ("covariance", "profile", *fit.interval_method[2:])
        found, _ = self.film(intervals=intervals, interval_method=methods)
        low, high = found.interval
        assert np.isnan(low)
        assert high == pytest.approx(1e-6 / (2e3 * 1e-4) / 100)
