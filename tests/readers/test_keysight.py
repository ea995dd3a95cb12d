"""Trace data of impedance analysers: channels, parameters, traces in memory, and what is no impedance."""

import re

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

W = 2 * np.pi * F
Y = 1 / Z
CP, CS, D = Y.imag / W, -1 / (W * Z.imag), -Z.real / Z.imag
HEAD = "!Agilent Technologies,E4990A,MY00000000,A.02.10\n!Date: Fri Apr 03 13:41:16 2015\n"
TRACES = {
    ("R(Ohm)", "X(Ohm)"): (Z.real, Z.imag),
    ("Z-Real(Ohm)", "Z-Imag(Ohm)"): (Z.real, Z.imag),
    ("|Z|(Ohm)", "theta-z(deg)"): (np.abs(Z), np.degrees(np.angle(Z))),
    ("|Z|(Ohm)", "theta-z(rad)"): (np.abs(Z), np.angle(Z)),
    ("|Y|(S)", "theta-y(deg)"): (np.abs(Y), np.degrees(np.angle(Y))),
    ("G(S)", "B(S)"): (Y.real, Y.imag),
    ("Y-Real(S)", "Y-Imag(S)"): (Y.real, Y.imag),
    ("Cp(F)", "D()"): (CP, D),
    ("Cp(F)", "Q()"): (CP, 1 / D),
    ("Cp(F)", "G(S)"): (CP, Y.real),
    ("Cp(F)", "Rp(Ohm)"): (CP, 1 / Y.real),
    ("Cs(F)", "D()"): (CS, D),
    ("Cs(F)", "Q()"): (CS, 1 / D),
    ("Cs(F)", "Rs(Ohm)"): (CS, Z.real),
    ("Ls(H)", "Rs(Ohm)"): (Z.imag / W, Z.real),
    ("Ls(H)", "D()"): (Z.imag / W, D),
    ("Ls(H)", "Q()"): (Z.imag / W, 1 / D),
    ("Lp(H)", "G(S)"): (-1 / (W * Y.imag), Y.real),
    ("Lp(H)", "Rp(Ohm)"): (-1 / (W * Y.imag), 1 / Y.real),
    ("Lp(H)", "D()"): (-1 / (W * Y.imag), D),
    ("Lp(H)", "Q()"): (-1 / (W * Y.imag), 1 / D),
}


def block(names, columns, *, channel=1, title="TEST DATA", end="END\n", first="Frequency(Hz)", mark=", "):
    rows = [mark.join(f"{value:+.11e}" for value in row) for row in zip(F, *columns, strict=True)]
    monitor = "DCV(V), +5.230e-005, DCI(A), +2.335e-005"
    top = [f"BEGIN CH{channel}_DATA", f"Title label, {title}", monitor, mark.join([first, *names])]
    return "\n".join([*top, *rows]) + "\n" + end


def data(names):
    return [f"{name}-data" for name in names]


def assert_is_z(spectrum, z=Z):
    assert np.array_equal(spectrum.frequency, np.array([float(f"{f:.11e}") for f in F]))
    assert np.all(np.abs(spectrum.impedance - z) <= 1e-9 * np.abs(z))


@pytest.mark.parametrize("names", TRACES)
def test_any_two_parameters_that_make_an_impedance_are_read(names, write):
    (spectrum,) = read(write(HEAD + block(data(names), TRACES[names]), newline="\r\n"))
    assert spectrum.meta["format"] == "keysight"
    assert_is_z(spectrum)


def test_the_head_gives_instrument_date_title_and_bias(write):
    meta = read(write(HEAD + block(data(["R(Ohm)", "X(Ohm)"]), (Z.real, Z.imag))))[0].meta
    assert meta["instrument"] == "Agilent Technologies E4990A"
    assert meta["serial_number"] == "MY00000000"
    assert meta["date"] == "Fri Apr 03 13:41:16 2015"
    assert (meta["channel"], meta["title"], meta["bias_V"]) == ("CH1", "TEST DATA", 5.23e-5)
    assert meta["origin"]["bias_V"] == "header line 5"


