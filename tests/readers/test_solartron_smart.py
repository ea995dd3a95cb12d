"""SMaRT exports: magnitude and phase or Re and Im, sweeps by their number, both kinds of separators."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

FIRST = ["Result Number", "Sweep Number", "Point Number", "Time", "Frequency (Hz)", "AC Level (V)", "DC Level (V)"]
FIRST += ["Set Point ('C)", "Temperature ('C)", "Control ('C)"]
POLAR = ["Impedance Magnitude (Ohms)", "Impedance Phase Degrees (')", "Admittance Magnitude (S)"]
PARTS = ["Impedance Real (Ohms)", "Impedance Imaginary (Ohms)"]


def smart(sweeps, names=POLAR, mark=",", decimal="."):
    rows = []
    for number, z_of_sweep in enumerate(sweeps, 1):
        for k, (f, z) in enumerate(zip(F, z_of_sweep, strict=True), 1):
            values = (abs(z), np.degrees(np.angle(z)), 1 / abs(z)) if names is POLAR else (z.real, z.imag)
            numbers = (f, 0.05, 0.1, 25.0, 24.5, 25.0, *values)
            cells = ["1", str(number), str(k), "10:02:11", *(f"{v:.9e}".replace(".", decimal) for v in numbers)]
            rows.append(mark.join(cells) + mark)
    head = ["film 7", "Experiment start time : 03/14/2024 09:26:53", ",".join([*FIRST, *names]) + ","]
    return "\n".join([*head, *rows]) + "\n"


@pytest.mark.parametrize(("mark", "decimal"), [(",", "."), (";", ",")])
@pytest.mark.parametrize("names", [POLAR, PARTS], ids=["polar", "parts"])
def test_each_sweep_is_a_spectrum_with_its_temperature_level_and_bias(names, mark, decimal, write):
    spectra = read(write(smart([Z, 2 * Z], names, mark, decimal)))
    assert len(spectra) == 2
    for k, spectrum in enumerate(spectra, 1):
        assert np.all(np.abs(spectrum.impedance - k * Z) <= 1e-8 * np.abs(k * Z))
        assert spectrum.temperature == 297.65
        meta = spectrum.meta
        assert (meta["format"], meta["amplitude_V"], meta["bias_V"]) == ("solartron-smart", 0.05, 0.1)
        assert (meta["title"], meta["date"]) == ("film 7", "03/14/2024 09:26:53")


@pytest.mark.parametrize(("mark", "decimal"), [(",", "."), (";", ",")])
@pytest.mark.parametrize("empty", ["-", ""])
@pytest.mark.parametrize("set_point", [True, False])
def test_without_a_thermometer_there_is_no_temperature_and_no_word_about_it(set_point, empty, mark, decimal, write):
    spectra = read(write(without_thermometer(smart([Z, 2 * Z], POLAR, mark, decimal), mark, empty, set_point)))
    assert [len(spectrum) for spectrum in spectra] == [25, 25]
    for k, spectrum in enumerate(spectra, 1):
        assert np.all(np.abs(spectrum.impedance - k * Z) <= 1e-8 * np.abs(k * Z))
        assert spectrum.temperature is None
        assert spectrum.meta["bias_V"] == 0.1
        assert spectrum.notes == ()
    assert "column Set Point ('C)" in spectra[0].meta["ignored"]


def without_thermometer(text, mark, empty, set_point):
    lines = text.splitlines()
    for k, line in enumerate(lines[3:], 3):
        cells = line.split(mark)
        cells[8] = cells[9] = empty
        cells[7] = cells[7] if set_point else empty
        lines[k] = mark.join(cells)
    return "\n".join(lines) + "\n"


def test_a_thermometer_that_fell_out_gives_no_temperature_and_a_note(write):
    lines = smart([Z]).splitlines()
    lines[7] = lines[7].replace("2.450000000e+01", "-")
    (spectrum,) = read(write("\n".join(lines) + "\n"))
    assert spectrum.temperature is None
    assert any("no steady temperature" in note for note in spectrum.notes)


@pytest.mark.parametrize("column", [4, 10, 11])
def test_no_other_column_may_be_empty(column, write):
    lines = smart([Z]).splitlines()
    cells = lines[7].split(",")
    cells[column] = "-"
    lines[7] = ",".join(cells)
    with pytest.raises(UnreadableFile, match=":8: expected a number, found '-'"):
        read(write("\n".join(lines) + "\n"))


def in_segments(text, joins):
    """Count the sweeps up at these points, each of which is measured in both."""
    *head, names = text.splitlines()[:3]
    rows = []
    for row in text.splitlines()[3:]:
        cells = row.split(",")
        point = int(cells[2]) - 1
        number = 1 + sum(join <= point for join in joins)
        numbers = [number - 1, number] if point in joins else [number]
        rows += [",".join([cells[0], str(number), *cells[2:]]) for number in numbers]
    return "\n".join([*head, names, *rows]) + "\n"


def test_a_spectrum_measured_in_segments_is_one_with_a_note(write):
    (spectrum,) = read(write(in_segments(smart([Z]), [8, 16])))
    assert len(spectrum) == 27
    assert sum("sweeps 1 to 3" in note and "segments of one spectrum" in note for note in spectrum.notes) == 1
    assert spectrum.meta["loop"] == 1


def test_segments_at_a_temperature_that_scatters_stay_one_spectrum(write):
    lines = in_segments(smart([Z]), [8, 16]).splitlines()
    lines[3:] = [line.replace("2.450", f"2.45{k % 2}", 1) for k, line in enumerate(lines[3:])]
    (spectrum,) = read(write("\n".join(lines) + "\n"))
    assert len(spectrum) == 27
    assert spectrum.temperature == pytest.approx(297.65, abs=0.01)


def test_the_phase_may_be_spelled_with_an_i(write):
    (spectrum,) = read(write(smart([Z]).replace("Degrees (')", "Degrees (I)")))
    assert np.all(np.abs(spectrum.impedance - Z) <= 1e-8 * np.abs(Z))


@pytest.mark.parametrize(
    "names",
    [
        {"Impedance Real (Ohms)": "Admittance Real (S)", "Impedance Imaginary (Ohms)": "Admittance Imaginary (S)"},
        {"Impedance Magnitude (Ohms)": "Admittance Magnitude (S)", "Impedance Phase": "Admittance Phase"},
    ],
)
def test_the_admittance_alone_is_read_with_its_levels(names, write):
    polar = "Impedance Phase" in names
    text = smart([1 / Z], POLAR if polar else PARTS).replace(",Admittance Magnitude (S),", ",other,")
    for name, other in names.items():
        text = text.replace(name, other)
    (spectrum,) = read(write(text))
    assert np.all(np.abs(spectrum.impedance - Z) <= 1e-8 * np.abs(Z))
    assert (spectrum.meta["amplitude_V"], spectrum.meta["bias_V"]) == (0.05, 0.1)
    assert spectrum.temperature == 297.65


def test_old_versions_name_no_units(write):
    names = "Time,Frequency,Set Ac Level,Set Dc Level,Set Temperature,Z Real,Z Imag,"
    rows = [f"07:22,{f:.9e},0.1,0,25,{z.real:.9e},{z.imag:.9e}," for f, z in zip(F, Z, strict=True)]
    (spectrum,) = read(write("\n".join(["film 7", "Experiment start time : 1/2/2006", names, *rows]) + "\n"))
    assert np.all(np.abs(spectrum.impedance - Z) <= 1e-8 * np.abs(Z))
    assert (spectrum.meta["format"], spectrum.meta["date"]) == ("solartron-smart", "1/2/2006")
    assert "amplitude_V" not in spectrum.meta  # the level may be a voltage or a current
    assert any("do not say all units" in note for note in spectrum.notes)


def test_damage_gives_our_errors_and_no_other_numbers(tmp_path):
    assert_cuts_hold_no_other_numbers(smart([Z]).encode(), tmp_path, places=60)
    assert_mutations_raise_our_errors_only(smart([Z]).encode(), tmp_path)
