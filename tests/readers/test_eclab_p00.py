"""Text exports with the suffix ``.P00``."""

import layouts
import numpy as np
import pytest
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read


def p00(frequency, impedance, *, count=None, decimal="."):
    """Write the layout of the reader's docstring."""
    names = "\t".join(f" {name:<11}" for name in ("f/Hz", "Z'/Ohm", "-Z''/Ohm", "time/s", "Edc/V", "Idc/A"))
    rows = [
        "\t".join(f" {value:.9e}" for value in (f, z.real, -z.imag, 59.3, 0.30981, 1.8e-7)) + "\t"
        for f, z in zip(frequency, impedance, strict=True)
    ]
    return "\n".join(
        [
            "Procedure : LiPON film",
            "14.03.2024 09:26:53 - 14.03.2024 10:02:11 i(init)= 183.1nA - i(end)= 7.88nA",
            "sputtered, 1 um",
            "t =  736.4 s",
            names + "\t",
            f" {len(rows) if count is None else count} ",
            *(layouts.in_locale(row, decimal) for row in rows),
            "",
        ]
    )


@pytest.mark.parametrize("decimal", [".", ","])
def test_the_table_reads_back_with_minus_im_stored(decimal, write):
    (spectrum,) = read(write(p00(F, Z, decimal=decimal), "film.P00"))
    assert spectrum.meta["format"] == "eclab-p00"
    assert_allclose(spectrum.frequency, F, rtol=1e-8)
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert not spectrum.notes


def test_the_head_is_understood(write):
    meta = read(write(p00(F, Z), "film.P00"))[0].meta
    assert meta["technique"] == "LiPON film"
    assert meta["date"] == "14.03.2024 09:26:53"
    assert meta["comment"] == "sputtered, 1 um"
    assert meta["bias_V"] == pytest.approx(0.30981)


def test_a_count_that_the_rows_do_not_have_is_noted(write):
    (spectrum,) = read(write(p00(F, Z, count=40)))
    assert any("announces 40 points and has 25" in note for note in spectrum.notes)


def test_without_its_count_the_table_reads_the_same(write):
    lines = p00(F, Z).splitlines()
    del lines[5]
    (spectrum,) = read(write("\n".join(lines) + "\n"))
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)


def test_a_row_that_cannot_be_read_is_named(write):
    lines = p00(F, Z).splitlines()
    lines[9] = lines[9].replace("e", "?")
    with pytest.raises(UnreadableFile) as caught:
        read(write("\n".join(lines) + "\n", "film.P00"))
    assert caught.value.line == 10


def test_a_file_cut_anywhere_has_the_first_points_or_is_refused(write):
    data = p00(F, Z).encode()
    (whole,) = read(write(data))
    for end in range(1, len(data), 31):
        try:
            (spectrum,) = read(write(data[:end], "cut.P00"))
        except UnreadableFile:
            continue
        assert np.array_equal(spectrum.impedance, whole.impedance[: len(spectrum)])
        assert len(spectrum) == len(whole) or spectrum.notes
