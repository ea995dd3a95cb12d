"""Several tables in one text: below each other and side by side, each a spectrum."""

import numpy as np
import pytest
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

NAMES = "f/Hz,Zre/Ohm,Zim/Ohm"
KILO = "f/kHz,Zre/kOhm,Zim/kOhm"


def rows(z=Z, f=F, scale=1.0):
    return [f"{x * scale:.12g},{v.real * scale:.12g},{v.imag * scale:.12g}" for x, v in zip(f, z, strict=True)]


def text(*parts):
    return "\n".join(line for part in parts for line in ([part] if isinstance(part, str) else part)) + "\n"


def assert_are(spectra, *expected):
    assert len(spectra) == len(expected)
    for spectrum, z in zip(spectra, expected, strict=True):
        assert np.allclose(spectrum.frequency, F)
        assert np.allclose(spectrum.impedance, z)


BELOW = {
    "the same names": text(NAMES, rows(), "", NAMES, rows(2 * Z)),
    "names in other units": text(NAMES, rows(), "", KILO, rows(2 * Z, scale=1e-3)),
    "titles": text("cell A", NAMES, rows(), "", "cell B", NAMES, rows(2 * Z)),
    "no line between": text(NAMES, rows(), NAMES, rows(2 * Z)),
    "a row of units": text("f,Zre,Zim", "Hz,Ohm,Ohm", rows(), "", "f,Zre,Zim", "Hz,Ohm,Ohm", rows(2 * Z)),
}


@pytest.mark.parametrize("layout", BELOW)
def test_tables_below_each_other_are_a_spectrum_each(layout, write):
    assert_are(read(write(BELOW[layout])), Z, 2 * Z)


def test_the_title_above_a_table_is_that_of_its_spectrum(write):
    first, second = read(write(BELOW["titles"]))
    assert (first.meta["title"], second.meta["title"]) == ("cell A", "cell B")
    assert second.meta["origin"]["title"] == f"header line {F.size + 4}"


def test_names_that_stand_again_in_the_middle_of_a_sweep_do_not_end_it(write):
    (spectrum,) = read(write(text(NAMES, rows()[:12], NAMES, rows()[12:])))
    assert_are([spectrum], Z)
    assert "the line of names stands again in line 14: passed over" in spectrum.notes
    assert spectrum.meta["lines"] == [2, F.size + 2]


def test_a_damaged_row_of_a_later_table_is_refused_with_its_line(write):
    broken = rows(2 * Z)
    broken[3] = broken[3].replace(",", "", 1)
    with pytest.raises(UnreadableFile, match="expected 3 values in a row, found 2") as error:
        read(write(text(NAMES, rows(), "", NAMES, broken)))
    assert error.value.line == F.size + 7


def beside(one, other, gap=","):
    return [f"{a},{gap[1:]}{b}" for a, b in zip(one, other, strict=True)]


BESIDE = {
    "the same names": text(beside([NAMES, *rows()], [NAMES, *rows(2 * Z)])),
    "an empty column between": text(beside([NAMES, *rows()], [NAMES, *rows(2 * Z)], ",,")),
    "names numbered by pandas": text(beside(["f,Re,Im", *rows()], ["f.1,Re.1,Im.1", *rows(2 * Z)])),
    "other units": text(beside([NAMES, *rows()], [KILO, *rows(2 * Z, scale=1e-3)])),
    "a row of units": text(
        beside(["f,Re,Im", "Hz,Ohm,Ohm", *rows()], ["f,Re,Im", "kHz,kOhm,kOhm", *rows(2 * Z, scale=1e-3)])
    ),
    "semicolons and decimal commas": text(beside([NAMES, *rows()], [NAMES, *rows(2 * Z)]))
    .replace(",", ";")
    .replace(".", ","),
}


@pytest.mark.parametrize("layout", BESIDE)
def test_tables_side_by_side_are_a_spectrum_each(layout, write):
    assert_are(read(write(BESIDE[layout])), Z, 2 * Z)


