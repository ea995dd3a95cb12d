"""Spreadsheets: each sheet with a table of impedance is read, others are named, and no archive does harm."""

import builtins
import io
import zipfile

import numpy as np
import pytest
from damage import spectra_or_our_error
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile, UnrecognisedFile
from lipon_eis.readers import read, xlsx
from lipon_eis.readers.reading import gather

openpyxl = pytest.importorskip("openpyxl")
NAMES = ("Frequency (Hz)", "Z' (Ohm)", "-Z'' (Ohm)")


def workbook(sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(z=Z, names=NAMES):
    return [names, *zip(F.tolist(), z.real.tolist(), (-z.imag).tolist(), strict=True)]


def assert_is_z(spectrum, z=Z):
    # The file writes 16 digits.
    assert np.all(np.abs(spectrum.frequency - F) <= 1e-14 * F)
    assert np.all(np.abs(spectrum.impedance - z) <= 1e-14 * np.abs(z))


def test_every_sheet_with_a_table_is_read_with_its_preamble_and_others_are_named(write):
    data = workbook(
        {
            "cold": [("Temperature", 25, "°C"), (), *table()],
            "notes": [("film 7", 3.5), ("made on Tuesday",)],
            "warm": [("Temperature", 60, "°C"), ("Area", 0.5, "cm2"), *table(2 * Z)],
            "empty": [],
        }
    )
    cold, warm = read(write(data, "films.xlsx"))
    assert_is_z(cold)
    assert_is_z(warm, 2 * Z)
    assert (cold.temperature, warm.temperature) == (298.15, 333.15)
    assert (cold.meta["sheet"], warm.meta["sheet"]) == ("cold", "warm")
    assert warm.meta["area_m2"] == pytest.approx(5e-5)
    assert (cold.meta["format"], cold.label, warm.label) == ("xlsx", "films#0", "films#1")
    assert {"sheet notes", "sheet empty"} <= set(cold.meta["ignored"])


def test_units_below_the_names_sweeps_below_each_other_and_an_offset_are_understood(write):
    rows = [("Frequency", "Z'", "-Z''"), ("kHz", "kOhm", "kOhm")]
    values = [(f / 1e3, z.real / 1e3, -z.imag / 1e3) for z0 in (Z, 3 * Z) for f, z in zip(F, z0, strict=True)]
    shifted = [(None, None, *map(float, row)) if isinstance(row[0], float) else (None, None, *row) for row in values]
    one, two = read(write(workbook({"s": [(), *[(None, None, *r) for r in rows], *shifted]})))
    assert np.allclose(one.impedance, Z, rtol=1e-12)
    assert np.allclose(two.impedance, 3 * Z, rtol=1e-12)


def test_an_admittance_is_read_too(write):
    y = 1 / Z
    rows = [("f/Hz", "G/S", "B/S"), *zip(F.tolist(), y.real.tolist(), y.imag.tolist(), strict=True)]
    (spectrum,) = read(write(workbook({"s": rows})))
    assert np.allclose(spectrum.impedance, Z, rtol=1e-12)


def test_a_bad_cell_is_named_by_sheet_and_row(write):
    rows = table()
    rows[5] = (rows[5][0], "n/a", rows[5][2])
    with pytest.raises(UnreadableFile, match=r":6: sheet 'film': expected a number, found 'n/a'"):
        read(write(workbook({"film": rows})))


def test_a_workbook_without_impedance_is_passed_over_in_a_folder_and_refused_by_name(write, tmp_path):
    path = write(workbook({"films": [("film", "thickness"), ("a", 1.2)]}), "films.xlsx")
    with pytest.raises(UnrecognisedFile, match="no sheet holds a table of impedance: 'films'"):
        read(path)
    assert gather(tmp_path).passed_over == [path.as_posix()]


def test_without_openpyxl_the_refusal_says_how_to_install_it(write, monkeypatch):
    path = write(workbook({"s": table()}))
    imported = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("openpyxl"):
            raise ImportError(name)
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnreadableFile, match=r"pip install lipon_eis\[xlsx\]"):
        read(path)


def repacked(change, data=None):
    """Return a workbook whose parts went through ``change(name, content)``; None leaves a part out."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or workbook({"s": table()}))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return stream.getvalue()


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(write):
    bomb = repacked(lambda name, content: content + b" " * (1 << 27) if name.endswith("sheet1.xml") else content)
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match="unpacks to 134 MB"):
        read(write(bomb))


def test_a_document_that_defines_entities_is_refused(write):
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = repacked(lambda name, content: evil + content if name.endswith("sheet1.xml") else content)
    with pytest.raises(UnreadableFile, match="document type"):
        read(write(data))


def test_more_rows_or_columns_than_a_table_has_are_refused(write, monkeypatch):
    monkeypatch.setattr(xlsx, "_MAX_ROWS", 20)
    with pytest.raises(UnreadableFile, match="more than 20 rows"):
        read(write(workbook({"s": table()})))
    with pytest.raises(UnreadableFile, match="100 columns"):
        read(write(workbook({"s": [tuple(range(101))]})))


def test_other_archives_are_no_spreadsheets(write):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data/film.csv", "f,re,im\n1,2,3\n")
    with pytest.raises(UnrecognisedFile, match="zip archive"):
        read(write(stream.getvalue(), "data.zip"))
    with pytest.raises(UnreadableFile, match=r"no \.xlsx workbook"):
        read(write(repacked(lambda name, content: None if name == "xl/workbook.xml" else content)))


def test_a_damaged_workbook_gives_our_errors_or_the_same_numbers(write):
    whole = workbook({"s": table()})
    random = np.random.default_rng(3)
    for place in random.integers(0, len(whole), 120).tolist():
        cut = whole[:place]
        flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        for data in (cut, flipped):
            try:
                spectra = read(write(data))
            except UnreadableFile:
                continue
            assert_is_z(spectra[0])


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_damaged_xml_inside_a_sound_archive_gives_our_error_or_points_of_the_table(part, write):
    random = np.random.default_rng(4)

    def damaged(name, content):
        if name != part:
            return content
        at = int(random.integers(0, len(content)))
        return content[:at] + random.bytes(3) + content[at + 2 :]

    for _ in range(40):
        spectra = spectra_or_our_error(write(repacked(damaged)))
        assert all(len(spectrum) <= F.size for spectrum in spectra)
