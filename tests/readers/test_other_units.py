"""Units that are not those of an impedance: never taken for Ω, and said what they are."""

import layouts
import numpy as np
import pytest
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

COLUMNS = (F, Z.real, Z.imag)
PER_AREA = ["Ohm cm2", "Ohm.cm²", "Ω·cm²", "ohm*cm^2", "Ohm-cm2", "ohmcm2", "kOhm.cm2", "mΩ cm2", "Ohm m^2"]


def table(names, columns=COLUMNS, mark=","):
    rows = (mark.join(format(v, ".12g") for v in row) for row in zip(*columns, strict=True))
    return "\n".join([mark.join(names), *rows]) + "\n"


@pytest.mark.parametrize("unit", PER_AREA)
@pytest.mark.parametrize("form", ["Z' ({0}),Z'' ({0})", "Re(Z)/{0},Im(Z)/{0}", "Z' [{0}],Z'' [{0}]"])
def test_an_impedance_times_an_area_in_the_names_is_refused_with_the_remedy(unit, form, write):
    with pytest.raises(UnreadableFile, match="is an impedance times an area: divide it by the area"):
        read(write(table(["f/Hz", *form.format(unit).split(",")])))


@pytest.mark.parametrize("unit", PER_AREA)
def test_it_is_refused_in_a_row_of_units_too(unit, write):
    text = table(["Frequency", "Z'", "Z''"]).replace("\n", f"\nHz,{unit},{unit}\n", 1)
    with pytest.raises(UnreadableFile, match="is an impedance times an area"):
        read(write(text))


def test_it_is_refused_among_gamry_s_units(write):
    text = layouts.gamry(F, Z).replace("\tohm\tohm\tV\tohm", "\tohm.cm2\tohm.cm2\tV\tohm.cm2")
    with pytest.raises(UnreadableFile, match=r"'ohm\.cm2' is an impedance times an area"):
        read(write(text, encoding="cp1252"))


def test_names_without_a_unit_below_a_preamble_of_ohm_cm2_are_refused_with_its_line(write):
    text = "# film 7\n# units: Hz, Ohm cm2, Ohm cm2\n"
    with pytest.raises(UnreadableFile, match="'Ohm cm2' stands above them") as error:
        read(write(text + table(["f", "Zre", "Zim"])))
    assert error.value.line == 2
    (spectrum,) = read(write(text + table(["f/Hz", "Zre/Ohm", "Zim/Ohm"])))
    assert np.allclose(spectrum.impedance, Z)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["f/Hz", "Z'/Ohm cm", "Z''/Ohm cm"], "is a resistivity"),
        (["log10(f)", "Z'/Ohm", "Z''/Ohm"], "is a logarithm"),
        (["f/Hz", "log|Z|", "phase/deg"], "is a logarithm"),
        (["omega/Hz", "Z'/Ohm", "Z''/Ohm"], "is called an angular frequency and stands in Hz"),
        (["f/s-1", "Z'/Ohm", "Z''/Ohm"], "may be a frequency in Hz or an angular frequency"),
        (["f/Hz", "Z'/MOHM", "Z''/MOHM"], "whether mega or milli is meant"),
        (["freq(mhz)", "Z'/Ohm", "Z''/Ohm"], "whether mega or milli is meant"),
    ],
)
def test_what_a_column_holds_in_place_of_an_impedance_is_said(names, why, write):
    with pytest.raises(UnreadableFile, match=why):
        read(write(table(names)))


@pytest.mark.parametrize("names", [["f/Hz", "Zre/kOhm", "Zim"], ["f/Hz", "Zre", "Zim/kOhm"]])
def test_a_unit_at_one_of_re_and_im_alone_is_refused_unless_it_is_the_ohm(names, write):
    with pytest.raises(UnreadableFile, match=r"'Z.*' states no unit beside 'Z.*/kOhm'"):
        read(write(table(names)))
    (spectrum,) = read(write(table([name.replace("kOhm", "Ohm") for name in names])))
    assert np.allclose(spectrum.impedance, Z)


@pytest.mark.parametrize(
    "names",
    [
        ["Frequency_Hz", "Z_prime", "Z_double_prime"],
        ["Freq(Hz)", "Zprime(Ohm)", "Zbis(Ohm)"],
        ["Frequenz (Hz)", "Realteil (Ohm)", "Imaginärteil (Ohm)"],
        ["Fréquence (Hz)", "Partie réelle (Ohm)", "Partie imaginaire (Ohm)"],
        ["频率(Hz)", "实部(Ohm)", "虚部(Ohm)"],
        ["f_Hz", "Real_Ohm", "Imag_Ohm"],
        ["Frequencies", "Z_real", "Z_imag"],
    ],
)
def test_names_in_words_and_other_languages_are_understood(names, write):
    (spectrum,) = read(write(table(names)))
    assert np.allclose(spectrum.impedance, Z)


def test_an_angular_frequency_without_a_unit_is_noted_as_taken_in_rad_per_s(write):
    (spectrum,) = read(write(table(["omega", "Zre", "Zim"], (2 * np.pi * F, Z.real, Z.imag))))
    assert np.allclose(spectrum.frequency, F)
    assert "the column names do not say all units: rad/s and Ω taken" in spectrum.notes
