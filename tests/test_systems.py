"""Every system of docs/systems.md: its circuit is chosen, its roles and verdict are right, its truth is found.

``python tests/test_systems.py`` writes the table of that page anew.
"""

import re
import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.analysis import Task, analyse
from lipon_eis.batch import fit_batch
from lipon_eis.fitting.fit import Options
from lipon_eis.library import circuits, load_circuit
from lipon_eis.readers import read
from lipon_eis.rounding import format_value
from lipon_eis.sample import Sample
from lipon_eis.selection import fit_best
from lipon_eis.sheet import read_sheet
from lipon_eis.simulation import simulate

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "sample_spectra"
PAGE = ROOT / "docs" / "systems.md"
SHEET = read_sheet(FOLDER / "samples.csv")
BEGIN, END = "<!-- generated: python tests/test_systems.py -->", "<!-- end -->"

SYSTEMS = {
    1: ["LiPON 25 °C, loop 1"],
    2: ["LiPON dot with contact film"],
    3: ["LiSiPON film"],
    4: ["LATPON film", "LAGPON film with contact film"],
    5: ["Li/LiPON/Li"],
    6: ["Li/LiPON/LCO as-deposited"],
    7: ["Li/LiPON/LCO annealed"],
    8: ["Li/LiPON/Al2O3/LCO"],
    9: ["Li/LiPON/LCO cycled at 25 °C", "Li/LiPON/LCO cycled at 80 °C"],
    10: [
        "Li/LiPON/LNM",
        "Li/LiPON/BTO/LNM",
        "Li/LiPON/LNMO",
        "Li/LiPON/LiCoPO4",
        "Li/LiPON/V2O5",
        "Li/LiPON/Prussian blue",
    ],
    11: ["Li/LiPON/Li passivated", "Li/Al2O3/LiPON/Al2O3/Li"],
    12: ["Cu/LiPON/LCO as made", "Cu/LiPON/LCO charged"],
    13: ["V2O5/LiPON/LixV2O5"],
    14: ["LCO/LiPON/LCO"],
    15: ["LiPON dot with leak", "Li3PO4 dot with pinhole"],
    16: ["LiPON in plane"],
}
"""Number on the page → labels of its sample spectra."""

ANSWERS = {"sigma_bulk": "S/cm", "sigma_total": "S/cm", "sigma_grain_boundary": "S/cm"}


def load(path):
    name = f"systems_{path.stem}"
    spec = spec_from_file_location(name, path)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


quality = load(ROOT / "benchmarks" / "sample_spectra.py")
TRUTHS = {truth["label"]: truth for truth in quality.truths(FOLDER)}
LABELS = [label for labels in SYSTEMS.values() for label in labels]
each_label = pytest.mark.parametrize("label", LABELS)


def sample_of(label):
    truth = TRUTHS[label]
    return SHEET.sample_for(FOLDER / truth["file"], truth["spectrum"])


def fresh(label, seed):
    """The spectrum with other noise of the same size."""
    truth = TRUTHS[label]
    measured = read(FOLDER / truth["file"])[truth["spectrum"]]
    noise = truth["noise"]["standard_deviation"]
    made = simulate(truth["circuit"]["text"], truth["values"], measured.frequency, noise=noise, seed=seed)
    return replace(made, meta=dict(measured.meta))


def fit(label, *, circuit="auto", seed=None, **sheet):
    """Fit a system by what its sheet says, or by what is given in its stead."""
    spectrum = fresh(label, seed) if seed else read(FOLDER / TRUTHS[label]["file"])[TRUTHS[label]["spectrum"]]
    (result,) = analyse([spectrum], [replace(sample_of(label), **sheet)], Task(circuit=circuit))
    return result


@pytest.fixture(scope="module")
def shipped():
    spectra = [read(FOLDER / TRUTHS[label]["file"])[TRUTHS[label]["spectrum"]] for label in LABELS]
    return dict(zip(LABELS, fit_batch(spectra, samples=FOLDER / "samples.csv").results, strict=True))


@pytest.fixture(scope="module")
def anew():
    """Four more measurements of every system."""
    spectra = [fresh(label, 7000 + 40 * k + i) for i, label in enumerate(LABELS) for k in range(4)]
    batch = fit_batch(spectra, samples=FOLDER / "samples.csv")
    return [(label, result) for label, result in zip(np.repeat(LABELS, 4).tolist(), batch.results, strict=True)]


def is_understood(result, truth):
    """Circuit with its inductance or without, roles, and checks are those that the cell deserves."""
    named = load_circuit(truth["circuit"]["name"])
    assert (result.circuit.name, result.fit.circuit.text) == (truth["circuit"]["name"], truth["circuit"]["text"])
    assert {p.name: p.role for p in result.parameters} == dict(named.roles)
    checks = [reason.code for reason in result.reasons if reason.level != "note"]
    assert sorted(checks) == sorted(truth.get("alarms", []))
    assert result.verdict == ("check" if checks else "pass")
    return True


