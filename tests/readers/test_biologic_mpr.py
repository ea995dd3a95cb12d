"""BioLogic ``.mpr``: numbers by column number in any order and version; anything uncertain is refused."""

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reader_cases import REAL, film

from lipon_eis.errors import LiponEisError, UnreadableFile
from lipon_eis.readers import read
from lipon_eis.readers.biologic_columns import FLAGS, WIDTHS, lay_out

F, Z = film(n=12)
PEIS = (32, 37, 38, 36, 35, 4, 77, 76, 169, 172, 24, 39, 33, 34, 131, 13)
MODULO_BAT = (1, 2, 3, 21, 31, 65, 131, 39, 4, 5, 6, 8, 7, 13, 32, 36, 35, 467, 468, 880, 469)
FORMS = {1: "B", 2: "H", 4: "f", 8: "d"}
STARTS = {0: 100, 2: 405, 3: 406, 10: 1007, 11: 1007}


def module(name, body, version, date=b"03/14/24"):
    head = b"MODULE" + name.ljust(10).encode() + b"long name".ljust(25)
    if version >= 10:
        return head + struct.pack("<4I", 0xFFFFFFFF, len(body), 0, version) + date + body
    return head + struct.pack("<2I", len(body), version) + date + body


def put(body, at, form, *values):
    struct.pack_into(form, body, at, *values)


def settings_module(
    version, *, technique=0x1D, comment="", area=0.001, area_unit=1, amplitude_mV=10.0, span=(1e6, 0.1)
):
    body = bytearray(6743)
    body[0] = technique
    text = comment.encode("cp1252")
    put(body, 7, f"B{len(text)}s", len(text), text)
    put(body, 0x211, "<f", area)
    body[0x251] = area_unit
    at, later = (0x1847, 3) if version >= 10 else (0x1846, 0)
    put(body, at, "<2H", 1, 52)
    put(body, at + 4 + 20 + later, "<fBfB", span[0], 2, span[1], 2)
    put(body, at + 4 + 36 + later, "<f", amplitude_mV)
    return module("VMP Set", bytes(body), 10 if version >= 10 else 0)


def log_module(version, *, channel=2, days=45365.39367):
    body = bytearray(0x400)
    body[9] = channel - 1
    put(body, 0xAB, "<I", 69651)
    put(body, 0x249, "<d", days)
    for at, text in ((0x3B7, b"11.50"), (0x3CF, b"0858")):
        put(body, at, "B5s", len(text), text)
    return module("VMP LOG", bytes(body), 10 if version >= 10 else 0)


def rows_of(frequency, impedance, cycle=1.0):
    """Values by column number, one dict a point."""
    return [
        {32: f, 37: z.real, 38: -z.imag, 36: abs(z), 35: np.degrees(np.angle(z)), 4: 10.0 * k, 24: cycle}
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True))
    ]


def data_module(rows, numbers=PEIS, version=11, widths=()):
    """Write the data module; ``widths`` gives the size of columns that the reader does not know."""
    sizes = WIDTHS | dict(widths)
    count, ids = ("<IH", "H") if version >= 10 else ("<IB", "B" if version == 0 else "H")
    head = struct.pack(count, len(rows), len(numbers)) + struct.pack(f"<{len(numbers)}{ids}", *numbers)
    first_flag = next((n for n in numbers if n in FLAGS), None)
    stored = [(n, FORMS[sizes.get(n, 1)]) for n in numbers if n not in FLAGS or n == first_flag]
    integers = {39, 131, 468, 469, 509}
    body = head.ljust(STARTS[version], b"\0")
    for row in rows:
        for number, form in stored:
            form = "I" if number in integers and form == "f" else form
            value = row.get(number, 7)
            body += struct.pack(f"<{form}", int(value) if form in "BHI" else value)
    return module("VMP data", body, version)


def mpr(rows, numbers=PEIS, version=11, *, log=True, widths=(), **about):
    magic = b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + bytes(4)
    parts = (settings_module(version, **about), data_module(rows, numbers, version, widths))
    return magic + b"".join(parts) + (log_module(version) if log else b"")


