"""Which files are read, which are passed over, and what is said of the others."""

import os
import time
from pathlib import Path

import layouts
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader_cases import LAYOUTS, F, Z

from lipon_eis import readers
from lipon_eis.errors import InvalidOption, UnreadableFile, UnrecognisedFile
from lipon_eis.readers import Failure, find_files, formats, gather, read, read_many
from lipon_eis.readers.format import HEAD_BYTES
from lipon_eis.readers.registry import all_formats
from lipon_eis.spectrum import Spectrum

GOOD = layouts.encoded(*LAYOUTS["gamry"])


@pytest.fixture
def folder(tmp_path):
    """Two good files, a broken one, notes, a sample sheet, a picture; one good file in a folder below, one hidden."""
    (tmp_path / "below").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("T10.DTA", "T2.DTA", "below/deep.txt", ".hidden/no.DTA"):
        (tmp_path / name).write_bytes(GOOD)
    (tmp_path / "broken.DTA").write_bytes(b"EXPLAIN\nZCURVE\tTABLE\n\tPt\tFreq\n\t#\tHz\n")
    (tmp_path / "notes.txt").write_text("Film 7: annealed at 200 C.\nSee page 3.\n")
    (tmp_path / "samples.csv").write_text("file,thickness_um,temperature_C\nT2.DTA,1.2,25\n")
    (tmp_path / "plot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return tmp_path


def names(found):
    return [f.path.name for f in found]


def test_a_folder_is_gone_through_in_the_order_people_expect_without_hidden_files(folder):
    found = find_files([folder])
    assert names(found) == ["deep.txt", "broken.DTA", "notes.txt", "plot.png", "samples.csv", "T2.DTA", "T10.DTA"]
    assert not any(f.named for f in found)


def test_a_glob_names_its_files_and_a_file_met_twice_counts_once(folder):
    found = find_files([folder / "T*.DTA", folder / "T2.DTA", folder])
    assert names(found)[:2] == ["T2.DTA", "T10.DTA"]
    assert len(found) == 7
    assert [f.named for f in found[:3]] == [True, True, False]


def test_a_file_found_in_a_folder_and_then_named_is_named(folder):
    assert [f.named for f in find_files([folder, folder / "notes.txt"]) if f.path.name == "notes.txt"] == [True]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path):
    (tmp_path / "film[1].DTA").write_bytes(GOOD)
    (tmp_path / "film1.DTA").write_bytes(GOOD)
    assert names(find_files([tmp_path / "film[1].DTA"])) == ["film[1].DTA"]


@pytest.mark.parametrize("missing", ["nothing.DTA", "*.mpt", "no/folder"])
def test_a_path_that_does_not_exist_stops_before_any_work(missing, folder):
    with pytest.raises(InvalidOption, match="PATH does not exist: "):
        read_many([folder, folder / missing])


def test_in_a_folder_strange_files_are_passed_over_and_broken_ones_are_failures(folder):
    reading = gather([folder])
    assert [s.label for s in reading.spectra] == ["deep", "T2", "T10"]
    assert [f.source for f in reading.failures] == [(folder / "broken.DTA").as_posix()]
    assert [os.path.basename(p) for p in reading.passed_over] == ["notes.txt", "plot.png", "samples.csv"]


def test_a_strange_file_that_was_named_is_a_failure(folder):
    spectra, failures = read_many([folder / "notes.txt", folder / "T2.DTA"])
    assert len(spectra) == 1
    assert failures == [
        Failure(
            (folder / "notes.txt").as_posix(),
            None,
            "UnrecognisedFile",
            f"{folder / 'notes.txt'}: no reader knows this file: text without a table of numbers",
        )
    ]


def test_a_spectrum_says_which_bytes_it_came_from(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (spectrum,) = read(os.path.join("below", "deep.txt"))
    assert spectrum.meta["source"] == "below/deep.txt"
    assert spectrum.meta["sha256"] == __import__("hashlib").sha256(GOOD).hexdigest()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\n \n\n", "blank"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
        (bytes(range(256)) * 40, "binary"),
        (b"PK\x03\x04" + bytes(50), "zip"),
        (b'{"a": [1, 2]}', "JSON"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\x1f\x8b\x08" + bytes(50), "gzip archive, which is not read; unpack it"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5 file"),
        (b"EC-LAB SETTING FILE\r\n\r\nNumber of linked techniques : 1", "settings without data"),
        (b"EC-Lab LOG FILE\r\n\r\nPotentio", "log without data"),
        (rb"{\rtf1\ansi 1 2 3}", "RTF"),
        (b"EXPERIMENT 1 2 3", "text without a table"),
    ],
)
def test_what_is_no_export_is_called_by_its_name(content, what, write):
    with pytest.raises(UnrecognisedFile, match=what):
        read(write(content))


