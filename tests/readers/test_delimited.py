"""Delimited text: any separator, decimal mark, unit and spelling, or a refusal that says what is missing."""

import itertools

import layouts
import numpy as np
import pytest
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile, UnrecognisedFile
from lipon_eis.readers import read

MARKS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "spaces": "   "}


def table(names, columns, mark=",", form=".9g"):
    rows = (mark.join(format(v, form) for v in row) for row in zip(*columns, strict=True))
    return "\n".join([mark.join(names), *rows]) + "\n"


def assert_same(spectrum, z=Z, rtol=1e-6):
    assert_allclose(spectrum.frequency, F, rtol=rtol)
    assert np.all(np.abs(spectrum.impedance - z) <= rtol * np.abs(z))


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("form", [".9g", ".10f", ".8E"])
def test_separator_and_decimal_mark_are_found(mark, decimal, form, write):
    if mark == decimal == ",":
        pytest.skip("no spreadsheet writes that")
    text = layouts.delimited(F, Z, names=("f/Hz", "Z'/Ohm", "-Z''/Ohm"), mark=mark, decimal=decimal, form=form)
    (spectrum,) = read(write(text))
    assert_same(spectrum)
    assert spectrum.notes == ()


FREQUENCIES = {
    "freq/Hz": F,
    "Frequency (kHz)": F / 1e3,
    "f [MHz]": F / 1e6,
    "Freq_mHz": F * 1e3,
    "frequency_hz": F,
    "ω (rad/s)": 2 * np.pi * F,
    "omega/rad s^-1": 2 * np.pi * F,
    "Frequency in Hz": F,
    "Frequenz, Hz": F,
}
PARTS = {
    ("Re(Z)/Ohm", "-Im(Z)/Ohm"): (Z.real, -Z.imag),
    ("Z' (kΩ)", "Z'' (kΩ)"): (Z.real / 1e3, Z.imag / 1e3),
    ("Zreal [MOhm]", "-Zimag [MOhm]"): (Z.real / 1e6, -Z.imag / 1e6),
    ("z_re_ohm", "z_im_ohm"): (Z.real, Z.imag),
    ("Z_real (mohm)", "Z_imag (mohm)"): (Z.real * 1e3, Z.imag * 1e3),
    ("Zs' [Ohms]", 'Z" [Ohms]'): (Z.real, Z.imag),
    ("Z′/Ω", "−Z″/Ω"): (Z.real, -Z.imag),
    ("Re/ohm", "neg Im/ohm"): (Z.real, -Z.imag),
    ("|Z|/Ohm", "Phase(Z)/deg"): (np.abs(Z), np.degrees(np.angle(Z))),
    ("Zmod (kohm)", "theta (rad)"): (np.abs(Z) / 1e3, np.angle(Z)),
    ("Impedance [Ohm]", "-Phase [°]"): (np.abs(Z), -np.degrees(np.angle(Z))),
}


@pytest.mark.parametrize(("names", "f_name"), list(itertools.product(PARTS, FREQUENCIES)))
def test_names_and_units_say_what_a_column_is(names, f_name, write):
    text = table(
        [names[1], f_name, "time/s", names[0]], [PARTS[names][1], FREQUENCIES[f_name], F * 0, PARTS[names][0]], ";"
    )
    assert_same(read(write(text))[0])


def test_units_may_stand_in_a_row_of_their_own(write):
    text = table(["Frequency", "Z'", "-Z''"], [F / 1e3, Z.real / 1e3, -Z.imag / 1e3], "\t").replace(
        "\n", "\nkHz\tkOhm\tkOhm\n", 1
    )
    assert_same(read(write(text))[0])


def test_names_separated_by_spaces_may_have_units_in_brackets(write):
    text = table(["f", "re", "im"], [F, Z.real, Z.imag], " ")
    for header in ("# f (Hz)  Re (ohm)  Im (ohm)", "f (Hz) Re (ohm) Im (ohm)", "  Freq [Hz]     Z' [ohm]    Z'' [ohm]"):
        assert_same(read(write(text.replace("f re im", header)))[0])


def test_units_that_are_not_stated_are_noted(write):
    (spectrum,) = read(write(table(["freq", "re", "im"], [F, Z.real, Z.imag])))
    assert_same(spectrum)
    assert any("units" in note for note in spectrum.notes)