@pytest.mark.parametrize("version", STARTS)
def test_every_version_of_the_data_module_reads_back(version, write):
    (spectrum,) = read(write(mpr(rows_of(F, Z), version=version), "film.mpr"))
    assert_allclose(spectrum.frequency, F, rtol=1e-7)
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert spectrum.meta["format"] == "biologic-mpr"
    assert not spectrum.notes


@given(order=st.permutations((*PEIS, 473, 486, 1, 21, 468)))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_the_columns_changes_nothing(order, write):
    (spectrum,) = read(write(mpr(rows_of(F, Z), tuple(order))))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)


def test_a_byte_that_makes_a_signalling_nan_masks_that_point_alone(write):
    data = mpr(rows_of(F, Z), PEIS)
    (spectrum,) = read(write(data.replace(struct.pack("<f", Z[5].real), b"\x01\x00\xa0\x7f")))
    assert np.flatnonzero(spectrum.masked).tolist() == [5]


def test_loops_are_spectra_of_their_own(write):
    rows = rows_of(F, Z, 1.0) + rows_of(F, 2 * Z, 2.0) + rows_of(F, 3 * Z, 3.0)
    spectra = read(write(mpr(rows)))
    assert [s.meta["cycle"] for s in spectra] == [1, 2, 3]
    for factor, spectrum in enumerate(spectra, 1):
        assert_allclose(spectrum.impedance, factor * Z, rtol=1e-6)


def test_impedance_steps_among_cycling_rows_are_found_from_modulus_and_phase_alone(write):
    cycling = [{4: float(k), 6: 3.7} for k in range(5)]
    idle = [{**row, 32: 0.0, 36: 0.0, 35: 0.0} for row in cycling]
    rows = [*idle, *rows_of(F, Z), *idle, *rows_of(F, 2 * Z), *idle]
    first, second = read(write(mpr(rows, MODULO_BAT, technique=0x7F)))
    assert_allclose(first.impedance, Z, rtol=1e-6)
    assert_allclose(second.impedance, 2 * Z, rtol=1e-6)
    assert first.meta["technique"] == "Modulo Bat"


def test_cycling_rows_alone_are_refused(write):
    idle = [{32: 0.0, 36: 0.0, 35: 0.0} for _ in range(5)]
    with pytest.raises(UnreadableFile, match="every frequency is 0"):
        read(write(mpr(idle, MODULO_BAT)))


@pytest.mark.parametrize("width", [1, 2, 4, 8])
@pytest.mark.parametrize("place", [0, 3, 16])
def test_one_column_of_unknown_number_is_passed_over_wherever_it_stands(width, place, write):
    numbers = (*PEIS[:place], 999, *PEIS[place:])
    (spectrum,) = read(write(mpr(rows_of(F, Z), numbers, widths={999: width})))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert any("999" in note for note in spectrum.notes)


def test_unknown_columns_behind_the_impedance_are_passed_over_whatever_their_sizes(write):
    numbers, widths = (*PEIS, 999, 1000, 1001), {999: 1, 1000: 8, 1001: 2}
    (spectrum,) = read(write(mpr(rows_of(F, Z), numbers, widths=widths)))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)


def test_unknown_columns_before_the_impedance_are_believed_to_be_floats_only_where_the_four_readings_agree(write):
    before = (998, 999, 1000)
    good = mpr(rows_of(F, Z), (*before, *PEIS), widths=dict.fromkeys(before, 4))
    (spectrum,) = read(write(good))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    # The same sum of sizes, but one of them behind the impedance: the four readings are then at other places.
    numbers, widths = (998, 999, *PEIS, 1000), {998: 8, 999: 2, 1000: 2}
    with pytest.raises(UnreadableFile):
        read(write(mpr(rows_of(F, Z), numbers, widths=widths)))


def test_unknown_columns_before_a_modulus_and_phase_that_nothing_confirms_are_refused(write):
    data = mpr(rows_of(F, Z), (998, 999, 32, 36, 35, 1000), widths={998: 4, 999: 4, 1000: 4})
    with pytest.raises(UnreadableFile, match=r"998, 999, 1000.*export it as text"):
        read(write(data))


