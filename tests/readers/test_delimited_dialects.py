"""Delimited text in the dialects of spreadsheets, scripts and bridges: the same impedance from each."""

import numpy as np
import pytest
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

W = 2 * np.pi * F
Y = 1 / Z
CP, D = Y.imag / W, Y.real / Y.imag


def table(names, columns, mark=",", form=".12g"):
    rows = (mark.join(format(v, form) for v in row) for row in zip(*columns, strict=True))
    return "\n".join([mark.join(names), *rows]) + "\n"


def assert_is_z(spectrum, rtol=1e-9):
    assert np.all(np.abs(spectrum.frequency - F) <= rtol * F)
    assert np.all(np.abs(spectrum.impedance - Z) <= rtol * np.abs(Z))


PARTS = table(["f/Hz", "Z' (Ohm)", "Z'' (Ohm)"], (F, Z.real, Z.imag))
MINUS = table(["f/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"], (F, Z.real, -Z.imag), "|")

DIALECTS = {
    "pipes": MINUS,
    "spaced pipes": MINUS.replace("|", " | "),
    "a table of Markdown": "".join(
        f"| {line} |\n" + ("|---:|---:|---:|\n" if k == 0 else "") for k, line in enumerate(MINUS.splitlines())
    ),
    "quoted cells": "\n".join('"' + line.replace(",", '","') + '"' for line in PARTS.splitlines()) + "\n",
    "a line for the spreadsheet": "sep=,\n" + PARTS,
    "a row of units in brackets": PARTS.replace("f/Hz,Z' (Ohm),Z'' (Ohm)", "Frequency,Z real,Z imag\n[Hz],[Ohm],[Ohm]"),
    "comments above, among and below the rows": "# film 7\n% second\n// third\n"
    + "".join(line + ("\n# pause" if k in (3, 9) else "") + "\n" for k, line in enumerate(PARTS.splitlines()))
    + "# end\n",
    "a minus sign of typesetting": PARTS.replace(",-", ",\u2212"),
    "zeros of a disk that was not written to the end": PARTS + 600 * "\0",
    "a footer": PARTS + "\nEnd of data\nOperator: N. N.\n",
    "milliohm": table(["f/Hz", "Z'/mΩ", "Z''/mΩ"], (F, 1e3 * Z.real, 1e3 * Z.imag), "\t"),
    "megaohm": table(["f/kHz", "Zreal (MΩ)", "Zimag (MΩ)"], (F / 1e3, Z.real / 1e6, Z.imag / 1e6), " "),
    "radians per second": table(["omega (rad/s)", "Zre_kOhm", "Zim_kOhm"], (W, Z.real / 1e3, Z.imag / 1e3), ";"),
    "phase in rad": table(["f [Hz]", "|Z| [Ohm]", "phase [rad]"], (F, np.abs(Z), np.angle(Z))),
    "phase in deg": table(["Freq., Hz", "|Z|, Ohm", "phase/deg"], (F, np.abs(Z), np.degrees(np.angle(Z))), ";"),
    "R and X": table(["Frequency(Hz)", "R(Ohm)", "X(Ohm)"], (F, Z.real, Z.imag)),
    "admittance": table(["f/Hz", "Y'/S", "Y''/S"], (F, Y.real, Y.imag)),
    "admittance in mS": table(["f/Hz", "G (mS)", "B (mS)"], (F, 1e3 * Y.real, 1e3 * Y.imag)),
    "|Y| and phase": table(["f/Hz", "|Y|/S", "theta_y/deg"], (F, np.abs(Y), np.degrees(np.angle(Y)))),
    "Cp and D": table(["f/Hz", "Cp/pF", "D"], (F, 1e12 * CP, D)),
    "Cp and tan δ": table(["f/Hz", "tan δ", "Cp [nF]"], (F, D, 1e9 * CP)),
    "Cp and G": table(["f_Hz", "Cp_uF", "G_uS"], (F, 1e6 * CP, 1e6 * Y.real)),
    "Cp and Rp below units": table(["f", "Cp", "Rp"], (F, CP, 1 / Y.real)).replace("\n", "\nHz,F,Ohm\n", 1),
    "Cs and Rs": table(["f/Hz", "Cs_nF", "Rs_ohm"], (F, -1e9 / (W * Z.imag), Z.real)),
    "complex capacity": table(["f/Hz", "C'/F", "C''/F"], (F, CP, Y.real / W)),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_dialect_gives_the_same_impedance(dialect, newline, write):
    (spectrum,) = read(write(DIALECTS[dialect], newline=newline))
    assert spectrum.meta["format"] == "delimited"
    assert_is_z(spectrum)


@pytest.mark.parametrize("dialect", ["Cp and D", "Cs and Rs", "admittance", "complex capacity", "pipes"])
def test_a_decimal_comma_between_other_separators_changes_nothing(dialect, write):
    text = DIALECTS[dialect].replace(",", ";").replace(".", ",")
    assert_is_z(read(write(text))[0])


def test_from_which_columns_z_was_computed_is_noted(write):
    (spectrum,) = read(write(DIALECTS["Cp and D"]))
    assert "Z is computed from 'Cp/pF' and 'D'" in spectrum.notes


def test_comments_among_the_rows_are_noted_with_their_line(write):
    (spectrum,) = read(write(DIALECTS["comments above, among and below the rows"]))
    assert any("comments among the rows (line 8)" in note for note in spectrum.notes)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["f/Hz", "Cp", "D"], "'Cp' in F"),
        (["f/Hz", "G", "B"], "'G' in S, 'B' in S"),
        (["f/Hz", "R", "X"], "'R' in Ohm"),
    ],
)
def test_a_name_that_needs_its_unit_is_refused_with_the_remedy(names, wanted, write):
    with pytest.raises(UnreadableFile, match=f"write the units into the names: {wanted}"):
        read(write(table(names, (F, CP, D))))


@pytest.mark.parametrize("names", [["f/Hz", "Cp/PF", "D"], ["f/Hz", "Q/mAh", "Cp/F"], ["f/Hz", "B/T", "G/S"]])
def test_a_unit_of_another_kind_or_in_doubtful_capitals_is_no_such_column(names, write):
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(table(names, (F, CP, D))))


def test_a_permittivity_without_geometry_is_refused_with_the_remedy(write):
    with pytest.raises(UnreadableFile, match="area and thickness"):
        read(write(table(["f/Hz", "eps'", "eps''"], (F, CP, D))))


def test_z_and_capacity_that_contradict_each_other_are_refused_with_both_readings(write):
    text = table(["f/Hz", "R/Ohm", "X/Ohm", "Cp/F", "D"], (F, Z.real, Z.imag, 1.03 * CP, D))
    with pytest.raises(UnreadableFile, match=r"'R/Ohm' and 'X/Ohm' say .* Ω, 'Cp/F' and 'D' say .* Ω"):
        read(write(text))


def test_a_reactance_or_susceptance_of_the_wrong_sign_throughout_is_refused_until_the_user_says(write):
    for text in (
        table(["f/Hz", "R/Ohm", "X/Ohm"], (F, Z.real, -Z.imag)),
        table(["f/Hz", "G/S", "B/S"], (F, Y.real, -Y.imag)),
    ):
        path = write(text)
        with pytest.raises(UnreadableFile, match="--imaginary as-is"):
            read(path)
        assert_is_z(read(path, imaginary="negated")[0])
        assert np.allclose(read(path, imaginary="as-is")[0].impedance, Z.conj())
