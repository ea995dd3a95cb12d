"""Files in the layouts of instruments come back as the numbers they were written from."""

import layouts
import numpy as np
import pytest
from numpy.testing import assert_allclose
from reader_cases import LAYOUTS, F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

WRITTEN = 2e-6  # relative precision of the shortest number format in layouts


def assert_same(spectrum, f=F, z=Z, rtol=WRITTEN):
    assert_allclose(spectrum.frequency, f, rtol=rtol)
    assert np.all(np.abs(spectrum.impedance - z) <= rtol * np.abs(z))


@pytest.mark.parametrize("name", ["gamry", "gamry-aborted", "biologic", "zplot", "zplot-old", "semicolon", "comma"])
def test_a_layout_reads_as_written_whatever_the_file_is_called(name, write):
    text, encoding, newline = LAYOUTS[name]
    for suffix in ("DTA", "txt", "z", "none"):
        (spectrum,) = read(write(text, f"film.{suffix}", encoding, newline))
        assert_same(spectrum)
        assert spectrum.label == "film"


@pytest.mark.parametrize("encoding", layouts.ENCODINGS)
@pytest.mark.parametrize("newline", layouts.LINE_ENDS)
@pytest.mark.parametrize("name", ["gamry", "biologic", "zplot", "semicolon"])
def test_encoding_and_line_ends_change_nothing(name, encoding, newline, write):
    (spectrum,) = read(write(LAYOUTS[name][0], encoding=encoding, newline=newline))
    assert_same(spectrum)


def test_gamry_takes_what_the_header_says_and_where(write):
    text = layouts.gamry(F, Z, area_cm2=0.25, amplitude_mV=15, bias_V=0.1, comment="film 7, annealed")
    meta = read(write(text, encoding="cp1252"))[0].meta
    assert meta["format"] == "gamry"
    assert_allclose([meta["area_m2"], meta["amplitude_V"], meta["bias_V"]], [2.5e-5, 0.015, 0.1])
    assert meta["comment"] == "film 7, annealed"
    assert meta["date"] == "3/14/2024 09:26:53"
    assert (meta["technique"], meta["instrument"]) == ("Potentiostatic EIS", "REF600-00000")
    line = int(meta["origin"]["area_m2"].removeprefix("header line "))
    assert text.splitlines()[line - 1].startswith("AREA")


def test_an_area_nobody_entered_is_not_taken_for_one(write):
    for text in (layouts.gamry(F, Z), layouts.biologic_mpt([(F, Z)]), layouts.zplot(F, Z)):
        meta = read(write(text, encoding="cp1252"))[0].meta
        assert "area_m2" not in meta
        assert any("default" in what for what in meta["ignored"])


def test_biologic_takes_what_the_header_says(write):
    text = layouts.biologic_mpt([(F, Z)], area="113,100 mm²", amplitude_mV=14.1, comment="LiPON", decimal=",")
    meta = read(write(text, encoding="cp1252"))[0].meta
    assert_allclose([meta["area_m2"], meta["amplitude_V"]], [1.131e-4, 0.0141])
    assert (meta["comment"], meta["instrument"]) == ("LiPON", "SP-300 (SN 0000)")
    assert meta["technique"].startswith("Potentio")
    assert meta["bias_versus"] == "Eoc"


def test_zplot_takes_what_the_header_says(write):
    meta = read(write(layouts.zplot(F, Z, area_cm2=0.5, amplitude_mV=20, comment="film 7")))[0].meta
    assert_allclose([meta["area_m2"], meta["amplitude_V"]], [5e-5, 0.02])
    assert (meta["comment"], meta["date"]) == ("film 7", "03-14-2024 09:26:53")


def test_loops_are_spectra_labelled_by_their_index(write):
    spectra = read(write(LAYOUTS["biologic-loops"][0], "run.mpt", "cp1252"))
    assert [s.label for s in spectra] == ["run#0", "run#1"]
    assert [s.meta["cycle"] for s in spectra] == [1, 2]
    assert [s.meta["spectrum"] for s in spectra] == [0, 1]
    assert_same(spectra[0])
    assert_same(spectra[1], z=2 * Z)