@each_label
def test_a_shipped_spectrum_is_understood_and_its_truth_found(label, shipped):
    result, truth = shipped[label], TRUTHS[label]
    assert is_understood(result, truth)
    found = quality.compare(result, truth)
    assert [name for name, pull in found.pulls.items() if not abs(pull) < 4] == []
    assert [name for name, error in found.errors.items() if not error < 0.03] == []


def test_fresh_noise_is_understood_too_and_intervals_hold_the_truth_as_often_as_they_say(anew):
    held = []
    for label, result in anew:
        truth = TRUTHS[label]
        assert is_understood(result, truth), label
        for name in load_circuit(truth["circuit"]["name"]).answers:
            low, high = result.interval(name)
            held.append(low <= truth["values"][name] <= high)
    assert len(held) > 150
    assert 0.90 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(
    "electrolyte", ["LiSiPON", "LiSON", "LiPSON", "LiBON", "LiBPON", "LiCPON", "LiPFON", "LiPWON", "Li2.9PO3.3N0.46"]
)
def test_an_amorphous_film_between_blocking_metals_has_one_arc_whatever_its_name(electrolyte):
    stacks = [f"{metal}/{electrolyte}/{metal}" for metal in ("Pt", "Al", "Au", "stainless steel")]
    samples = [replace(sample_of("LiSiPON film"), stack=stack) for stack in stacks]
    found = analyse([fresh("LiSiPON film", 1)] * len(samples), samples, Task())
    assert {(result.circuit.name, result.verdict) for result in found} == {("lipon-blocking", "pass")}


def test_batio3_lowers_charge_transfer_by_four_orders_of_magnitude(shipped):
    without, with_it = (shipped[label].derived["asr_charge_transfer"] for label in LABELS[11:13])
    assert_allclose(without.value / with_it.value, 1e4, rtol=0.02)


def test_the_disordered_layer_is_four_times_as_thick_after_cycling_warm(shipped):
    cold, warm = (shipped[label].derived for label in SYSTEMS[9])
    assert_allclose(warm["asr_cathode_layer"].value / cold["asr_cathode_layer"].value, 4, rtol=0.05)
    ratio = cold["capacitance_cathode_layer"].value / warm["capacitance_cathode_layer"].value
    assert_allclose(ratio, 4, rtol=0.25)  # of Brug's capacitances, which depend on what stands before the arc


@pytest.mark.parametrize(("label", "role"), [("LCO/LiPON/LCO", "charge_transfer"), ("Li/LiPON/Li", "anode_interface")])
def test_two_equal_sides_are_given_each_by_itself(label, role, shipped):
    result = shipped[label]
    (arc,) = result.by_role(f"{role}.resistance")
    area = sample_of(label).area * 1e4
    assert_allclose(result.derived[f"asr_{role}"].value, arc.value * area / 2)


def test_a_lithium_free_cell_changes_its_circuit_with_its_state(shipped):
    before, after = (shipped[label] for label in SYSTEMS[12])
    assert before.by_role("electrode.capacitance")
    assert not before.by_role("anode_interface.resistance")
    assert after.by_role("anode_interface.resistance")
    assert after.by_role("diffusion.time")


class TestLeak:
    """A resistor beside everything: the intercept at low frequency is no film's."""

    def test_the_ions_path_is_told_from_the_leak(self, shipped):
        result = shipped["LiPON dot with leak"]
        assert_allclose(result.by_role("bulk.resistance")[0].value, 1500, rtol=0.02)
        assert_allclose(result.by_role("leak.resistance")[0].value, 80e3, rtol=0.01)

    def test_a_short_gives_no_conductivity(self, shipped):
        result = shipped["Li3PO4 dot with pinhole"]
        assert result.by_role("bulk.resistance") == []
        assert not [name for name in result.derived if name.startswith("sigma")]

    @pytest.mark.parametrize("label", SYSTEMS[15])
    def test_without_a_stack_it_does_not_pass(self, label):
        result = fit(label, stack=None)
        assert result.verdict == "check"
        assert {"roles-ambiguous", "electronic-leak"} & {reason.code for reason in result.reasons}

    def test_lithium_on_both_sides_passes_direct_current_without_a_leak(self):
        for seed in (1, 2, 3):
            assert fit("Li/LiPON/Li", seed=seed).circuit.name == "li-lipon-li"

    @pytest.mark.parametrize("ratio", [3.0, 30.0, 300.0])
    def test_the_bulk_stays_what_it_is_while_the_leak_grows(self, ratio):
        truth = TRUTHS["LiPON dot with leak"]
        values = {**truth["values"], "R2": ratio * 1500}
        f = read(FOLDER / truth["file"])[0].frequency
        spectra = [simulate(truth["circuit"]["text"], values, f, noise=0.003, seed=seed) for seed in range(1, 6)]
        for result in analyse(spectra, [Sample(stack="Pt/LiPON/Pt")] * 5, Task()):
            assert result.circuit.name == "lipon-leaky"
            assert_allclose(result.by_role("bulk.resistance")[0].value, 1500, rtol=0.05)