def test_a_trace_in_memory_is_another_measurement(write):
    names = ["theta-z(deg)-mem", "R(Ohm)-data", "X(Ohm)-data", "R(Ohm)-mem"]
    text = HEAD + block(names, (0 * F, Z.real, Z.imag, 7 * Z.real))
    (spectrum,) = read(write(text))
    assert_is_z(spectrum)
    assert "column R(Ohm)-mem" in spectrum.meta["ignored"]
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(HEAD + block(["R(Ohm)-mem", "X(Ohm)-data"], (Z.real, Z.imag))))


def test_each_channel_is_a_spectrum(write):
    first = block(data(["R(Ohm)", "X(Ohm)"]), (Z.real, Z.imag))
    second = block(data(["Cp(F)", "D()"]), (CP / 2, D), channel=2)
    one, two = read(write(HEAD + first + second))
    assert_is_z(one)
    assert_is_z(two, 2 * Z)
    assert (one.meta["channel"], two.meta["channel"]) == ("CH1", "CH2")


def test_parameters_that_contradict_each_other_are_refused(write):
    text = block(data(["R(Ohm)", "X(Ohm)", "Cp(F)", "D()"]), (Z.real, Z.imag, 1.02 * CP, D))
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(HEAD + text))


def test_an_inductive_sample_is_noted_as_the_sign_is_settled(write):
    (spectrum,) = read(write(HEAD + block(data(["R(Ohm)", "X(Ohm)"]), (Z.real, np.abs(Z.imag)))))
    assert any("unusual" in note for note in spectrum.notes)


@pytest.mark.parametrize(
    ("names", "first"), [(["S11(REAL)", "S11(IMAG)"], "Freq(Hz)"), (["R(Ohm)-data", "X(Ohm)-data"], "DC bias(V)")]
)
def test_s_parameters_and_sweeps_of_the_bias_are_refused(names, first, write):
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(HEAD + block(names, (Z.real, Z.imag), first=first)))


def test_a_file_without_its_end_says_so(write):
    (spectrum,) = read(write(HEAD + block(data(["R(Ohm)", "X(Ohm)"]), (Z.real, Z.imag), end="")))
    assert_is_z(spectrum)
    assert any("no line END" in note for note in spectrum.notes)


def test_a_file_written_again_by_a_european_spreadsheet_is_read(write):
    table = block(data(["R(Ohm)", "X(Ohm)"]), (Z.real, Z.imag), mark=";").replace(".", ",")
    assert_is_z(read(write(HEAD + table))[0])


def trace(letter, names, columns):
    rows = ["\t".join(f"{value:.11e}" for value in row) for row in zip(F, *columns, strict=True)]
    return "\n".join([f'"TRACE: {letter}"', '"FORMAT: LIN"', "", "\t".join(f'"{n}"' for n in names), *rows, "", ""])


def test_a_4294a_file_is_read_from_its_data_array(write):
    names = ["Frequency", "Data Real", "Data Imag", "Data Trace Real", "Data Trace Imag"]
    a = trace("A", names, (Z.real, Z.imag, np.abs(Z), 0 * F))
    b = trace("B", names, (Z.real, Z.imag, np.degrees(np.angle(Z)), 0 * F))
    (spectrum,) = read(write('"4294A"\n"DATE: Apr 03 2015"\n' + a + b))
    assert_is_z(spectrum)
    assert spectrum.meta["date"] == "Apr 03 2015"


def test_a_4294a_file_of_the_screen_alone_is_refused_with_the_remedy(write):
    text = trace("A", ["Frequency", "Data Trace Real", "Data Trace Imag"], (np.abs(Z), 0 * F))
    with pytest.raises(UnreadableFile, match="save the data array"):
        read(write(text))


SETTINGS = """4294A REV1.11
"DATE: Jan 25 2018"

"MEASURE PARAMETER: {}"
"ADAPTER: NONE"
"NUMBER of POINTS: 25"
"OSC LEVEL:  {}"
"DC BIAS: {}"

"""
SCREEN = ["Frequency", "Data Trace Real", "Data Trace Imag"]


def screen(parameter, first, second, level="500 mVolt", bias="OFF"):
    tables = trace("A", SCREEN, (first, 0 * F)) + "\n" + trace("B", SCREEN, (second, 0 * F))
    return SETTINGS.format(parameter, level, bias) + tables