def test_cycling_rows_are_no_data_and_a_cycle_that_counts_up_in_a_sweep_does_not_split_it(write):
    lines = layouts.biologic_mpt([(F, Z), (F, 2 * Z)]).splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("freq/Hz"))
    first, second = lines[at + 1 : at + 1 + len(F)], lines[at + 1 + len(F) :]
    idle = ["\t".join(["0.0000000E+00"] * 9) + "\t11"] * 3
    first[10:] = [line.replace("1.0000000E+00\t11", "2.0000000E+00\t11") for line in first[10:]]
    spectra = read(write("\n".join([*lines[: at + 1], *idle, *first, *idle, *second, *idle]) + "\n", encoding="cp1252"))
    assert len(spectra) == 2
    assert_same(spectra[0])
    assert_same(spectra[1], z=2 * Z)


def test_only_cycling_rows_are_refused_as_no_impedance(write):
    text = layouts.biologic_mpt([(np.zeros(5), np.zeros(5, complex))])
    with pytest.raises(UnreadableFile, match="every frequency is 0"):
        read(write(text, encoding="cp1252"))


def test_a_name_the_spreadsheet_lost_is_found_by_modulus_and_phase(write):
    text = layouts.biologic_mpt([(F, Z)], head=False).replace("-Im(Z)/Ohm", "#NAME?")
    (spectrum,) = read(write(text))
    assert_same(spectrum)
    assert "#NAME?" in spectrum.notes[0]


def test_a_lost_name_that_is_not_im_is_refused(write):
    text = layouts.biologic_mpt([(F, Z)], head=False).replace("-Im(Z)/Ohm", "other").replace("time/s", "#NAME?")
    with pytest.raises(UnreadableFile, match="contradict"):
        read(write(text))
    text = layouts.delimited(F, Z, names=("f/Hz", "Re/Ohm", "#NAME?"), mark="\t", decimal=".")
    with pytest.raises(UnreadableFile, match="spreadsheet"):
        read(write(text))


def test_gamry_rows_indented_by_spaces_are_rows(write):
    lines = layouts.gamry(F, Z).splitlines()
    lines[-1], lines[-4] = "  " + " ".join(lines[-1].split()), "    " + lines[-4].strip()
    assert_same(read(write("\n".join(lines) + "\n", encoding="cp1252"))[0])


def test_several_zcurve_tables_are_several_spectra(write):
    text = layouts.gamry(F, Z).replace("ZCURVE", "ZCURVE0") + "".join(
        layouts.gamry(F, 3 * Z).replace("ZCURVE", "ZCURVE1").partition("ZCURVE1")[1:]
    )
    spectra = read(write(text, encoding="cp1252"))
    assert len(spectra) == 2
    assert_same(spectra[1], z=3 * Z)


def test_a_gamry_file_without_impedance_is_refused_with_the_reason(write):
    with pytest.raises(UnreadableFile, match="no ZCURVE table"):
        read(write("EXPLAIN\nTAG\tCORPOT\nCURVE\tTABLE\n\tPt\tT\n"))


def test_the_frequency_column_removed_is_refused(write):
    text = layouts.biologic_mpt([(F, Z)]).replace("freq/Hz\t", "")
    with pytest.raises(UnreadableFile, match="freq/Hz"):
        read(write(text, encoding="cp1252"))


def test_re_im_and_modulus_phase_that_disagree_are_refused_with_both_readings(write):
    lines = layouts.biologic_mpt([(F, Z)]).splitlines()
    cells = lines[-3].split("\t")
    cells[1] = "9.9E+03"
    lines[-3] = "\t".join(cells)
    with pytest.raises(UnreadableFile, match=r"contradict.*Re and Im say 9900.*\|Z\| and phase say") as caught:
        read(write("\n".join(lines) + "\n", encoding="cp1252"))
    assert caught.value.line == len(lines) - 2


def test_names_without_values_at_the_end_are_passed_over_only_with_the_cross_check(write):
    text = layouts.biologic_mpt([(F, Z)])
    (spectrum,) = read(write(text.replace("\tI Range\n", "\tI Range\t\tEwe-Ece/V\n"), encoding="cp1252"))
    assert_same(spectrum)
    assert any("no values" in note for note in spectrum.notes)
    with pytest.raises(UnreadableFile):
        read(write(text.replace("\tI Range\n", "\tI Range\tmore\n").replace("|Z|/Ohm", "other"), encoding="cp1252"))
