"""What a caller may ask of a fit: guesses, fixed values, bounds."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.errors import InvalidOption, UnknownParameter
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.starts import n_starts
from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate

FILM = Circuit("R0-p(R1,CPE1)-CPE2")
GRAIN = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
F = np.logspace(6.5, -1, 52)
TRUTH = dict(zip(FILM.names, [12.0, 4e3, 3e-9, 0.95, 1.4e-6, 0.88], strict=True))
GRAIN_TRUTH = dict(zip(GRAIN.names, [12.0, 4e3, 3e-10, 0.95, 9e3, 2e-8, 0.88, 3e-6, 0.85], strict=True))


def one(circuit=FILM, truth=TRUTH, noise=0.003, seed=1, **how):
    (fit,) = fit_spectra(circuit, [simulate(circuit, truth, F, noise=noise, seed=seed)], Options(**how))
    return fit


@pytest.mark.parametrize("guess", [{"R1": 1e-3}, {"R1": 1e12, "CPE1_0": 1e3}, dict.fromkeys(FILM.names, 0.5)])
def test_a_bad_guess_does_no_harm(guess):
    assert_allclose(one(guess=guess).used_values, one().used_values, rtol=1e-9)


def test_a_guess_is_one_more_start():
    assert one(guess={"R1": 4e3}).starts == n_starts(FILM) + 1


def test_starts_that_agree_at_once_spare_the_others():
    fit = one()
    assert fit.starts_agreeing == fit.starts < n_starts(FILM)


def test_a_guess_finds_what_the_automatic_starts_do_not_offer():
    """Two resistors in series cannot be told apart; the guess says where on the valley to end."""
    circuit = Circuit("p(R1-CPE2,R2-CPE1)-R3")
    truth = {"R1": 1e3, "CPE2_0": 1e-5, "CPE2_1": 0.8, "R2": 1e4, "CPE1_0": 1e-8, "CPE1_1": 0.95, "R3": 40.0}
    fit = one(circuit, truth, guess=truth)
    assert_allclose(circuit.impedance(F, fit.values), circuit.impedance(F, truth), rtol=0.01)


@pytest.mark.parametrize("fix", [{"R1": 3.9e3}, {"CPE1_1": 0.97}, {"CPE2_0": 1.5e-6}, {"R0": 12.0, "CPE1_0": 3.1e-9}])
def test_a_fixed_parameter_holds_to_the_last_bit_and_has_no_error(fix):
    fit = one(fix=fix)
    for name, value in fix.items():
        i = fit.index(name)
        assert fit.values[name] == value
        assert fit.fixed[i]
        assert not fit.at_bound[i]
        assert np.isnan(fit.covariance[i]).all()
        assert np.isnan(fit.covariance[:, i]).all()
        assert np.isnan(fit.interval(name)).all()
        assert fit.interval_method[i] == ""
    free = ~fit.fixed
    assert np.isfinite(fit.covariance[np.ix_(free, free)]).all()
    assert fit.degrees_of_freedom == 2 * len(F) - 6 + len(fix)


def test_fixing_the_truth_narrows_the_others():
    assert one(fix={"CPE1_1": 0.95}).stderr["CPE1_0"] < one().stderr["CPE1_0"]


def test_a_covariance_beside_a_fixed_value_is_that_of_the_smaller_problem():
    fit = one(fix={"CPE1_0": 3e-9})
    free = [i for i, name in enumerate(FILM.names) if name != "CPE1_0"]
    s = simulate(FILM, TRUTH, F, noise=0.003, seed=1)
    weighted = (FILM.jacobian(s.frequency, fit.values) / np.abs(s.impedance)[:, None])[:, free]
    expected = np.sqrt(np.diag(np.linalg.inv((weighted.conj().T @ weighted).real)) * fit.chi2_reduced)
    assert_allclose(np.array(list(fit.stderr.values()))[free], expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["R0", "L0", "R1"])
def test_a_series_element_may_be_fixed_at_zero(name):
    circuit = Circuit("L0-R0-p(R1,CPE1)-CPE2" if name == "L0" else FILM.text)
    truth = {**TRUTH, "L0": 0.0} if name == "L0" else {**TRUTH, name: 0.0}
    fit = one(circuit, truth, fix={name: 0.0})
    assert fit.values[name] == 0.0
    assert fit.converged
    assert fit.values["CPE2_0"] == pytest.approx(1.4e-6, rel=0.02)


@pytest.mark.parametrize("value", [0.0, 1e-30])
def test_a_lead_fixed_at_nothing_gives_the_fit_of_the_circuit_without_it(value):
    truth = {**TRUTH, "R0": 0.0}
    bare = Circuit("p(R1,CPE1)-CPE2")
    s = simulate(FILM, truth, F, noise=0.003, seed=1)
    (held,), (without,) = fit_spectra(FILM, [s], Options(fix={"R0": value})), fit_spectra(bare, [s])
    assert_allclose(held.used_values[1:], without.used_values, rtol=1e-9)
    assert_allclose(held.chi2, without.chi2, rtol=1e-12)


def test_bounds_are_respected_and_the_parameter_on_one_is_named():
    fit = one(bounds={"CPE1_1": (0.7, 0.9)})
    i = fit.index("CPE1_1")
    assert fit.values["CPE1_1"] == 0.9
    assert fit.at_bound[i]
    assert fit.bounds[i].tolist() == [0.7, 0.9]
    assert np.isnan(fit.stderr["CPE1_1"])
    assert fit.interval_method[i] == "profile"
    assert fit.interval("CPE1_1")[1] == 0.9
    assert np.isfinite(fit.stderr["R1"])


@pytest.mark.parametrize(
    ("name", "low", "high"), [("R1", 4.5e3, None), ("R1", None, 3e3), ("CPE1_0", 5e-9, None), ("CPE2_0", None, 1e-6)]
)
def test_bounds_of_scales_are_respected_to_the_digit(name, low, high):
    fit = one(bounds={name: (low, high)})
    i = fit.index(name)
    assert fit.at_bound[i]
    assert fit.known[i]  # the caller's bound is a value, not an unknown
    assert_allclose(fit.values[name], low or high, rtol=1e-12)


def test_a_bound_that_is_not_reached_changes_nothing():
    fit = one(bounds={"R1": (1e3, 1e4)})
    assert not fit.at_bound.any()
    assert_allclose(fit.used_values, one().used_values, rtol=1e-9)
    assert_allclose(fit.covariance, one().covariance, rtol=1e-5)


@pytest.mark.parametrize("name", ["R2", "CPE1_1", "CPE2_0"])
def test_an_arc_that_is_bounded_does_not_swap(name):
    slow_first = dict(zip(GRAIN.names, [12.0, 9e3, 2e-8, 0.88, 4e3, 3e-10, 0.95, 3e-6, 0.85], strict=True))
    value = slow_first[name]
    fit = one(GRAIN, slow_first, bounds={name: (value * 0.97, min(value * 1.03, 0.999) if value < 1 else value * 1.03)})
    if not fit.at_bound.any():
        assert_allclose(fit.values["R1"], 9e3, rtol=0.05)
        assert_allclose(fit.values["R2"], 4e3, rtol=0.05)


def test_an_arc_that_is_fixed_stays_where_it_is_and_the_other_takes_the_rest():
    fit = one(GRAIN, GRAIN_TRUTH, fix={"R1": 9e3})
    assert fit.values["R1"] == 9e3
    assert_allclose([fit.values["R2"], fit.values["CPE2_1"]], [4e3, 0.95], rtol=0.02)
    assert fit.values["CPE1_1"] == pytest.approx(0.88, rel=0.02)


def test_ranges_of_the_circuit_let_arcs_swap():
    ranges = {"CPE1_1": (0.5, 1.0), "CPE2_1": (0.5, 1.0)}
    assert_allclose(one(GRAIN, GRAIN_TRUTH, ranges=ranges).used_values, one(GRAIN, GRAIN_TRUTH).used_values, rtol=1e-9)


@pytest.mark.parametrize(("name", "span"), [("CPE1_0", (5e-9, 1e-7)), ("CPE2_0", (1e-9, 1e-6)), ("R1", (5e3, 1e5))])
def test_ranges_of_the_circuit_are_respected(name, span):
    fit = one(ranges={name: span})
    assert span[0] * (1 - 1e-9) <= fit.used_values[fit.index(name)] <= span[1] * (1 + 1e-9)
    assert fit.at_bound[fit.index(name)]


@pytest.mark.parametrize("what", ["guess", "fix", "bounds"])
def test_a_name_that_the_circuit_has_not_is_refused_with_the_nearest(what):
    with pytest.raises(UnknownParameter, match="CPE1_1"):
        one(**{what: {"CPE1_l": (0.5, 0.9) if what == "bounds" else 0.9}})


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"guess": {"CPE1_1": 1.2}}, "CPE1_1 = 1.2 is above its upper bound 1"),
        ({"fix": {"R1": -3}}, "R1 = -3 is below its lower bound 0"),
        ({"bounds": {"R1": (10, 1)}}, "R1"),
        ({"bounds": {"R1": (1, 1)}}, "R1"),
        ({"bounds": {"R1": (1, 10)}, "guess": {"R1": 11}}, "above"),
        ({"guess": {"R1": float("nan")}}, "R1"),
        ({"fix": {"R1": float("inf")}}, "R1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(how, said):
    with pytest.raises(InvalidOption, match=said):
        one(**how)


def test_the_seed_changes_no_result_of_a_circuit_that_is_determined():
    circuit = Circuit("R0-p(CPE1,R1,R2-CPE2)")
    truth = {"R0": 10.0, "CPE1_0": 3e-9, "CPE1_1": 0.95, "R1": 1e6, "R2": 4e3, "CPE2_0": 1e-6, "CPE2_1": 0.9}
    spectrum = simulate(circuit, truth, F, noise=0.003, seed=1)
    first, other = (fit_spectra(circuit, [spectrum], Options(seed=seed))[0] for seed in (0, 7))
    assert_allclose(other.used_values, first.used_values, rtol=1e-6)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((1.2, 1.5), "CPE1_1 from 1.2 leaves nothing below its upper bound 1"),
        ((-2.0, -1.0), "CPE1_1 to -1 leaves nothing above its lower bound 0"),
        ((0.9, 0.5), "CPE1_1: 0.9 is not below 0.5"),
        ((float("nan"), 0.5), "CPE1_1 from nan"),
    ],
)
def test_bounds_that_leave_no_room_are_refused_by_name(bounds, said):
    with pytest.raises(InvalidOption, match=f"bounds: {said}"):
        one(bounds={"CPE1_1": bounds})


class TestLimitOfWork:
    CELL = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-Wo1")
    VALUES = (10.0, 300.0, 4e-9, 0.95, 900.0, 3e-6, 0.85, 500.0, 0.8)

    def count(self, monkeypatch, max_work):
        """Fit and count the evaluations of one spectrum."""
        evaluations = 0
        evaluate = Circuit.evaluate

        def counted(circuit, s, p):
            nonlocal evaluations
            evaluations += len(p)
            return evaluate(circuit, s, p)

        spectrum = simulate(self.CELL, dict(zip(self.CELL.names, self.VALUES, strict=True)), F, noise=0.003, seed=1)
        with monkeypatch.context() as patch:
            patch.setattr(Circuit, "evaluate", counted)
            (fit,) = fit_spectra(self.CELL, [spectrum], Options(max_work=max_work, interval="covariance"))
        return fit, evaluations

    @pytest.mark.parametrize("max_work", [1, 60, 200])
    def test_it_is_kept_but_for_the_last_digits(self, monkeypatch, max_work):
        starts = 16
        _, evaluations = self.count(monkeypatch, max_work)
        assert evaluations <= max_work + 2 * starts + 40  # first and last look at each start, polish, errors, curve

    def test_a_fit_that_reaches_it_is_not_converged(self, monkeypatch):
        fit, _ = self.count(monkeypatch, 1)
        assert not fit.converged

    def test_one_that_does_not_reach_it_is_the_same_fit(self, monkeypatch):
        limited, _ = self.count(monkeypatch, 100_000)
        free, _ = self.count(monkeypatch, None)
        assert limited.converged
        assert_allclose(limited.used_values, free.used_values, rtol=1e-8)