def test_the_preamble_gives_temperature_and_area_with_their_place(write):
    for line, line2 in (("# Temperature: 60 °C", "# Area: 0.5 cm2"), ("Temperature (C);60", "area_mm2 = 50")):
        text = "film 7\n" + line + "\n" + line2 + "\n" + table(["f/Hz", "Re/ohm", "Im/ohm"], [F, Z.real, Z.imag], ";")
        (spectrum,) = read(write(text))
        assert_same(spectrum)
        assert spectrum.temperature == pytest.approx(333.15)
        assert spectrum.meta["area_m2"] == pytest.approx(5e-5)
        assert spectrum.meta["origin"] == {
            "temperature_K": "header line 2",
            "area_m2": "header line 3",
            "comment": "header line 1",
        }


def test_the_comment_is_a_few_lines_of_words_and_the_rest_is_listed(write):
    excitation = "".join(f"{k},{f:.6g},0.5,3,\n" for k, f in enumerate(F[:13]))
    above = f"Analyser\nserial 1234\n\nexcitation\nstep,frequency,amplitude,periods,\n{excitation}\nimpedance\n"
    below = table(["f/Hz", "Re/ohm", "Im/ohm"], [F, Z.real, Z.imag])
    (spectrum,) = read(write(above + below))
    assert spectrum.meta["comment"] == "Analyser; serial 1234; excitation; step,frequency,amplitude,periods; impedance"
    assert spectrum.meta["ignored"] == ["header lines 6 to 18"]
    (spectrum,) = read(write("".join(f"word {k}\n" for k in range(10)) + "Temperature: 60 °C\nlast word\n" + below))
    assert spectrum.meta["comment"] == "; ".join(f"word {k}" for k in range(8))
    assert spectrum.meta["ignored"] == ["header lines 9 to 10", "header line 12"]
    assert spectrum.temperature == pytest.approx(333.15)


def test_a_temperature_column_goes_to_each_spectrum(write):
    t = np.repeat([25.0, 60.0], len(F))
    two = np.tile(F, 2), np.tile(Z.real, 2), np.tile(Z.imag, 2), t
    cold, warm = read(write(table(["f/Hz", "Re/ohm", "Im/ohm", "Temp. [°C]"], two)))
    assert (cold.temperature, warm.temperature) == (298.15, 333.15)


def test_loops_are_told_by_their_number_or_by_the_frequency(write):
    three = [np.tile(F, 3), np.concatenate([Z, 2 * Z, 3 * Z]).real, np.concatenate([Z, 2 * Z, 3 * Z]).imag]
    loop = np.repeat([0, 1, 2], len(F))
    names = ["f/Hz", "Re/ohm", "Im/ohm"]
    for text in (table(names, three), table([*names, "loop_index"], [*three, loop])):
        spectra = read(write(text))
        assert len(spectra) == 3
        for k, spectrum in enumerate(spectra, 1):
            assert_same(spectrum, k * Z)


def test_a_table_sorted_by_frequency_is_taken_apart_by_its_loop_number(write):
    order = np.argsort(-np.tile(F, 2), kind="stable")
    both = np.concatenate([Z, 2 * Z])[order]
    text = table(
        ["f/Hz", "Re/ohm", "Im/ohm", "loop"],
        [np.tile(F, 2)[order], both.real, both.imag, np.repeat([0, 1], len(F))[order]],
    )
    first, second = read(write(text))
    assert_same(first)
    assert_same(second, 2 * Z)


def test_up_and_down_are_two_spectra(write):
    text = table(
        ["f/Hz", "Re/ohm", "Im/ohm"], [np.r_[F[::-1], F], np.r_[Z[::-1], 2 * Z].real, np.r_[Z[::-1], 2 * Z].imag]
    )
    up, down = read(write(text))
    assert_same(up)
    assert_same(down, 2 * Z)


def test_three_columns_without_names_are_read_with_a_note(write):
    for mark, decimal in itertools.product(("\t", ";", " ", ", "), (".", ",")):
        if mark == ", " and decimal == ",":
            continue
        text = layouts.delimited(F, Z, names=("f", "re", "im"), mark=mark, decimal=decimal).partition("\n")[2]
        (spectrum,) = read(write("% simulated\n" + text))
        assert_same(spectrum)
        assert any("no column names" in note for note in spectrum.notes)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ((F, Z.real, -Z.imag), "--imaginary"),
        ((F, np.abs(Z), np.degrees(np.angle(Z))), "phase"),
        ((F, np.abs(Z), np.angle(Z)), "phase"),
        ((F, Z.real), "columns without names"),
        ((F, Z.real, Z.imag, Z.imag), "columns without names"),
        ((np.arange(1.0, 26.0), Z.real, Z.imag), "columns without names"),
        ((Z.imag, F, Z.real), "columns without names"),
    ],
    ids=["minus Im", "modulus and phase", "phase in rad", "two", "four", "time", "wrong order"],
)
def test_numbers_without_names_that_could_be_something_else_are_refused(columns, why, write):
    with pytest.raises(UnreadableFile, match=why):
        read(write(table("abc", columns).partition("\n")[2]))


