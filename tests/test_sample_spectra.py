"""The sample spectra are what they claim to be, and the package finds in them what was put in."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.batch import fit_batch
from lipon_eis.readers import read
from lipon_eis.readers.reading import gather
from lipon_eis.sheet import read_sheet

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "sample_spectra"


def load(path):
    name = f"sample_spectra_{path.stem}"
    spec = spec_from_file_location(name, path)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


maker = load(ROOT / "tests" / "make_sample_spectra.py")
quality = load(ROOT / "benchmarks" / "sample_spectra.py")
TRUTHS = quality.truths(FOLDER)
BY_LABEL = {truth["label"]: truth for truth in TRUTHS}
each_truth = pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth["label"])


def measured(truth):
    return read(FOLDER / truth["file"])[truth["spectrum"]]


def test_the_folder_holds_what_the_maker_makes_and_nothing_else():
    made = maker.files()
    found = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    assert found.keys() == {*made, "README.md", "__init__.py"}
    assert [name for name in made if found[name] != made[name]] == []


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 300_000


@pytest.mark.parametrize("name", sorted({truth["file"] for truth in TRUTHS}))
def test_each_export_says_that_it_is_simulated_and_the_readme_lists_it(name):
    assert b"SIMULATED" in (FOLDER / name).read_bytes()
    assert f"`{name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_reading_the_folder_gives_every_spectrum_and_no_failure():
    reading = gather([FOLDER])
    found = [(Path(s.meta["source"]).name, s.meta["spectrum"]) for s in reading.spectra]
    assert reading.failures == []
    assert sorted(found) == sorted((truth["file"], truth["spectrum"]) for truth in TRUTHS)
    instruments = {"biologic-mpt", "gamry", "zplot", "autolab", "relaxis", "squidstat", "versastudio", "zahner-text"}
    assert {s.meta["format"] for s in reading.spectra} == {"delimited"} | instruments


@pytest.mark.parametrize("m", [m for export in maker.EXPORTS for m in export.measurements], ids=lambda m: m.label)
def test_a_file_reads_as_the_numbers_that_were_simulated(m):
    spectrum = measured(BY_LABEL[m.label])
    assert_allclose(spectrum.frequency, m.frequency, rtol=1e-12)
    assert_allclose(spectrum.impedance, m.spectrum.impedance, rtol=5e-7)
    assert spectrum.n_masked == 0
    # Of a VersaStudio file, even of this simulated one, the manual says that it is not calibrated.
    of_the_format = [note for note in spectrum.notes if spectrum.meta["format"] == "versastudio" and "manual" in note]
    assert list(spectrum.notes) == of_the_format


def test_every_row_of_the_sheet_belongs_to_a_spectrum_and_states_its_errors():
    sheet = read_sheet(FOLDER / "samples.csv")
    assert sheet.unused((FOLDER / truth["file"], truth["spectrum"]) for truth in TRUTHS) == []
    for truth in TRUTHS:
        sample = sheet.sample_for(FOLDER / truth["file"], truth["spectrum"])
        assert sample.label == truth["label"]
        assert_allclose(sample.thickness_stderr / sample.thickness, 0.03)
        assert_allclose(sample.area_stderr / sample.area, 0.02)


def test_areas_in_headers_agree_with_the_sheet():
    sheet = read_sheet(FOLDER / "samples.csv")
    stated = {
        truth["file"]: (s.meta["area_m2"], sheet.sample_for(FOLDER / truth["file"], 0).area)
        for truth in TRUTHS
        if "area_m2" in (s := measured(truth)).meta
    }
    assert len(stated) == 3
    assert_allclose(*np.array(list(stated.values())).T)


# Numbers worked out by hand from thickness, area and conductivity, R = d/(σA).
@pytest.mark.parametrize(
    ("label", "name", "ohm"),
    [
        ("LiPON 25 °C, loop 1", "R1", 104.348),  # 1.2e-4 cm / (2.3e-6 S/cm · 0.5 cm²)
        ("LATPON film", "R1", 100.0),  # 0.8e-4 / (8e-6 · 0.1)
        ("LATPON film", "R2", 296.296),  # 0.8e-4 / (9e-8 · 0.1), of one 30th of the thickness
        ("LiPON dot with contact film", "R1", 6000.0),  # 0.6e-4 / (1e-6 · 0.01)
        ("LiPON dot with contact film", "R2", 4800.0),  # 48 Ω cm² / 0.01 cm²
        ("Li/LiPON/Li", "R2", 150.0),  # 2 · 15 Ω cm² / 0.2 cm²
        ("Li/LiPON/LCO annealed", "R3", 400.0),  # 100 Ω cm² / 0.25 cm²
    ],
)
def test_the_truth_is_what_the_readme_says(label, name, ohm):
    assert_allclose(BY_LABEL[label]["values"][name], ohm, rtol=1e-5)


def test_the_film_has_an_activation_energy_of_0_55_eV():
    celsius = {"LiPON -10 °C": -10, "LiPON 0 °C": 0, "LiPON 10 °C": 10, "LiPON 25 °C, loop 1": 25, "LiPON 40 °C": 40}
    beta = [1 / (8.617333e-5 * (t + 273.15)) for t in celsius.values()]
    sigma = [BY_LABEL[label]["derived"]["sigma_bulk"] for label in celsius]
    assert_allclose(np.polyfit(beta, np.log(sigma), 1)[0], -0.55, rtol=1e-6)


def test_annealing_changes_the_charge_transfer_alone_and_as_more_area_would():
    before = BY_LABEL["Li/LiPON/LCO as-deposited"]["values"]
    after = BY_LABEL["Li/LiPON/LCO annealed"]["values"]
    assert {name for name in before if before[name] != pytest.approx(after[name])} == {"R3", "CPE3_0"}
    assert_allclose([before["R3"] / after["R3"], after["CPE3_0"] / before["CPE3_0"]], 6)


@each_truth
def test_arcs_can_be_told_apart_and_lie_in_the_window(truth):
    values = truth["values"]
    tau = [
        (values[f"R{k}"] * values[f"CPE{k}_0"]) ** (1 / values[f"CPE{k}_1"])
        for k in "1234"
        if f"p(R{k},CPE{k})" in truth["circuit"]["text"]
    ]
    frequency = measured(truth).frequency
    assert 1 / (2 * np.pi * min(tau)) < frequency.max() / 3
    assert 1 / (2 * np.pi * max(tau)) > frequency.min()
    assert all(np.diff(np.log10(tau)) > 1.5)


@pytest.fixture(scope="module")
def fitted():
    spectra = [measured(truth) for truth in TRUTHS]
    return fit_batch(spectra, samples=FOLDER / "samples.csv")


@each_truth
def test_a_shipped_spectrum_gets_its_circuit_and_passes(truth, fitted):
    result = fitted.results[TRUTHS.index(truth)]
    found = quality.compare(result, truth)
    assert (found.alarms, result.verdict) == ((), "check" if truth.get("alarms") else "pass")
    assert found.circuit_right, f"{result.circuit.name}: {result.fit.circuit.text}"
    assert [name for name, pull in found.pulls.items() if not abs(pull) < 4] == []
    assert [name for name, error in found.errors.items() if not error < 0.02] == []


def test_inductance_is_added_where_the_leads_are_long_and_nowhere_else(fitted):
    added = [r.sample.label for r in fitted.results if "L0" in r.values]
    assert added == ["LiPON 25 °C, long leads"]


def test_geometry_errors_are_carried_into_conductivities(fitted):
    cross_plane = [r for r in fitted.results if "sigma_bulk" in r.derived and r.sample.geometry != "in-plane"]
    assert len(cross_plane) >= 30
    for result in cross_plane:
        sigma = result.derived["sigma_bulk"]
        assert_allclose(sigma.stderr_geometry / sigma.value, np.hypot(0.03, 0.02))


def test_fresh_noise_seeds_of_each_are_understood():
    score = quality.score(quality.measure(range(4)))
    assert score.circuit_right >= 0.99
    assert score.passed >= 0.99, score.alarms
    assert score.within_three >= 0.99, score.outside
    assert score.close >= 0.99, score.worst_error
    assert score.unknown == 0