class TestWhatDataCannotTell:
    """Circuits of one topology: the sample decides, or the circuit is named."""

    def test_a_layer_at_the_cathode_is_known_from_the_stack_alone(self):
        label = "Li/LiPON/Al2O3/LCO"
        assert fit(label).circuit.name == "li-lipon-lco-interlayer"
        assert fit(label, stack="Li/LiPON/LCO").circuit.name == "li-lipon-lco"
        assert fit(label, stack="Li/Al2O3/LiPON/LCO").circuit.name == "li-lipon-lco"

    @pytest.mark.parametrize(
        "label", ["Li/LiPON/Al2O3/LCO", "LCO/LiPON/LCO", "Cu/LiPON/LCO as made", "LiPON in plane", "Li/LiPON/LNM"]
    )
    def test_the_named_circuit_gives_the_same_without_a_stack(self, label, shipped):
        named = TRUTHS[label]["circuit"]["name"]
        result = fit(label, circuit=named, stack=None)
        assert result.circuit.name == named
        assert_allclose([p.value for p in result.parameters], [p.value for p in shipped[label].parameters], rtol=1e-6)

    def test_two_cathodes_are_no_full_cell_where_the_stack_says_so(self):
        assert fit("LCO/LiPON/LCO", stack="Li/LiPON/LCO").circuit.name == "li-lipon-lco-two-arcs"
        assert fit("LCO/LiPON/LCO").circuit.sides == {"charge_transfer": 2, "diffusion": 2}

    def test_in_plane_the_capacitance_is_the_substrates_and_no_permittivity_follows(self):
        assert not [name for name in fit("LiPON in plane").derived if name.startswith("eps_r")]
        assert fit("LiPON in plane").circuit.roles["CPE1_0"] == "stray.capacitance"
        across = fit("LiPON in plane", geometry="cross-plane")
        assert across.circuit.roles["CPE1_0"] == "bulk.capacitance"

    def test_a_gap_alone_says_in_plane(self):
        (found,) = fit_best([fresh("LiPON in plane", 1)], [Sample(gap=1e-5, stack="Au/LiPON/Au")], Options())
        assert found.named.name == "in-plane-blocking"

    def test_one_arc_between_lithium_is_the_film(self):
        result = fit("Li3PO4 dot with pinhole", stack="Li/Li3PO4/Li")
        assert (result.circuit.name, result.circuit.roles["R1"]) == ("li-lipon-li-one-arc", "bulk.resistance")


def test_large_circuits_are_not_tried_where_small_ones_explain_all():
    """Four arcs cost as much as all others together; white residuals of one arc leave them nothing."""
    spectra = [fresh("LiPON 25 °C, loop 1", seed) for seed in range(1, 21)]
    found = fit_best(spectra, [sample_of("LiPON 25 °C, loop 1")] * 20, Options())
    tried = [name for f in found for ranked in f.ranking for name in ranked.names]
    assert "li-lipon-lco-cycled" not in tried
    assert tried.count("li-lipon-lco") <= 10
    assert {f.named.name for f in found} == {"lipon-blocking"}


def test_every_shipped_circuit_has_a_sample_or_says_why_not():
    shown = {TRUTHS[label]["circuit"]["name"] for label in LABELS}
    assert {named.name for named in circuits()} - shown == {"li-lipon-li-one-arc"}


def test_every_preparation_of_the_review_can_be_stated():
    for way in ("RF sputtering", "PLD", "IBAD", "e-beam", "ALD", "MOCVD", "polymer precursor"):
        assert Sample(preparation=way).preparation == way
    assert {sample_of(label).preparation for label in LABELS} >= {"RF sputtering", "PLD", "ALD"}


def test_the_page_has_a_paragraph_for_every_system():
    headings = [int(n) for n in re.findall(r"^### (\d+) · ", PAGE.read_text(encoding="utf-8"), re.M)]
    assert headings == sorted(SYSTEMS)


def test_the_pages_table_is_what_the_samples_hold():
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip() == table().strip(), (
        "run python tests/test_systems.py"
    )


def answers(truth):
    """What is to be found in a sample, in words."""
    said = []
    for name, value in truth["derived"].items():
        if name in ANSWERS:
            said.append(f"{name} {format_value(value, unit=ANSWERS[name], digits=3)}")
        elif name.startswith("asr_"):
            said.append(f"{name} {value:g} Ω cm²")
    named = load_circuit(truth["circuit"]["name"])
    for name, role in named.roles.items():
        if role == "leak.resistance":
            said.append(f"{name} (leak) {format_value(truth['values'][name], unit='ohm', digits=3)}")
    if not said:
        said.append(f"R1 {format_value(truth['values']['R1'], unit='ohm', digits=3)}")
    return ", ".join(said)


def table():
    lines = ["| | cell | circuit | sample | to be found |", "|---|---|---|---|---|"]
    for number, labels in SYSTEMS.items():
        for label in labels:
            truth = TRUTHS[label]
            which = f"`{truth['file']}`" + (f" #{truth['spectrum']}" if truth["spectrum"] else "")
            name = truth["circuit"]["name"]
            lines.append(f"| {number} | {label} | [`{name}`](../circuits/{name}.toml) | {which} | {answers(truth)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    before, after = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    PAGE.write_text(f"{before}\n\n{table()}\n{after}", encoding="utf-8")
