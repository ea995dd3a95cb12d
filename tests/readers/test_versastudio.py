"""VersaStudio files: segments, blocks, and what they say of the run."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import REAL, F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

NAMES = (
    "Segment #, Point #, E(V), I(A), Elapsed Time(s), Current Range, Status, E Applied(V), Frequency(Hz),"
    " E Real, E Imag, I Real, I Imag, Z Real, Z Imag, Z2 Real, Z2 Imag, ActionId, AC Amplitude, 0"
)
ACTION = """<Action{k}>
Final Potential (V),Value=0
Potential (V),Versus=vs OC
Potential (V),Value={bias}
Amplitude (mV RMS)={amplitude}
Start Frequency (Hz)=100000
Name=Potentiostatic EIS
</Action{k}>
"""


def point(segment, k, f, z, current=1e-6):
    e = z * current
    return (
        f"{segment},{k},3.1,1E-9,{k},5,53,0,{f:.9g},{e.real:.9g},{e.imag:.9g},{current:g},0,"
        f"{z.real:.9g},{z.imag:.9g},0,0,21,0.01"
    )


def waiting(segment, k):
    return f"{segment},{k},3.1,1E-9,{k},5,53,0,0,0,0,0,0,0,0,0,0,52,0"


def versastudio(*segments, area=1, actions=((10, 0),), names=NAMES, graph=True):
    parts = ["<Application>\nName=VersaStudio\nVersion=2.61.2.0\n</Application>\n"]
    parts += ["<Instrument>\nType=VersaSTAT3\nModel=F\nSN=00000\nOptions=FRA\n</Instrument>\n"]
    parts += ["<Experiment>\nTimeAcquired=9:26:53 AM\nDateAcquired=Thursday, March 14, 2024\n</Experiment>\n"]
    parts += [f"<Action0>\nMeasured Open Circuit=-30.5 µV\nWorking Electrode Area (cm2)={area}\nName=Common"]
    parts += ["Comment=Pt/LiPON/Pt\n</Action0>\n"]
    parts += [ACTION.format(k=k, amplitude=mv, bias=bias) for k, (mv, bias) in enumerate(actions, 1)]
    for k, rows in enumerate(segments, 1):
        parts += [f"<Segment{k}>\nType=2\nVersion=3\nDefinition={names}", *rows, f"</Segment{k}>\n"]
    return "\n".join([*parts, "<Graph1>\nGrid=True\nYAxisName=|Z| (ohms)\n</Graph1>\n" if graph else ""])


def sweep(segment=0, factor=1.0):
    return [point(segment, k, f, factor * z) for k, (f, z) in enumerate(zip(F, Z, strict=True))]


def test_a_sweep_is_read_with_its_sign(write):
    (spectrum,) = read(write(versastudio(sweep())))
    assert_allclose(spectrum.frequency, F, rtol=1e-8)
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert spectrum.meta["format"] == "versastudio"


def test_the_impedance_of_a_real_file_is_its_voltage_over_its_current():
    path = REAL / "versastudio_par/impedance__exampleDataVersaStudio.par"
    if not path.exists():
        pytest.skip("the folder of real files is not at hand")
    (spectrum,) = read(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = np.array([[float(c) for c in line.split(",")[9:14]] for line in lines if line.startswith("0,")])
    assert_allclose(spectrum.frequency, rows[:, 0])
    ratio = (rows[:, 1] + 1j * rows[:, 2]) / (rows[:, 3] + 1j * rows[:, 4])
    assert_allclose(spectrum.impedance, ratio, rtol=0.02)


def test_resting_steps_are_no_points_and_part_two_sweeps(write):
    rest = [waiting(0, k) for k in range(5)]
    spectra = read(write(versastudio([*rest, *sweep(1), *rest, *sweep(2, 2.0), *rest])))
    assert [len(s) for s in spectra] == [25, 25]
    assert_allclose(spectra[1].impedance, 2 * Z, rtol=1e-8)


def test_two_sweeps_without_rest_between_are_two_spectra(write):
    assert [len(s) for s in read(write(versastudio(sweep(0) + sweep(1, 2.0))))] == [25, 25]


def test_a_segment_without_impedance_stands_beside_one_with_it(write):
    (spectrum,) = read(write(versastudio([waiting(0, k) for k in range(3)], sweep(1))))
    assert len(spectrum) == 25


def test_a_run_without_impedance_is_refused_with_the_reason(write):
    with pytest.raises(UnreadableFile, match="measured no impedance"):
        read(write(versastudio([waiting(0, 0)])))
    with pytest.raises(UnreadableFile, match="measured no impedance"):
        read(write(versastudio(["0,0,3.1"], names="Segment #, Point #, E(V)")))


def test_points_saved_as_binary_are_refused_with_the_remedy(write):
    with pytest.raises(UnreadableFile, match="save the data as ASCII"):
        read(write(versastudio()))


def test_metadata_is_kept_with_its_units(write):
    (spectrum,) = read(write(versastudio(sweep(), area=0.5, actions=((10, 0.25),))))
    meta = spectrum.meta
    assert meta["instrument"] == "VersaSTAT3F"
    assert meta["software"] == "VersaStudio 2.61.2.0"
    assert meta["date"] == "Thursday, March 14, 2024 9:26:53 AM"
    assert meta["area_m2"] == pytest.approx(5e-5)
    assert meta["amplitude_V"] == pytest.approx(0.01)
    assert (meta["bias_V"], meta["bias_versus"]) == (0.25, "vs OC")
    assert meta["open_circuit_V"] == pytest.approx(-30.5e-6)
    assert meta["comment"] == "Pt/LiPON/Pt"
    assert "header line" in meta["origin"]["amplitude_V"]
    assert "column E(V)" in meta["ignored"]
    assert "block Graph1" in meta["ignored"]


def test_the_default_area_is_not_taken(write):
    meta = read(write(versastudio(sweep())))[0].meta
    assert "area_m2" not in meta
    assert any("default" in what for what in meta["ignored"])


def test_settings_on_which_techniques_differ_are_not_taken(write):
    first, second = read(write(versastudio(sweep(), sweep(1, 2.0), actions=((10, 0), (20, 0)))))
    for spectrum in (first, second):
        assert "amplitude_V" not in spectrum.meta
        assert spectrum.meta["bias_V"] == 0
        assert any("differ in Amplitude (mV RMS) (10, 20): not taken" in note for note in spectrum.notes)


def test_every_spectrum_says_that_it_is_not_calibrated(write):
    for spectrum in read(write(versastudio(sweep(), sweep(1, 2.0)))):
        assert sum("uncalibrated: copy it out of VersaStudio" in note for note in spectrum.notes) == 1


def test_a_galvanostatic_amplitude_is_a_current(write):
    text = versastudio(sweep()).replace("Amplitude (mV RMS)=10", "Amplitude (uA RMS)=500")
    text = text.replace("Potentiostatic EIS", "Galvanostatic EIS").replace("Potential (V),", "Current (mA),")
    meta = read(write(text))[0].meta
    assert meta["technique"] == "Galvanostatic EIS"
    assert meta["amplitude_A"] == pytest.approx(5e-4)
    assert meta["bias_A"] == 0
    assert not {"amplitude_V", "bias_V"} & set(meta)


def test_damage_gives_no_other_numbers(tmp_path):
    data = versastudio(sweep(), sweep(1, 2.0)).encode()
    assert_cuts_hold_no_other_numbers(data, tmp_path)
    assert_mutations_raise_our_errors_only(data, tmp_path)
