"""CH Instruments text: its head, old and new, and four digits that must agree."""

import csv
import io

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile, UnrecognisedFile
from lipon_eis.readers import read

HEAD = """Nov. 23, 2024   17:47:14
A.C. Impedance
File: e:\\data\\eis.bin
Data Source:  Experiment
Instrument Model:  CHI660E
Header: Pt/LiPON/Pt
Note: film 3

"""
SETTINGS = """Init E (V) = 0.848
High Frequency (Hz) = 1e+5
Low Frequency (Hz) = 0.1
Imp SF
Amplitude (V) = 0.005
Quiet Time (sec) = 2
Cycles (.1-1Hz) = 1

"""


def mantissa(value):
    digits, exponent = f"{value:.3e}".split("e")
    return f"{digits}e{int(exponent):+d}"


def chi(frequency=F, impedance=Z, *, head=HEAD, mark=", ", sign=1):
    rows = [
        mark.join([*map(mantissa, (f, z.real, sign * z.imag, abs(z))), f"{np.degrees(np.angle(z)):.1f}"])
        for f, z in zip(frequency, impedance, strict=True)
    ]
    return head + SETTINGS + "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg\n\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("head", [HEAD, ""])
@pytest.mark.parametrize("mark", [", ", "\t"])
def test_a_spectrum_is_read_from_old_and_new_versions(write, head, mark):
    (spectrum,) = read(write(chi(head=head, mark=mark), newline="\r\n"))
    assert spectrum.meta["format"] == "chi"
    assert_allclose(spectrum.frequency, F, rtol=1e-3)
    assert_allclose(spectrum.impedance, Z, rtol=1e-3)


def test_metadata_is_kept(write):
    meta = read(write(chi()))[0].meta
    wanted = {
        "date": "Nov. 23, 2024 17:47:14",
        "technique": "A.C. Impedance",
        "instrument": "CHI660E",
        "bias_V": 0.848,
        "amplitude_V": 0.005,
        "title": "Pt/LiPON/Pt",
        "comment": "film 3",
    }
    assert {key: meta[key] for key in wanted} == wanted
    assert meta["origin"]["bias_V"] == "header line 9"
    assert "Quiet Time (sec)" in meta["ignored"]


def test_an_inverted_column_is_refused_with_both_readings(write):
    with pytest.raises(UnreadableFile, match=r"differ in the sign of Im alone"):
        read(write(chi(sign=-1)))


def by_a_spreadsheet(text, mark=","):
    """Write a text again as spreadsheets do: every line as wide as the widest, quotes where a cell needs them."""
    stream, table = io.StringIO(), False
    writer = csv.writer(stream, delimiter=mark, lineterminator="\n")
    for line in text.splitlines():
        table = table or line.startswith("Freq/Hz")
        cells = line.split(", ") if table else [line]
        writer.writerow(cells + [""] * (5 - len(cells)))
    return stream.getvalue()


@pytest.mark.parametrize("mark", [",", ";"])
def test_what_a_spreadsheet_wrote_again_keeps_its_imaginary_part_and_its_head(write, mark):
    text = by_a_spreadsheet(chi(), mark)
    assert '"Z""/ohm"' in text
    (spectrum,) = read(write(text))
    assert_allclose(spectrum.impedance.imag, Z.imag, rtol=1e-3)
    assert spectrum.meta["date"] == "Nov. 23, 2024 17:47:14"
    assert spectrum.meta["comment"] == "film 3"
    assert not any("Z" in what for what in spectrum.meta["ignored"])


def test_an_imaginary_part_under_a_name_that_is_not_known_is_not_made_of_the_phase(write):
    with pytest.raises(UnreadableFile, match="the name of column 'Zjj' is not known"):
        read(write(chi().replace('Z"/ohm', "Zjj")))


def test_a_note_of_several_lines_is_kept_whole(write):
    note = "Note: film 3\nFreq/Hz, checked twice\narea 0.2 cm2, Impedance test 2: good"
    (spectrum,) = read(write(chi(head=HEAD.replace("Note: film 3", note))))
    assert spectrum.meta["comment"] == "film 3 Freq/Hz, checked twice area 0.2 cm2, Impedance test 2: good"
    assert spectrum.meta["technique"] == "A.C. Impedance"
    assert spectrum.meta["bias_V"] == 0.848


def test_exports_below_each_other_are_a_spectrum_each_with_its_own_head(write):
    second = chi(impedance=2 * Z, head=HEAD.replace("film 3", "film 4")).replace("= 0.848", "= 0.9")
    first, other = read(write(chi() + second))
    assert_allclose(first.impedance, Z, rtol=1e-3)
    assert_allclose(other.impedance, 2 * Z, rtol=1e-3)
    assert [s.meta["comment"] for s in (first, other)] == ["film 3", "film 4"]
    assert [s.meta["bias_V"] for s in (first, other)] == [0.848, 0.9]
    assert other.meta["origin"]["bias_V"] == "header line 52"
    assert first.notes == other.notes == ()


def test_a_voltammogram_is_not_ours(write):
    text = (
        HEAD.replace("A.C. Impedance", "Cyclic Voltammetry") + "Init E (V) = 0\n\nPotential/V, Current/A\n\n0.1, 1e-6\n"
    )
    with pytest.raises(UnrecognisedFile):
        read(write(text))


def test_damage_gives_no_other_numbers(tmp_path):
    assert_cuts_hold_no_other_numbers(chi().encode(), tmp_path)
    assert_mutations_raise_our_errors_only(chi().encode(), tmp_path)
    two = (chi() + chi(impedance=2 * Z)).encode()
    assert_cuts_hold_no_other_numbers(two, tmp_path, places=60)
    assert_mutations_raise_our_errors_only(two, tmp_path, examples=60)
