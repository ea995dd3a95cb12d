"""Three columns without names: which of them is the frequency is told from the numbers, and noted."""

import numpy as np
import pytest
from reader_cases import F, Z, film

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

G, W = film(n=57, r=300.0)  # without decimals of round steps


def rows(*columns, mark="\t", form=".6g"):
    return "".join(mark.join(format(v, form) for v in row) + "\n" for row in zip(*columns, strict=True))


def assert_is(spectrum, f=G, z=W, rtol=1e-5):
    assert np.all(np.abs(spectrum.frequency - f) <= rtol * f)
    assert np.all(np.abs(spectrum.impedance - z) <= rtol * np.abs(z))


def counted(count=57, f=G, z=W, **how):
    return f"{count}\n" + rows(z.real, -z.imag, f, **how)


@pytest.mark.parametrize("mark", ["\t", "  ", ";", ","])
@pytest.mark.parametrize("order", [1, -1])
def test_re_minus_im_and_frequency_below_their_number_are_eis_spectrum_analysers(mark, order, write):
    (spectrum,) = read(write(counted(f=G[::order], z=W[::order], mark=mark)))
    assert_is(spectrum)
    assert any("EIS Spectrum Analyser" in note and "-Im(Z)" in note for note in spectrum.notes)
    assert "comment" not in spectrum.meta


@pytest.mark.parametrize("imaginary", ["as-is", "negated"])
def test_the_option_does_not_touch_the_sign_that_the_format_states(imaginary, write):
    assert_is(read(write(counted()), imaginary=imaginary)[0])


def test_im_in_place_of_minus_im_below_the_number_of_rows_is_refused_until_the_user_says(write):
    path = write(counted(z=W.conj()))
    with pytest.raises(UnreadableFile, match=r"Re, -Im and frequency; but so .*--imaginary as-is"):
        read(path)
    assert_is(read(path, imaginary="as-is")[0])
    assert_is(read(path, imaginary="negated")[0], z=W.conj())


def test_a_number_of_rows_that_is_another_is_noted(write):
    (spectrum,) = read(write(counted(count=71)))
    assert_is(spectrum)
    assert "the first line counts 71 rows, and 57 are read" in spectrum.notes


def test_a_last_line_without_its_end_is_whole_if_number_and_steps_say_so(write):
    whole = counted().rstrip("\n")
    assert_is(read(write(whole))[0])
    for text in (whole[:-1] + "2", whole[:-2], whole.replace("57\n", "58\n", 1)):
        (spectrum,) = read(write(text))
        assert_is(spectrum, G[:-1], W[:-1])
        assert any("middle of a line" in note for note in spectrum.notes)


def test_columns_padded_with_tabs_are_read_if_no_number_can_be_missing(write):
    padded = "\n".join(line.replace("\t", "\t\t", k % 3 == 0) for k, line in enumerate(counted().split("\n")))
    assert_is(read(write(padded))[0])
    lines = padded.split("\n")
    lines[20] = lines[20].split("\t")[0] + "\t\t" + lines[20].split("\t")[-1]
    with pytest.raises(UnreadableFile, match="expected 3 values"):
        read(write("\n".join(lines)))


def test_re_im_and_frequency_are_read_with_their_order_noted(write):
    (spectrum,) = read(write(rows(W.real, W.imag, G)))
    assert_is(spectrum)
    assert "no column names: taken as Re(Z) [Ω], Im(Z) [Ω], frequency [Hz]" in spectrum.notes


def test_re_minus_im_and_frequency_without_their_number_are_refused_with_the_order(write):
    path = write(rows(W.real, -W.imag, G))
    with pytest.raises(UnreadableFile, match=r"'column 2 \(of Re, Im, frequency\)' may stand for -Im.*--imaginary"):
        read(path)
    assert_is(read(path, imaginary="negated")[0])


def test_a_frequency_behind_a_re_that_is_negative_or_steady_is_found(write):
    for z in (W - 50, 1e3 + 1 / (2j * np.pi * G * 1e-6)):
        (spectrum,) = read(write(rows(z.real, z.imag, G)))
        assert_is(spectrum, z=z)


@pytest.mark.parametrize("imaginary", [None, "as-is", "negated"])
@pytest.mark.parametrize("exponent", [0.5, 0.8])
def test_a_re_that_is_a_power_of_the_frequency_is_not_taken_for_it(exponent, imaginary, write):
    z = 1e5 / (2j * np.pi * G) ** exponent
    try:
        (spectrum,) = read(write(rows(z.real, -z.imag, G)), imaginary=imaginary)
    except UnreadableFile:
        return
    assert np.allclose(spectrum.frequency, G, rtol=1e-5)


@pytest.mark.parametrize("noise", [0, 0.01])
@pytest.mark.parametrize("z", [Z, 1 / (2j * np.pi * F * 1e-6), 12 + 1 / (2e-6 * (2j * np.pi * F) ** 0.9)])
def test_an_im_that_is_a_power_of_the_frequency_is_not_taken_for_it(z, noise, write):
    z = z + noise * np.abs(z) * np.random.default_rng(2).normal(size=len(F))
    (spectrum,) = read(write(rows(F, np.abs(z.real) + 1, -z.imag)), imaginary="negated")
    assert_is(spectrum, F, np.abs(z.real) + 1 + 1j * z.imag)


def test_a_third_column_that_runs_like_a_frequency_in_uneven_steps_is_no_sure_one(write):
    f = G ** (0.7 + 0.02 * np.sin(np.arange(len(G))))
    with pytest.raises(UnreadableFile, match="columns without names"):
        read(write(rows(np.sort(W.real), -W.imag, np.sort(f)[::-1])))