def test_a_folder_is_refused_as_one(tmp_path):
    with pytest.raises(UnreadableFile, match="folder"):
        read(tmp_path)


def test_a_missing_file_and_one_without_permission_are_refused_with_the_reason(tmp_path, monkeypatch):
    with pytest.raises(UnreadableFile, match="No such file"):
        read(tmp_path / "none.DTA")

    def denied(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", denied)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        read(tmp_path / "none.DTA")


def test_a_large_file_is_refused_by_its_beginning_or_by_its_size(tmp_path, monkeypatch):
    large = tmp_path / "large.bin"
    with open(large, "wb") as stream:
        stream.truncate(200_000_000)  # sparse: zeros, nothing on the disk
    start = time.perf_counter()
    with pytest.raises(UnrecognisedFile):
        read(large)
    assert time.perf_counter() - start < 0.5
    monkeypatch.setattr("lipon_eis.readers.reading.MAX_BYTES", HEAD_BYTES + 1000)
    large.write_bytes(GOOD + b"\n" * 2 * HEAD_BYTES)
    with pytest.raises(UnreadableFile, match="larger than"):
        read(large)


def test_recognising_looks_at_the_head_only_and_reading_at_all(tmp_path):
    n = 3000
    f = np.geomspace(1e6, 1e-1, n)
    path = tmp_path / "long.DTA"
    path.write_bytes(layouts.encoded(layouts.gamry(f, 1e3 / (1 + 1e-4j * f)), "cp1252"))
    assert path.stat().st_size > 2 * HEAD_BYTES
    assert len(read(path)[0]) == n


def test_a_format_may_be_named_and_must_exist(write):
    path = write("Freq\tZreal\tZimag\n" + "".join(f"{f}\t{z.real}\t{z.imag}\n" for f, z in zip(F, Z, strict=True)))
    assert read(path, format="delimited")[0].meta["format"] == "delimited"
    with pytest.raises(UnreadableFile, match="ZCURVE"):
        read(path, format="gamry")
    with pytest.raises(InvalidOption, match="did you mean gamry"):
        read(path, format="gamri")
    with pytest.raises(InvalidOption, match="as-is or negated"):
        read(path, imaginary="minus")


def test_every_module_with_a_format_is_asked_once():
    files = Path(readers.__file__).parent.glob("*.py")
    modules = {path.stem for path in files if "\nFORMAT = " in path.read_text("utf-8")}
    assert {format.recognises.__module__.rpartition(".")[2] for format in all_formats()} == modules
    assert len(set(formats())) == len(all_formats())
    assert formats()[-1] == "delimited"  # whoever is asked last takes what nobody knows


BEGINNINGS = [
    b"EXPLAIN\nZCURVE\tTABLE\n\tPt\tFreq\tZreal\tZimag\n\t#\tHz\tohm\tohm\n",
    b"EC-Lab ASCII FILE\nNb header lines : 3\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n",
    b"ZPLOT2 ASCII\n  Freq(Hz)\tZ'(a)\tZ''(b)\nEnd Comments\n",
    b"f/Hz;Re/ohm;-Im/ohm\n",
    b"f/Hz,|Z|/ohm,Phase\n",
    b"\xff\xfe",
    b"",
]
LINES = st.lists(
    st.one_of(
        st.text("0123456789.,;\t eE+-naif", max_size=30).map(str.encode),
        st.binary(max_size=20),
        st.tuples(st.floats(), st.floats(), st.floats()).map(lambda t: "\t".join(map(repr, t)).encode()),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginning=st.sampled_from(BEGINNINGS), lines=LINES, newline=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_whatever_the_bytes_the_outcome_is_spectra_or_our_error(beginning, lines, newline, tmp_path):
    path = tmp_path / "any.dat"
    path.write_bytes(beginning + newline.join(lines))
    try:
        spectra = read(path)
    except UnreadableFile:
        return
    assert spectra
    assert all(isinstance(s, Spectrum) for s in spectra)