@given(
    known=st.lists(st.sampled_from(sorted(WIDTHS)), min_size=1, max_size=6, unique=True),
    unknown=st.dictionaries(st.integers(2000, 3000), st.sampled_from([1, 2, 4, 8]), max_size=4),
    random=st.randoms(use_true_random=False),
)
def test_a_place_that_is_given_is_the_true_one(known, unknown, random):
    numbers = [*known, *unknown]
    random.shuffle(numbers)
    sizes = [WIDTHS.get(n) or unknown[n] for n in numbers]
    record = lay_out(numbers, [], sum(sizes))
    true = np.cumsum([0, *sizes[:-1]]).tolist()
    assert record is not None
    assert all(place in (None, at) for place, at in zip(record.offsets, true, strict=True))
    if len(unknown) < 2:
        assert list(record.offsets) == true


@pytest.mark.parametrize("change", [-1, 1, 4])
def test_a_record_that_the_columns_do_not_fill_is_refused(change, write):
    data = bytearray(mpr(rows_of(F, Z), log=False))
    at = data.index(b"VMP data") + 35 + 4
    (length,) = struct.unpack_from("<I", data, at)
    put(data, at, "<I", length + change * len(F))
    with pytest.raises(UnreadableFile, match="do not fill the data module"):
        read(write(bytes(data) + bytes(max(change, 0) * len(F))))


def test_a_reading_that_contradicts_itself_is_refused(write):
    rows = rows_of(F, Z)
    rows[5][36] *= 1.1
    with pytest.raises(UnreadableFile, match="contradict"):
        read(write(mpr(rows)))


def test_the_impedance_between_the_electrodes_is_taken_where_there_is_no_other(write):
    rows = [{32: row[32], 432: row[37], 433: row[38]} for row in rows_of(F, Z)]
    (spectrum,) = read(write(mpr(rows, (32, 4, 432, 433))))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert any("Zwe-ce" in note for note in spectrum.notes)
    beside = [{**three, **row} for three, row in zip(rows, rows_of(F, 2 * Z), strict=True)]
    (spectrum,) = read(write(mpr(beside, (32, 432, 433, 37, 38))))
    assert_allclose(spectrum.impedance, 2 * Z, rtol=1e-6)
    (note,) = spectrum.notes
    assert note.startswith("Z, of the working electrode against the reference, is taken; beside it: Zwe-ce; to read")


def test_other_electrodes_whose_columns_are_empty_are_not_named(write):
    rows = [{**row, 432: 0.0, 433: 0.0, 431: 0.0} for row in rows_of(F, Z)]
    assert not read(write(mpr(rows, (32, 431, 432, 433, 37, 38))))[0].notes


@pytest.mark.parametrize(
    ("numbers", "points", "why"),
    [
        ((1, 4, 6, 8), 5, "no column freq/Hz: Open Circuit Voltage measured no impedance"),
        ((32, 4, 37), 5, "found the columns 'freq/Hz', 'time/s', 'Re"),
        (PEIS, 0, "0 points"),
    ],
)
def test_a_file_without_a_spectrum_says_why(numbers, points, why, write):
    with pytest.raises(UnreadableFile, match=why):
        read(write(mpr(rows_of(F, Z)[:points], numbers, technique=0x0B)))


@pytest.mark.parametrize("version", [3, 11])
def test_metadata_stand_where_the_docstrings_say(version, write):
    data = mpr(rows_of(F, Z), version=version, comment="LiPON 1 µm, 25°C", area=113.1, area_unit=2, amplitude_mV=7.1)
    meta = read(write(data))[0].meta
    assert meta["technique"] == "Potentio Electrochemical Impedance Spectroscopy"
    assert meta["comment"] == "LiPON 1 µm, 25°C"
    assert meta["area_m2"] == pytest.approx(1.131e-4)
    assert meta["amplitude_V"] == pytest.approx(7.1e-3)
    assert (meta["bias_V"], meta["bias_versus"]) == (0.0, "Eoc")
    assert meta["channel"] == "2 (SN 69651)"
    assert meta["date"] == "2024-03-14 09:26:53.088"
    assert meta["software"] == "EC-Lab v11.50"
    assert meta["serial_number"] == "0858"
    assert {"area_m2", "amplitude_V", "date", "channel"} <= meta["origin"].keys()