@pytest.mark.parametrize(
    ("parameter", "first", "second"),
    [
        ("IMPEDANCE MAG PHASE (DEG)", np.abs(Z), np.degrees(np.angle(Z))),
        ("IMPEDANCE MAG PHASE (RAD)", np.abs(Z), np.angle(Z)),
        ("IMPEDANCE REAL IMAGINARY", Z.real, Z.imag),
        ("ADMITTANCE MAG PHASE (DEG)", np.abs(Y), np.degrees(np.angle(Y))),
        ("R-X", Z.real, Z.imag),
        ("Cp - ADMITTANCE CONDUCTANCE", CP, Y.real),
        ("Cp-D", CP, D),
        ("Cs - Rs", CS, Z.real),
        ("Lp-Q", -1 / (W * Y.imag), 1 / D),
    ],
)
def test_two_traces_of_the_4294a_s_screen_are_joined_to_the_impedance(parameter, first, second, write):
    (spectrum,) = read(write(screen(parameter, first, second), newline="\r\n"))
    assert_is_z(spectrum)
    assert spectrum.meta["lines"] == [14, 38]
    assert any("what was on the screen" in note for note in spectrum.notes)


def test_the_4294a_s_head_gives_level_bias_and_date(write):
    polar = ("IMPEDANCE MAG PHASE (DEG)", np.abs(Z), np.degrees(np.angle(Z)))
    meta = read(write(screen(*polar)))[0].meta
    assert (meta["amplitude_V"], meta["bias_V"], meta["date"]) == (0.5, 0, "Jan 25 2018")
    assert (meta["instrument"], meta["software"]) == ("4294A", "REV1.11")
    meta = read(write(screen(*polar, level="10 mAmp", bias="1.5 Volt").replace("Jan 25 2018", "     2 -100")))[0].meta
    assert (meta["amplitude_A"], meta["bias_V"]) == (0.01, 1.5)
    assert "date" not in meta


@pytest.mark.parametrize("parameter", ["|Z|-Ls", "COMPLEX Z-Y", "X-D"])
def test_a_parameter_on_the_screen_that_makes_no_impedance_is_refused_by_its_name(parameter, write):
    with pytest.raises(UnreadableFile, match=re.escape(f"show {parameter!r}") + r".*save the data array"):
        read(write(screen(parameter, np.abs(Z), Z.imag)))


def test_traces_that_do_not_fit_together_are_refused(write):
    text = screen("R-X", Z.real, Z.imag)
    lines = text.splitlines()
    with pytest.raises(UnreadableFile, match="have other frequencies"):
        read(write("\n".join(lines[:-3]) + "\n"))
    with pytest.raises(UnreadableFile, match="expected the traces A and B"):
        read(write("\n".join(lines[:40]) + "\n"))
    both = [trace(letter, SCREEN, (Z.real, Z.imag)) for letter in "AB"]
    with pytest.raises(UnreadableFile, match="holds complex numbers"):
        read(write(SETTINGS.format("R-X", "1 Volt", "OFF") + "".join(both)))


def test_a_4294a_table_with_other_points_than_its_head_says_is_noted(write):
    names = ["Frequency", "Data Real", "Data Imag"]
    text = SETTINGS.format("R-X", "1 Volt", "OFF").replace(": 25", ": 26") + trace("A", names, (Z.real, Z.imag))
    (spectrum,) = read(write(text))
    assert any("says 26 points and the table holds 25" in note for note in spectrum.notes)


def test_damage_gives_our_errors_and_no_other_numbers(tmp_path):
    for text in (
        HEAD + block(data(["|Z|(Ohm)", "theta-z(deg)"]), (np.abs(Z), np.degrees(np.angle(Z)))),
        HEAD + block(data(["Cp(F)", "D()"]), (CP, D)) + block(data(["R(Ohm)", "X(Ohm)"]), (Z.real, Z.imag), channel=2),
        trace("A", ["Frequency", "Data Real", "Data Imag"], (Z.real, Z.imag)),
        screen("IMPEDANCE MAG PHASE (DEG)", np.abs(Z), np.degrees(np.angle(Z))),
    ):
        assert_cuts_hold_no_other_numbers(text.encode(), tmp_path, places=40)
        assert_mutations_raise_our_errors_only(text.encode(), tmp_path, examples=40)
