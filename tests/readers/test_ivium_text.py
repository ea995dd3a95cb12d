"""Ivium's text exports: Z1 and Z2 are the parts of Z beside its own name of the frequency, and nowhere else."""

from itertools import permutations

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import film

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

F, Z = film(n=25, top=1e5)
COLUMNS = {"freq. /Hz": F, "Z1 /ohm": Z.real, "Z2 /ohm": Z.imag}


def table(names=tuple(COLUMNS), mark="\t", columns=COLUMNS):
    rows = zip(*(columns[name] for name in names), strict=True)
    return "\n".join([mark.join(names), *(mark.join(f"{value:.6E}" for value in row) for row in rows)]) + "\n"


def assert_same(spectrum, z=Z):
    assert_allclose(spectrum.frequency, F, rtol=1e-6)
    assert np.all(np.abs(spectrum.impedance - z) <= 1e-6 * np.abs(z))


@pytest.mark.parametrize("names", list(permutations(COLUMNS)))
@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_the_columns_are_read_in_any_order(names, mark, write):
    (spectrum,) = read(write(table(names, mark), newline="\r\n"))
    assert spectrum.meta["format"] == "ivium-text"
    assert spectrum.notes == ()
    assert_same(spectrum)


def test_decimal_commas_change_nothing(write):
    for mark in ("\t", ";"):
        (spectrum,) = read(write(table(mark=mark).replace(".", ",").replace("freq, ", "freq. ")))
        assert_same(spectrum)


def test_tables_below_each_other_are_spectra(write):
    twice = {**COLUMNS, "Z1 /ohm": 2 * Z.real, "Z2 /ohm": 2 * Z.imag}
    first, second = read(write(table() + table(columns=twice)))
    assert_same(first)
    assert_same(second, 2 * Z)


def test_other_columns_are_named_and_not_used(write):
    (spectrum,) = read(write(table([*COLUMNS, "E /V"], columns={**COLUMNS, "E /V": 0 * F})))
    assert_same(spectrum)
    assert spectrum.meta["ignored"] == ["column E /V"]


def test_an_inductive_table_is_refused_until_the_sign_is_said(write):
    path = write(table(columns={**COLUMNS, "Z2 /ohm": np.abs(Z.imag)}))
    with pytest.raises(UnreadableFile, match=r"'Z2 /ohm' may stand for -Im; .*--imaginary"):
        read(path)
    assert_same(read(path, imaginary="negated")[0], Z.real - 1j * np.abs(Z.imag))


@pytest.mark.parametrize("frequency", ["freq /Hz", "Frequency /Hz", "f/Hz"])
def test_z1_and_z2_beside_another_name_of_the_frequency_are_not_taken_for_parts(frequency, write):
    with pytest.raises(UnreadableFile, match="expected a frequency"):
        read(write(table().replace("freq. /Hz", frequency)))


def test_damage_gives_our_errors_and_no_other_numbers(tmp_path):
    for mark in ("\t", ","):
        data = table(mark=mark).encode()
        assert_cuts_hold_no_other_numbers(data, tmp_path, places=60)
        assert_mutations_raise_our_errors_only(data, tmp_path)