def test_a_shorter_table_beside_a_longer_one_ends_in_empty_cells(write):
    short = [NAMES, *rows(2 * Z)[:20], *[",,"] * (F.size - 20)]
    first, second = read(write(text("A,,,,B", beside([NAMES, *rows()], short, ",,"))))
    assert_are([first], Z)
    assert np.allclose(second.impedance, 2 * Z[:20])
    assert (first.meta["title"], second.meta["title"]) == ("A", "B")


def test_re_and_im_beside_modulus_and_phase_with_a_frequency_each_are_one_spectrum(write):
    polar = [f"{f:.12g},{abs(z):.12g},{np.degrees(np.angle(z)):.12g}" for f, z in zip(F, Z, strict=True)]
    assert_are(read(write(text(beside([NAMES, *rows()], ["f/Hz,|Z|/Ohm,phase/deg", *polar])))), Z)


def test_modulus_and_phase_that_contradict_re_and_im_beside_them_are_no_second_spectrum(write):
    polar = [f"{f:.12g},{2 * abs(z):.12g},{np.degrees(np.angle(z)):.12g}" for f, z in zip(F, Z, strict=True)]
    with pytest.raises(
        UnreadableFile, match="tables side by side have the same frequencies, and Re and Im of one differ"
    ):
        read(write(text(beside([NAMES, *rows()], ["f/Hz,|Z|/Ohm,phase/deg", *polar]))))


def test_two_impedances_beside_one_frequency_stay_refused(write):
    lines = [f"{a},{b.partition(',')[2]}" for a, b in zip([NAMES, *rows()], [NAMES, *rows(2 * Z)], strict=True)]
    with pytest.raises(UnreadableFile, match="name one quantity and differ"):
        read(write(text(lines)))


def test_a_table_on_its_side_is_told_as_such(write):
    lines = [
        ",".join([n, *(f"{v:.8g}" for v in q)]) for n, q in zip(NAMES.split(","), (F, Z.real, Z.imag), strict=True)
    ]
    with pytest.raises(UnreadableFile, match="a table on its side"):
        read(write(text(lines)))


def test_complex_numbers_in_one_cell_are_told_as_such(write):
    with pytest.raises(UnreadableFile, match=r"complex numbers in one cell .*two columns"):
        read(write("f/Hz,Z/Ohm\n" + "".join(f"{f:.6g},{z:.6g}\n" for f, z in zip(F, Z, strict=True))))


def test_each_table_has_the_temperature_above_it(write):
    names = NAMES.replace(",", " ")
    table = [row.replace(",", " ") for row in rows()]
    for above in ("Temperature: 50 C", "# T = 323.15 K\n# second heating"):
        first, second = read(write(text("# film 7\n# T = 25 °C\n", names, table, "", above, names, table)))
        assert (first.temperature, second.temperature) == (298.15, 323.15)
    first, second, third = read(
        write(text("T = 25 °C", names, table, "T = 50 °C", names, table, "later", names, table))
    )
    assert (first.temperature, second.temperature, third.temperature) == (298.15, 323.15, None)


def test_a_temperature_at_the_top_alone_is_that_of_all_tables(write):
    first, second = read(write(text("# T = 25 °C", "", NAMES, rows(), "", "second", NAMES, rows())))
    assert (first.temperature, second.temperature) == (298.15, 298.15)


@pytest.mark.parametrize(
    ("one", "other", "kelvin"), [("T=25 °C", "T=50 °C", (298.15, 323.15)), ("T=25 °C", "B", (298.15, None))]
)
def test_tables_side_by_side_have_each_the_temperature_above_their_first_cell(one, other, kelvin, write):
    spectra = read(write(text(f"{one},,,,{other},,", beside([NAMES, *rows()], [NAMES, *rows(2 * Z)], ",,"))))
    assert tuple(s.temperature for s in spectra) == kelvin
