"""NOVA exports: every separator, several tables in a file, lost signs, overflowed points."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

NAMES = ["Index", "Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)", "Z (Ω)", "-Phase (°)", "Time (s)"]


def rows(frequency, impedance, sign=1):
    return [
        [str(k), *(f"{v:.12g}" for v in (f, z.real, sign * -z.imag, abs(z), -np.degrees(np.angle(z)), 1.5 * k))]
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True), 1)
    ]


def text(*lines, mark=";", decimal="."):
    return "\n".join(mark.join(cell.replace(".", decimal) for cell in line) for line in lines) + "\n"


@pytest.mark.parametrize(
    ("mark", "decimal", "encoding"),
    [(";", ".", "utf-8-sig"), (";", ",", "utf-8"), ("\t", ",", "utf-16"), (",", ".", "utf-8"), ("\t", ".", "utf-8")],
)
def test_a_spectrum_is_read_whatever_separates_it(write, mark, decimal, encoding):
    (spectrum,) = read(write(text(NAMES, *rows(F, Z), mark=mark, decimal=decimal), encoding=encoding, newline="\r\n"))
    assert spectrum.meta["format"] == "autolab"
    assert_allclose(spectrum.frequency, F, rtol=1e-10)
    assert_allclose(spectrum.impedance, Z, rtol=1e-10)
    assert spectrum.notes == ()


def test_columns_in_another_order_with_empty_ones_between(write):
    order = [-1, 1, 3, 4, 5, 2]
    lines = [["Filename", *(line[k] for k in order)] for line in [NAMES, *rows(F, Z)]]
    lines[1:] = [["", *line[1:]] for line in lines[1:]]
    (spectrum,) = read(write(text(*lines)))
    assert_allclose(spectrum.impedance, Z, rtol=1e-10)


def test_repeated_tables_are_spectra_each_with_its_remark(write):
    first, second = ["3/14/2024 9:26:53 AM"], ["3/14/2024 10:26:53 AM"]
    lines = [first, NAMES, *rows(F, Z), second, NAMES, *rows(F[:20], 2 * Z[:20])]
    spectra = read(write(text(*lines)))
    assert [len(s) for s in spectra] == [25, 20]
    assert [s.meta["comment"] for s in spectra] == [first[0], second[0]]
    assert_allclose(spectra[1].impedance, 2 * Z[:20], rtol=1e-10)
    assert spectra[1].meta["origin"]["comment"] == "header line 28"


def test_sweeps_that_follow_in_one_table_are_spectra(write):
    assert [len(s) for s in read(write(text(NAMES, *rows(F, Z), *rows(F, 2 * Z))))] == [25, 25]


def test_signs_that_were_lost_on_the_way_do_not_matter(write):
    for ohm, degree in (("?", "?"), ("\ufffd", "\ufffd"), ("Î©", "Â°"), ("â„¦", "Â°"), ("O", "°")):
        content = text(NAMES, *rows(F, Z)).replace("Ω", ohm).replace("°", degree)
        (spectrum,) = read(write(content))
        assert_allclose(spectrum.impedance, Z, rtol=1e-10)
        assert spectrum.notes == ()


@pytest.mark.parametrize("ohm", ["?", "\ufffd", "Î©"])
def test_signs_that_were_lost_in_a_table_without_a_phase_do_not_matter(write, ohm):
    lines = [line[1:4] for line in [NAMES, *rows(F, Z)]]
    (spectrum,) = read(write(text(*lines, mark="\t").replace("Ω", ohm)))
    assert spectrum.meta["format"] == "autolab"
    assert_allclose(spectrum.impedance, Z, rtol=1e-10)


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_scan_of_the_potential_gives_each_sweep_its_bias(write, decimal):
    lines = [["Potential applied (V)", *NAMES]]
    lines += [[f"{volt:g}", *row] for volt in (-0.1, 0.0, 0.1) for row in rows(F, Z)]
    spectra = read(write(text(*lines, decimal=decimal)))
    assert [s.meta["bias_V"] for s in spectra] == [-0.1, 0.0, 0.1]
    assert spectra[0].meta["origin"]["bias_V"] == "column 'Potential applied (V)'"


def test_a_potential_that_is_not_steady_is_no_bias(write):
    lines = [["Potential applied (V)", *NAMES], *([f"{0.01 * k:g}", *row] for k, row in enumerate(rows(F, Z)))]
    (spectrum,) = read(write(text(*lines)))
    assert "bias_V" not in spectrum.meta
    assert any("not steady over the sweep: no bias taken" in note for note in spectrum.notes)


def test_an_overflowed_point_is_masked(write):
    lines = rows(F, Z)
    lines[3][4] = "∞"
    lines[4][2] = "NaN"
    lines[5][3] = "-∞"
    (spectrum,) = read(write(text(NAMES, *lines)))
    assert len(spectrum) == 25
    assert np.flatnonzero(spectrum.masked).tolist() == [4, 5]


def test_a_column_of_the_wrong_sign_is_refused(write):
    with pytest.raises(UnreadableFile, match="differ in the sign of Im alone"):
        read(write(text(NAMES, *rows(F, Z, sign=-1))))


def test_the_list_of_a_fit_is_refused(write):
    lines = [[*NAMES, "Convergence", "Number of iterations"], *([*row, "1", "20"] for row in rows(F, Z))]
    with pytest.raises(UnreadableFile, match="table of a fit"):
        read(write(text(*lines)))


def test_damage_gives_no_other_numbers(tmp_path):
    data = text(["remark"], NAMES, *rows(F, Z), ["remark 2"], NAMES, *rows(F, 2 * Z)).encode()
    assert_cuts_hold_no_other_numbers(data, tmp_path)
    assert_mutations_raise_our_errors_only(data, tmp_path)
