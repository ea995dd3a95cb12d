"""Ivium files of one and of several measurements, with the binary between their parts."""

import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reader_cases import film

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

F, Z = film(n=25)
SETTINGS = settings(
    max_examples=100, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


def measurement(
    frequency,
    impedance,
    *,
    method="Impedance",
    technique="Constant E",
    area="1",
    title="film 7",
    extra="",
    planned=None,
):
    rows = [
        f"{z.real:.5E}".ljust(13) + f"{z.imag:.5E}\t{f:.5E} " + extra for f, z in zip(frequency, impedance, strict=True)
    ]
    lines = [
        "\0\0\0\0H\0\0\0",
        "Peaks=false",
        "Corrosion=false",
        "Solarcell=false",
        "<\x07\0\0",
        "starttime=14.03.2024 09:26:53",
        "timing=2",
        "timing.time[1]=2.4",
        f"Method={method}",
        f"Technique={technique}",
        f"Title={title}",
        "E start=0.1",
        "I start=1E-6",
        f"Frequencies={len(rows)}",
        *(f"Frequencies.amp[{k + 1}]=0.01" for k in range(len(rows))),
        f"Data Options.Area={area}",
        "Report.Process data=instrument  : B12345\x1c\x1echannel     : 3\x1c\x1e",
        "> \x0c\x01\0",
        "2         ",
        "Data Objects    ",
        "primary_data    ",
        f"{3 + len(extra.split())}         ",
        f"{len(rows) if planned is None else planned}        ",
        *rows,
        "7         ",
        "osc_data        ",
        "2",
        "1.00000E+05  4.11584E-05  3.71661E-04 ",
        "4.00000E+00  7.44146E-05  3.68467E-03 ",
        "\0\0",
    ]
    return "\r\n".join(lines) + "\r\n"


def binary(*measurements):
    return "".join(measurements).encode("latin-1")


def assert_same(spectrum, z=Z):
    assert_allclose(spectrum.frequency, F, rtol=5e-6)
    assert np.all(np.abs(spectrum.impedance - z) <= 2e-5 * np.abs(z))


def test_a_measurement_reads_as_written_with_its_metadata(write):
    (spectrum,) = read(write(binary(measurement(F, Z)), "film.dat"))
    assert_same(spectrum)
    meta = spectrum.meta
    assert (meta["format"], meta["technique"]) == ("ivium", "Impedance, Constant E")
    assert (meta["title"], meta["instrument"], meta["channel"]) == ("film 7", "B12345", "3")
    assert (meta["bias_V"], meta["amplitude_V"], meta["date"]) == (0.1, 0.01, "14.03.2024 09:26:53")
    assert "bias_A" not in meta
    assert "Solarcell" in meta["ignored"]


def test_a_controlled_current_has_amplitude_and_bias_of_current(write):
    meta = read(write(binary(measurement(F, Z, technique="Constant I"))))[0].meta
    assert (meta["bias_A"], meta["amplitude_A"]) == (1e-6, 0.01)
    assert "amplitude_V" not in meta


def test_an_area_of_1_is_taken_for_the_default(write):
    assert "area_m2" not in read(write(binary(measurement(F, Z))))[0].meta
    assert read(write(binary(measurement(F, Z, area="0.25"))))[0].meta["area_m2"] == pytest.approx(2.5e-5)


def test_each_measurement_keeps_its_own_settings_and_other_methods_are_passed_over(write):
    cyclic = measurement(np.linspace(0.1, 1, 9), np.linspace(0, 1, 9) + 1j, method="CyclicVoltammetry")
    first, second = read(
        write(binary(measurement(F, Z), cyclic, measurement(F, 2 * Z, title="film 8", area="0.5")), "chip.ids")
    )
    assert_same(first)
    assert_same(second, 2 * Z)
    assert [s.meta["title"] for s in (first, second)] == ["film 7", "film 8"]
    assert "area_m2" not in first.meta
    assert second.meta["area_m2"] == pytest.approx(5e-5)
    assert "measurement 2: CyclicVoltammetry" in first.meta["ignored"]
    with pytest.raises(UnreadableFile, match="Method=CyclicVoltammetry"):
        read(write(binary(cyclic)))


def test_further_columns_are_passed_over(write):
    assert_same(read(write(binary(measurement(F, Z, extra="0.1 25"))))[0])


def test_the_waveforms_behind_the_table_are_not_read_as_its_rows(write):
    with pytest.raises(UnreadableFile, match="expected 27 rows, found 25"):
        read(write(binary(measurement(F, Z, planned=27))))
    with pytest.raises(UnreadableFile, match="expected 24 rows, found 25"):
        read(write(binary(measurement(F, Z, planned=24))))


@pytest.mark.parametrize("bad", ["", "3x", "-3", "99999999999999999999", "2"])
def test_a_table_without_its_numbers_of_columns_is_refused_with_the_line(bad, write):
    text = measurement(F, Z).replace("\r\n3         \r\n", f"\r\n{bad}\r\n")
    with pytest.raises(UnreadableFile, match="columns") as caught:
        read(write(binary(text)))
    assert text.split("\r\n")[caught.value.line - 1] == bad


def test_a_damaged_row_is_refused_and_not_taken_for_the_end_of_the_table(write):
    lines = measurement(F, Z).split("\r\n")
    at = next(k for k, line in enumerate(lines) if line.startswith("primary_data")) + 3
    for damage in ("1.09", "", "x y z", lines[at + 9][:8]):
        changed = "\r\n".join([*lines[: at + 9], damage, *lines[at + 10 :]])
        with pytest.raises(UnreadableFile) as caught:
            read(write(binary(changed)))
        assert caught.value.line is not None


def test_a_file_cut_anywhere_has_fewer_points_and_says_so(write):
    data = binary(measurement(F, Z), measurement(F, 2 * Z))
    whole = [dict(zip(s.frequency, s.impedance, strict=True)) for s in read(write(data))]
    for end in range(0, len(data), 7):
        path = write(data[:end], "film.ids")
        try:
            spectra = read(path)
        except UnreadableFile:
            continue
        for spectrum, known in zip(spectra, whole, strict=False):
            assert all(known[f] == z for f, z in zip(spectrum.frequency, spectrum.impedance, strict=True))
            assert len(spectrum) == len(known) or any("cut" in note for note in spectrum.notes)


@given(places=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4))
@SETTINGS
def test_no_changed_byte_brings_another_error(places, tmp_path):
    data = bytearray(binary(measurement(F, Z)))
    for place, byte in places:
        data[place % len(data)] = byte
    path = tmp_path / "film.idf"
    path.write_bytes(data)
    with contextlib.suppress(UnreadableFile):
        assert all(0 < len(s) <= len(F) for s in read(path))