def test_minus_im_under_a_name_that_does_not_say_so_is_refused_until_the_user_says(write):
    for columns in ((F, Z.real, -Z.imag), (F, Z.real, np.where(F > 1e5, Z.imag, -Z.imag))):
        path = write(table(["freq/Hz", "Re/Ohm", "Im/Ohm"], columns))
        with pytest.raises(UnreadableFile, match="--imaginary as-is"):
            read(path)
    path = write(table(["freq/Hz", "Re/Ohm", "Im/Ohm"], (F, Z.real, -Z.imag)))
    assert_same(read(path, imaginary="negated")[0])
    assert_same(read(path, imaginary="as-is")[0], Z.conj())


def test_the_tidy_csv_of_this_package_states_its_sign(write):
    names = ["frequency_hz", "z_re_ohm", "z_im_ohm"]
    (spectrum,) = read(write(table(names, (F, Z.real, -Z.imag), form=".17g")))
    assert np.array_equal(spectrum.impedance, Z.conj())
    assert any("unusual" in note for note in spectrum.notes)


def test_the_option_does_not_touch_a_file_that_states_its_sign(write):
    text = layouts.delimited(F, Z, form=".9f")
    assert_same(read(write(text), imaginary="negated")[0])


def test_im_and_phase_of_opposite_sign_are_refused_until_the_user_says(write):
    columns = (F, Z.real, -Z.imag, np.abs(Z), np.degrees(np.angle(Z)))
    path = write(table(["freq/Hz", "Zre/Ohm", "Zim/Ohm", "|Z|/Ohm", "Phase/deg"], columns))
    with pytest.raises(UnreadableFile, match=r"sign of Im alone.*--imaginary negated"):
        read(path)
    assert_same(read(path, imaginary="negated")[0])


@pytest.mark.parametrize("scale", [1e-9, 1e12])
def test_a_size_no_impedance_has_is_refused_where_the_unit_is_open_and_noted_where_it_stands(scale, write):
    z = Z * scale
    with pytest.raises(UnreadableFile, match="unit"):
        read(write(table(["freq", "re", "im"], [F, z.real, z.imag])))
    (spectrum,) = read(write(table(["freq/Hz", "re/ohm", "im/ohm"], [F, z.real, z.imag])))
    assert any("unusual" in note for note in spectrum.notes)


def test_negative_resistance_throughout_is_refused_where_the_unit_is_open(write):
    with pytest.raises(UnreadableFile, match="negative"):
        read(write(table(["freq", "re", "im"], [F, -Z.real, Z.imag])))


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["freq/Hz", "Re(Z)/Ohm * Area", "-Im(Z)/Ohm * Area"], "found the columns"),
        (["freq/Hz", "Z' (ohm cm2)", "Z'' (ohm cm2)"], "found the columns"),
        (["freq/Hz", "Re(Y)/S", "Im(Z)/Ohm"], "found the columns"),
        (["freq/Hz", "Re(Z)/Ohm", "time/s"], "found the columns"),
        (["freq/mhz", "Re(Z)/Ohm", "-Im(Z)/Ohm"], "found the columns"),
        (["freq/Hz", "Re(Z)/MOHM", "-Im(Z)/MOHM"], "found the columns"),
        (["f/Hz", "|Z|/Ohm", "Phase/V"], "found the columns"),
    ],
)
def test_what_is_not_an_impedance_in_ohm_is_refused_with_the_columns_found(names, why, write):
    with pytest.raises(UnreadableFile, match=why):
        read(write(table(names, [F, Z.real, -Z.imag])))


def test_a_gain_is_no_impedance(write):
    gain = [F, np.linspace(-3, -40, len(F)), np.linspace(-5, -90, len(F))]
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(table(["Frequency (Hz)", "Magnitude", "Phase (deg)"], gain)))
    with pytest.raises(UnreadableFile, match="negative"):
        read(write(table(["Frequency (Hz)", "Z", "Phase (deg)"], gain)))