@pytest.mark.parametrize(
    ("area", "unit"), [(0.001, 1), (0.001, 2), (0.0, 1), (2.5, 0), (2.5, 9), (-1.0, 1), (np.inf, 1)]
)
def test_no_area_is_taken_from_a_default_or_an_unknown_unit(area, unit, write):
    assert "area_m2" not in read(write(mpr(rows_of(F, Z), area=area, area_unit=unit)))[0].meta


def test_settings_that_name_other_frequencies_than_the_measured_are_not_believed(write):
    assert "amplitude_V" not in read(write(mpr(rows_of(F, Z), span=(1e5, 0.1))))[0].meta


def test_without_a_log_module_the_date_is_that_of_the_data(write):
    meta = read(write(mpr(rows_of(F, Z), log=False)))[0].meta
    assert meta["date"] == "03/14/24"


def test_a_file_cut_anywhere_has_the_first_points_and_a_note_or_is_refused(write):
    data = mpr(rows_of(F, Z))
    (whole,) = read(write(data))
    lengths = set()
    for end in range(23, len(data), 17):
        try:
            (spectrum,) = read(write(data[:end]))
        except UnreadableFile:
            continue
        n = len(spectrum)
        lengths.add(n)
        assert np.array_equal(spectrum.impedance, whole.impedance[:n])
        assert np.array_equal(spectrum.frequency, whole.frequency[:n])
        assert spectrum.notes or n == len(whole)
    assert lengths >= set(range(1, len(whole) + 1))


@given(at=st.integers(0, 10_000), replacement=st.binary(min_size=1, max_size=8))
@settings(max_examples=300, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_outside_the_records_gives_the_same_numbers_or_our_error(at, replacement, write):
    data = mpr(rows_of(F, Z), (1, *PEIS, 999), widths={999: 4})
    records = data.index(b"VMP data") + 59 + 1007
    at %= len(data)
    if records - len(replacement) < at < data.index(b"VMP LOG"):
        return  # a reading: it may be any number
    expected = read(write(data))[0]
    changed = data[:at] + replacement + data[at + len(replacement) :]
    named = "film.mpr"
    try:
        spectra = read(write(changed, "film.mpr"))
    except UnreadableFile as error:
        named = error.path.name
        spectra = []
    assert named == "film.mpr"
    for spectrum in spectra:
        assert set(np.round(np.log(spectrum.frequency), 4)) <= set(np.round(np.log(expected.frequency), 4))
        assert_allclose(np.abs(spectrum.impedance), np.abs(expected.impedance)[: len(spectrum)], rtol=1e-2)


@pytest.mark.parametrize("name", ["yadg__mb.issue_223.mpr", "yadg__peis.issue_225.with_ece.mpr", "yadg__zir.mpr"])
def test_junk_in_a_real_file_is_our_error_or_a_spectrum_and_never_hangs(name, write):
    path = REAL / "biologic_mpr" / name
    if not path.exists():
        pytest.skip("the folder of real files is not at hand")
    data = path.read_bytes()
    random = np.random.default_rng(7)
    for _ in range(150):
        changed = bytearray(data)
        for at in random.integers(0, len(data), random.integers(1, 20)):
            changed[at] = random.integers(256)
        with contextlib.suppress(LiponEisError):
            read(write(bytes(changed)))


def test_a_length_that_the_file_does_not_have_allocates_nothing(write):
    data = bytearray(mpr(rows_of(F, Z), log=False))
    head = data.index(b"VMP data") + 35
    put(data, head + 4, "<I", 0xFFFFFFF0)
    put(data, head + 24, "<I", 0xFFFFFFFF)
    with pytest.raises(UnreadableFile):
        read(write(bytes(data)))
