"""RelaxIS exports: one spectrum, and several beside and below each other."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

HEAD = ["RelaxIS 3.0 Spectrum export", "Date: 12/16/2025 2:29:15 PM"]
NAMES = ["Data: Frequency", "Data: Z'", "Data: Z''", "Data: |Z|", "Data: Theta (Z)"]


def about(name):
    return ["DC=-0.08, AC=0.01, TM=33.741076, FV2=1", "Model: Unassigned Spectra", f"(WE/RE Spectrum) {name}", "", ""]


def cells(f, z, sign=1):
    return [f"{v:.15g}" for v in (f, z.real, sign * z.imag, abs(z), np.degrees(np.angle(z)))]


def block(frequency, impedance, name="film", sign=1):
    rows = [cells(f, z, sign) for f, z in zip(frequency, impedance, strict=True)]
    return [NAMES, about(name), *reversed(rows)]


def text(*lines, mark="\t"):
    return "\n".join([*HEAD, *(mark.join(line) for line in lines)]) + "\n"


def test_a_spectrum_is_read_whatever_its_order(write):
    (spectrum,) = read(write(text(*block(F, Z))))
    assert spectrum.meta["format"] == "relaxis"
    assert_allclose(spectrum.frequency, F, rtol=1e-12)
    assert_allclose(spectrum.impedance, Z, rtol=1e-12)


def test_the_line_above_a_spectrum_says_bias_amplitude_and_name(write):
    meta = read(write(text(*block(F, Z))))[0].meta
    assert (meta["bias_V"], meta["amplitude_V"]) == (-0.08, 0.01)
    assert meta["title"] == "(WE/RE Spectrum) film"
    assert meta["export_date"] == "12/16/2025 2:29:15 PM"
    assert "date" not in meta
    assert "temperature_K" not in meta
    assert {"TM", "FV2"} <= set(meta["ignored"])


def test_a_decimal_comma_in_a_parameter_is_none_that_separates(write):
    for parameters in ("DC=-0,08, AC=0,01, TM=33,741076, FV2=1", "DC = -0,08,AC=0,01,TM=33,741076,FV2=1"):
        lines = text(*block(F, Z)).replace(".", ",").replace("3,0", "3.0")
        meta = read(write(lines.replace("DC=-0,08, AC=0,01, TM=33,741076, FV2=1", parameters)))[0].meta
        assert (meta["bias_V"], meta["amplitude_V"]) == (-0.08, 0.01)
        assert {"TM", "FV2"} <= set(meta["ignored"])


def test_an_amplitude_in_another_unit_is_not_taken_for_volts(write):
    meta = read(write(text(*block(F, Z)).replace("AC=0.01", "AC=10 mV")))[0].meta
    assert "amplitude_V" not in meta
    assert "AC" in meta["ignored"]


def test_spectra_below_each_other_are_told_apart(write):
    spectra = read(write(text(*block(F, Z, "a"), *block(F[:20], 2 * Z[:20], "b"))))
    assert [len(s) for s in spectra] == [25, 20]
    assert [s.meta["title"][-1] for s in spectra] == ["a", "b"]
    assert_allclose(spectra[1].impedance, 2 * Z[:20], rtol=1e-12)


def test_spectra_beside_each_other_may_be_of_different_length(write):
    left, right = block(F, Z, "a"), block(F[:20], 2 * Z[:20], "b")
    right += [[""] * 5] * (len(left) - len(right))
    spectra = read(write(text(*(a + b for a, b in zip(left, right, strict=True)))))
    assert [len(s) for s in spectra] == [25, 20]
    assert [s.meta["title"][-1] for s in spectra] == ["a", "b"]
    assert_allclose(spectra[1].impedance, 2 * Z[:20], rtol=1e-12)


@pytest.mark.parametrize("mark", [";", ","])
def test_what_a_spreadsheet_saved_with_other_separators_is_the_same(mark, write):
    (spectrum,) = read(write(text(*block(F, Z), mark=mark).replace("export\n", f"export{4 * mark}\n")))
    assert_allclose(spectrum.impedance, Z, rtol=1e-12)
    meta = spectrum.meta
    assert (meta["bias_V"], meta["amplitude_V"], meta["title"]) == (-0.08, 0.01, "(WE/RE Spectrum) film")
    assert meta["software"] == "RelaxIS 3.0"
    assert {"TM", "FV2"} <= set(meta["ignored"])


def test_commas_that_separate_parameters_and_spectra_do_not_give_one_spectrum_those_of_another(write):
    lines = [a + b for a, b in zip(block(F, Z, "a"), block(F, 2 * Z, "b"), strict=True)]
    for spectrum, z in zip(read(write(text(*lines, mark=","))), (Z, 2 * Z), strict=True):
        assert_allclose(spectrum.impedance, z, rtol=1e-12)
        assert "title" not in spectrum.meta
        assert "bias_V" not in spectrum.meta
        assert any("line 4 says of several spectra" in note for note in spectrum.notes)


def test_decimal_commas_between_separating_commas_are_refused(write):
    with pytest.raises(UnreadableFile, match="expected 5 values in a row, found 10"):
        read(write(text(*block(F, Z), mark=",").replace(".", ",")))


def test_names_that_cannot_be_taken_apart_are_refused(write):
    with pytest.raises(UnreadableFile, match="no column is called 'Data: Frequency' alone") as caught:
        read(write(text(*block(F, Z), mark="|")))
    assert caught.value.line == 3


def test_columns_of_a_fit_are_not_the_measurement(write):
    names, line, *rows = block(F, Z)
    fitted = [["Fit: Z'", "Fit: Z''"], ["", ""], *([["1", "-1"]] * len(rows))]
    (spectrum,) = read(write(text(*(a + b for a, b in zip([names, line, *rows], fitted, strict=True)))))
    assert_allclose(spectrum.impedance, Z, rtol=1e-12)
    assert "column Fit: Z'" in spectrum.meta["ignored"]


def test_theta_of_the_other_sign_is_refused(write):
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(text(*block(F, Z, sign=-1))))


def test_damage_gives_no_other_numbers(tmp_path):
    data = text(*block(F, Z, "a"), *block(F, 2 * Z, "b")).encode()
    assert_cuts_hold_no_other_numbers(data, tmp_path)
    assert_mutations_raise_our_errors_only(data, tmp_path)