def test_an_index_column_without_a_name_is_passed_over(write):
    rows = [f"{k},{f!r},{z.real!r},{z.imag!r}" for k, (f, z) in enumerate(zip(F.tolist(), Z.tolist(), strict=True))]
    assert_same(read(write("\n".join([",frequency_hz,z_re_ohm,z_im_ohm", *rows]) + "\n"))[0])


def test_two_columns_of_one_quantity_must_agree(write):
    same = table(["f/Hz", "f/kHz", "Re/ohm", "Im/ohm"], [F, F / 1e3, Z.real, Z.imag])
    assert_same(read(write(same))[0])
    with pytest.raises(UnreadableFile, match="differ"):
        read(write(table(["f/Hz", "Re/ohm", "Im/ohm", "Zre/ohm", "Zim/ohm"], [F, Z.real, Z.imag, 2 * Z.real, Z.imag])))


def test_a_phase_without_unit_is_degrees_only_where_it_must_be(write):
    (spectrum,) = read(write(table(["f/Hz", "|Z|/ohm", "Phase"], [F, np.abs(Z), np.degrees(np.angle(Z))])))
    assert_same(spectrum)
    with pytest.raises(UnreadableFile, match="degrees or radians"):
        read(write(table(["f/Hz", "|Z|/ohm", "Phase"], [F, np.abs(Z), np.angle(Z)])))


def test_decimal_commas_between_commas_are_refused(write):
    text = layouts.delimited(F, Z, names=("f/Hz", "Re/ohm", "Im/ohm"), mark=",", decimal=",")
    with pytest.raises(UnreadableFile, match=r"expected 3 values in a row, found 6.*mark their decimals, too"):
        read(write(text))


@pytest.mark.parametrize(
    ("cells", "value"),
    [("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1,234,567.25", 1234567.25)],
)
def test_thousands_separators_are_read_where_they_are_certain(cells, value, write):
    text = f"f/Hz;Re/ohm;Im/ohm\n100;{cells};-1\n10;{cells};-2\n"
    assert read(write(text))[0].impedance.real.tolist() == [value, value]


@pytest.mark.parametrize("cells", [("1,234", "1,235"), ("1,234.5", "1.234,5"), ("1.5", "2,5"), ("1,2,3", "1,2")])
def test_commas_that_could_be_either_are_refused(cells, write):
    text = f"f/Hz;Re/ohm;Im/ohm\n100;{cells[0]};-1\n10;{cells[1]};-2\n"
    with pytest.raises(UnreadableFile):
        read(write(text))


@pytest.mark.parametrize("names", [["E/V", "I/mA", "t/s"], ["file", "thickness_um", "area_cm2"]])
def test_a_table_of_something_else_is_not_recognised(names, write):
    with pytest.raises(UnrecognisedFile, match="found the columns"):
        read(write(table(names, [F, Z.real, Z.imag])))


def test_a_preamble_says_when_how_and_on_what_it_was_measured_with_its_lines(write):
    preamble = (
        "IMPEDANCE MEASUREMENT\nDate: 4/17/2023 5:10 PM\nChamber temperature (K): 278.07\nDescription: film 7\n"
        "Driving voltage (V): 1.000E-2\nDC bias: -250 mV\nInstrument: Solartron 1260\nTechnique: potentiostatic\n"
        "Channel: 3\nBias step: 7 V\nAC amplitude: 20\n"
    )
    (spectrum,) = read(write(preamble + "Frequency (Hz),Re (Ohm),Im (Ohm)\n1000,10,-1\n100,12,-3\n10,14,-5\n"))
    meta, origin = spectrum.meta, spectrum.meta["origin"]
    assert spectrum.temperature == pytest.approx(278.07)
    assert (meta["amplitude_V"], meta["bias_V"]) == (0.01, -0.25)
    assert (meta["instrument"], meta["technique"], meta["channel"]) == ("Solartron 1260", "potentiostatic", "3")
    assert meta["date"] == "4/17/2023 5:10 PM"
    assert (origin["date"], origin["amplitude_V"], origin["bias_V"]) == tuple(f"header line {k}" for k in (2, 5, 6))


def test_an_amplitude_without_its_unit_is_not_taken(write):
    text = "AC amplitude: 20\nBias: 1,234 mV\nf/Hz,Re/Ohm,Im/Ohm\n1000,10,-1\n100,12,-3\n10,14,-5\n"
    (spectrum,) = read(write(text))
    assert not {"amplitude_V", "bias_V"} & set(spectrum.meta)


