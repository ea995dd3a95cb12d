"""The choice of a circuit: topology by the data, roles by the sample."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.ranking import choose, corrected_aic
from lipon_eis.library import circuits, load_circuit
from lipon_eis.sample import Sample
from lipon_eis.selection import fit_best
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
import families

POINTS = np.logspace(6.8, -1, 64)
FILM = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-9, "CPE1_1": 0.95, "CPE2_0": 1.4e-6, "CPE2_1": 0.88}
GRAIN = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "R2": 9e3, "CPE2_0": 2e-8, "CPE2_1": 0.88}
GRAIN |= {"CPE3_0": 3e-6, "CPE3_1": 0.85}
# Thickness and area that make 9e-11·… of the bulk's capacitance, C = τ/R ≈ 0.149 nF, an ε_r of 17 or of 170
AMORPHOUS = {"thickness": 1e-6, "area": 1e-6}
CRYSTALLINE = {"thickness": 1e-5, "area": 1e-6}


def best(spectra, *samples, **how):
    spectra = [spectra] if isinstance(spectra, Spectrum) else list(spectra)
    samples = list(samples) if len(samples) == len(spectra) else [Sample()] * len(spectra)
    return fit_best(spectra, samples, how.pop("options", Options()), **how)


def grain(seed=1, noise=0.002):
    return simulate("polycrystalline-blocking", GRAIN, POINTS, noise=noise, seed=seed)


def film(seed=1, noise=0.002):
    return simulate("lipon-blocking", FILM, POINTS, noise=noise, seed=seed)


@pytest.mark.parametrize(("family", "names", "share"), [("film", {"lipon-blocking"}, 1.0), ("grain", None, 0.9)])
def test_families_are_given_their_own_topology(family, names, share):
    circuit, spectra, _ = families.spectra(family, 25, seed=5)
    found = best(spectra)
    right = [f.fit.circuit.topology().removeprefix("L-") == circuit.topology() for f in found]
    assert np.mean(right) >= share
    if names:
        assert {f.named.name for f in found} == names


def test_cells_are_recognised_where_their_arcs_can_be_told_apart():
    circuit, spectra, _ = families.spectra("cell", 30, seed=5)
    fits = fit_spectra(circuit, spectra)
    known = [all(f.stderr[n] < 0.03 * f.values[n] for n in ("R1", "R2", "Wo1_0")) for f in fits]
    identified = [s for s, clear in zip(spectra, known, strict=True) if clear]
    assert len(identified) >= 8
    chosen = [f.named.name for f in best(identified)]
    assert np.mean([name == "li-lipon-lco-two-arcs" for name in chosen]) >= 0.8


def test_the_ranking_is_recorded_best_first_with_one_winner():
    (found,) = best(grain())
    aicc = [r.aicc for r in found.ranking]
    assert aicc == sorted(aicc)
    assert [r.chosen for r in found.ranking].count(True) == 1
    assert found.ranking[0].delta == 0
    names = [name for r in found.ranking for name in r.names]
    assert len(names) == len(set(names))
    small = {named.name for named in circuits() if len(named.circuit.names) <= 9 and named.name != "lipon-leaky"}
    assert small <= set(names) <= {named.name for named in circuits()}


def test_the_simplest_within_ten_of_the_best_wins():
    assert choose([0.0, 9.9, 10.1], [9, 6, 4]) == 1
    assert choose([0.0, 9.9, 9.8], [9, 6, 6]) == 2
    assert choose([0.0, math.inf], [9, 2]) == 0
    assert choose([0.0, 5.0, 300.0], [9, 6, 4], [True, False, True]) == 1


def test_what_is_known_of_the_stack_decides_between_circuits_of_equal_size():
    assert choose([0.0, 5.0], [9, 9], [False, True]) == 1
    assert choose([0.0, 15.0], [9, 9], [False, True]) == 0


def test_aicc_is_the_formula_worked_out_by_hand():
    (fit,) = fit_spectra(load_circuit("lipon-blocking").circuit, [film()])
    n, k = 2 * 64, 6 + 1
    chi2 = sum(abs(fit.impedance / film().impedance - 1) ** 2)
    expected = n * math.log(chi2 / n + 0.002**2) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    assert corrected_aic(fit) == pytest.approx(expected, rel=1e-12)
    assert corrected_aic(fit, 0.0) == pytest.approx(expected + n * math.log(chi2 / n / (chi2 / n + 4e-6)), rel=1e-9)
    assert corrected_aic(replace(fit, n_used=4)) == math.inf


def test_fixed_parameters_are_not_counted():
    (fit,) = fit_spectra(load_circuit("lipon-blocking").circuit, [film()], Options(fix={"R0": 12.0}))
    k = 5 + 1
    expected = 128 * math.log(fit.relative_chi2 / 128 + 4e-6) + 2 * k + 2 * k * (k + 1) / (128 - k - 1)
    assert corrected_aic(fit) == pytest.approx(expected, rel=1e-12)


def test_a_small_range_step_buys_no_arc():
    """Instruments switch ranges; 0.2 % below 1 kHz is no electrochemistry."""
    s = film(noise=0.0003)
    stepped = Spectrum(s.frequency, s.impedance * np.where(s.frequency < 1e3, 1.002, 1.0))
    (found,) = best(stepped)
    assert found.named.name == "lipon-blocking"
    (fooled,) = best(stepped, accuracy=0.0)
    assert fooled.named.name != "lipon-blocking"  # without the accuracy, the step would have bought something


class TestRoles:
    """One topology, two meanings: an interface film or a grain boundary."""

    @pytest.mark.parametrize(
        ("stack", "name"),
        [("Pt/LiPON/Pt", "lipon-blocking-interface"), ("Pt/LATP/Pt", "polycrystalline-blocking")],
    )
    def test_the_stack_decides(self, stack, name):
        (found,) = best(grain(), Sample(stack=stack))
        assert found.named.name == name
        assert not found.tie
        assert not found.doubt

    def test_else_a_permittivity_that_only_crystals_have(self):
        (found,) = best(grain(), Sample(**CRYSTALLINE))
        assert found.named.name == "polycrystalline-blocking"
        assert not found.tie

    def test_else_it_is_a_tie_and_says_so(self):
        for sample in (Sample(), Sample(**AMORPHOUS)):
            (found,) = best(grain(), sample)
            assert "lipon-blocking-interface" in found.tie
            assert "polycrystalline-blocking" in found.tie

    def test_a_stack_of_an_electrolyte_nobody_knows_settles_nothing(self):
        (found,) = best(grain(), Sample(stack="Pt/mystery/Pt"))
        assert found.named.name in ("lipon-blocking-interface", "polycrystalline-blocking")

    def test_a_stack_that_contradicts_the_data_is_said(self):
        (found,) = best(film(), Sample(stack="Cu/LiPON/LCO"))
        assert "Cu/LiPON/LCO" in found.doubt
        assert not best(film(), Sample(stack="Pt/LiPON/Pt"))[0].doubt

    def test_the_stack_breaks_a_tie_of_topologies_only_within_the_margin(self):
        (found,) = best(grain(), Sample(stack="Li/LiPON/Li"))
        assert found.fit.circuit.topology() == load_circuit("polycrystalline-blocking").circuit.topology()
        assert found.doubt


def test_spectra_are_judged_apart():
    together = best([film(), grain(), film(2)])
    alone = [best(s)[0] for s in (film(), grain(), film(2))]
    for a, b in zip(together, alone, strict=True):
        assert a.named.name == b.named.name
        np.testing.assert_array_equal(a.fit.used_values, b.fit.used_values)
        assert a.ranking == b.ranking


def test_too_few_points_for_any_circuit_are_refused_for_that_spectrum_alone():
    few = simulate("lipon-blocking", FILM, [1e6, 1e3, 1.0])
    four = simulate("lipon-blocking", FILM, [1e6, 1e4, 1e2, 1.0])
    refused, undecided, fitted = best([few, four, film()])
    assert isinstance(refused, CannotFit)
    assert isinstance(undecided, CannotFit)
    assert "--circuit" in str(undecided)
    assert fitted.named.name == "lipon-blocking"


def test_a_lead_inductance_joins_the_chosen_circuit():
    s = simulate("L0-R0-p(R1,CPE1)-CPE2", {"L0": 3e-7, **FILM, "R1": 150.0, "CPE1_0": 3e-8}, POINTS, 0.002, seed=1)
    (found,) = best(s)
    assert found.added_inductance
    assert found.named.name == "lipon-blocking"
    assert found.named.roles["L0"] == "lead.inductance"
    assert found.named.circuit.text.startswith("L0-")


def test_guesses_and_bounds_go_to_the_circuits_that_have_the_name():
    (found,) = best(film(), options=Options(guess={"R3": 10.0}, bounds={"CPE1_1": (0.8, 1.0)}, fix={"R0": 12.0}))
    assert found.fit.values["R0"] == 12.0
    assert found.named.name == "lipon-blocking"