UNSTATED = ["freq", "Z_re", "Z_im"]
COIL = 0.2 + 1 / (1 + 1 / (2j * np.pi * F * 1e-5)) + 2 / (1 / 3 + 1 / (2j * np.pi * F * 1e-3))


@pytest.mark.parametrize("names", [UNSTATED, ["freq/Hz", "Re/Ohm", "Im/Ohm"], None], ids=["open", "units", "no names"])
def test_minus_im_of_an_inductance_is_refused_until_the_user_says(names, write):
    text = table(names or UNSTATED, (F, COIL.real, -COIL.imag))
    path = write(text if names else text.partition("\n")[2])
    with pytest.raises(UnreadableFile, match=r"mostly negative while Re\(Z\) rises with the frequency.*--imaginary"):
        read(path)
    assert_same(read(path, imaginary="negated")[0], COIL)


def test_a_name_that_states_the_sign_settles_it_for_an_inductance(write):
    (spectrum,) = read(write(table(["freq/Hz", "Re/Ohm", "-Im/Ohm"], (F, COIL.real, -COIL.imag))))
    assert_same(spectrum, COIL)


def test_each_sweep_is_judged_by_itself_where_the_sign_is_open(write):
    """A film at high frequencies above a smaller one at low ones is no Re that rises."""
    high, low = np.geomspace(1e6, 1.2e3, 25), np.geomspace(1e3, 1, 25)
    z = np.r_[1e4 / (1 + 2e-10j * np.pi * high * 1e4), 10 / (1 + 2e-4j * np.pi * low * 10)]
    loop = np.repeat([1, 2], 25)
    spectra = read(
        write(
            table([*UNSTATED, "loop"], (np.r_[low, high], np.r_[z[25:], z[:25]].real, np.r_[z[25:], z[:25]].imag, loop))
        )
    )
    assert [len(s) for s in spectra] == [25, 25]


def test_a_remark_between_names_and_rows_is_passed_over(write):
    text = table(["f/Hz", "time/s", "Re/Ohm", "Im/Ohm"], (F, 0 * F, Z.real, Z.imag))
    for remark in ("# DC bias set to OFF", "% 25 °C\n\n% second run", "// Hz, s, as they stand"):
        assert_same(read(write(text.replace("\n", f"\n{remark}\n", 1)))[0])


def test_a_failed_measurement_is_refused_as_one(write):
    text = table(["f/Hz", "Cp/pF", "D"], (F, F, F)) + "-1,-1,-1\n"
    with pytest.raises(UnreadableFile, match="all numbers of this measurement are -1") as refused:
        read(write(text))
    assert "logarithm" not in str(refused.value)


@pytest.mark.parametrize("data", ["_measured", "_meas", " exp", "_data", ".experimental", ""])
@pytest.mark.parametrize("model", ["_calc", "_fit", " model", "_simulated", "_sim"])
def test_data_beside_what_was_computed_from_them_are_the_data(data, model, write):
    names = ["f/Hz", f"Zreal{data}", f"Zimag{data}", f"Zreal{model}", f"Zimag{model}"]
    assert_same(read(write(table(names, (F, Z.real, Z.imag, 1.5 * Z.real, 1.5 * Z.imag))))[0])
    computed = table([names[0], *names[3:]], (F, Z.real, Z.imag))
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(computed))


def test_a_column_of_complex_numbers_beside_re_and_im_is_passed_over(write):
    lines = ["F_[Hz],Z_[Ω],Re_[Ω],Im_[Ω]"]
    lines += [f"{f!r},{complex(z)},{z.real!r},{z.imag!r}" for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
    (spectrum,) = read(write("\n".join(lines) + "\n"))
    assert_same(spectrum)
    assert "column Z_[Ω]" in spectrum.meta["ignored"]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["f", "Z_re", "Z_im)"], r"'Z_im\)' has a bracket without its other half"),
        (["f/Hz", "Capacitance [pF]", "Loss tangent"], "call it Cp or Cs"),
    ],
)
def test_a_name_that_is_nearly_right_is_pointed_at(names, why, write):
    with pytest.raises(UnreadableFile, match=why):
        read(write(table(names, (F, Z.real, Z.imag))))


def test_the_file_of_a_simulation_is_no_instrument(write):
    text = (
        "% Model:   film (1).mph\n% f/Hz  Re/Ohm  Im/Ohm\n" + table("fri", (F, Z.real, Z.imag), " ").partition("\n")[2]
    )
    assert "instrument" not in read(write(text))[0].meta
