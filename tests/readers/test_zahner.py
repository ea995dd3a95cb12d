"""Zahner's binary and text files: the numbers as written, the overlap left out, no byte that brings another error."""

import contextlib
import struct

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reader_cases import film

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

F, Z = film(n=25)
UP = F[::-1], Z[::-1]
SETTINGS = settings(
    max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
TEXTS = ("140324", "film 7", "0.1V, Ampl: 10mV", "-1.825nA", "24.8+-0.1C", "09:26:53 - 09:40:11", "LiPON", "annealed")


def ism(frequency, impedance, texts=TEXTS, version=-2, count=None):
    n = len(frequency)
    columns = [frequency, np.abs(impedance), np.angle(impedance), 1.3e9 + np.arange(n)]
    texts = [*texts, *[""] * (12 - len(texts))]
    strings = b"".join(struct.pack(">h", len(t)) + t.swapcase().encode("latin-1") for t in texts)
    return b"".join(
        [
            struct.pack(">hihi", 0, version, 0, n - 1 if count is None else count),
            np.array(columns).astype(">f8").tobytes(),
            np.full(n, 1000).astype(">i2").tobytes(),
            strings,
            struct.pack(">h", 256),
            np.zeros(32).astype(">f8").tobytes(),
        ]
    )


def prefixed(value, decimal="."):
    """Write a number as Zahner's scripts do: three decimals and a prefix."""
    for factor, prefix in ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u")):
        if abs(value) >= factor:
            return f"{value / factor:.3f}{prefix}".replace(".", decimal)
    return f"{value:.3f}"


def script_csv(frequency, impedance, decimal="."):
    rows = [
        ";".join(prefixed(v, decimal) for v in (f, abs(z), np.degrees(np.angle(z))))
        for f, z in zip(frequency, impedance, strict=True)
    ]
    return "\n".join(["Frequency;Impedance;Phase", *rows]) + "\n"


def thales(spectra, mark="  ", settings="Potential.....: 0.100V, Ampl: 10mV\nTemperature...: 24.8+-0.1C\n"):
    names = ("Number", "Frequency/Hz", "Impedance/Ohm", "Phase/deg", "Significance", "Time/s")
    rows = [
        mark.join(f"{v:.9g}" for v in (k, f, abs(z), np.degrees(np.angle(z)), 0.998, 1.5 * k))
        for frequency, impedance in spectra
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True))
    ]
    return settings + "\n" + "\n".join([mark.join(names), *rows]) + "\n"


def assert_same(spectrum, f=F, z=Z, rtol=1e-12):
    assert_allclose(spectrum.frequency, f, rtol=rtol)
    assert np.all(np.abs(spectrum.impedance - z) <= rtol * np.abs(z))


@pytest.mark.parametrize("version", [-1, -2])
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_ism_reads_as_written_whichever_way_the_sweep_ran(order, version, write):
    (spectrum,) = read(write(ism(F[order], Z[order], version=version), "film.dat"))
    assert_same(spectrum)
    assert spectrum.meta["format"] == "zahner-ism"
    assert spectrum.notes == ()


def test_ism_takes_what_its_texts_say(write):
    (spectrum,) = read(write(ism(F, Z)))
    meta = spectrum.meta
    assert_allclose([meta["bias_V"], meta["amplitude_V"], meta["bias_A"]], [0.1, 0.01, -1.825e-9])
    assert spectrum.temperature == pytest.approx(297.95)
    assert (meta["date"], meta["comment"], meta["system"]) == ("2024-03-14 09:26:53", "LiPON annealed", "film 7")
    assert meta["technique"] == "potentiostatic impedance"
    assert meta["origin"]["amplitude_V"] == "text 3 (potential)"


@pytest.mark.parametrize("text", ["-0.2+-0.1C", "0.0+-0.2C", "-273.15+-0.0C", "RT"])
def test_an_input_without_a_sensor_is_no_temperature(text, write):
    (spectrum,) = read(write(ism(F, Z, (*TEXTS[:4], text))))
    assert spectrum.temperature is None
    assert any(text in what for what in spectrum.meta["ignored"])


def test_an_area_of_1_cm2_is_taken_for_the_default_and_another_is_not(write):
    def area(text):
        return read(write(ism(F, Z, (*TEXTS, "", "", text))))[0].meta.get("area_m2")

    assert area("1cm²") is None
    assert area("0.25 cm²") == pytest.approx(2.5e-5)


def test_a_galvanostatic_run_has_an_amplitude_of_current(write):
    meta = read(write(ism(F, Z, ("", "", "0.0V", "3.6102mA, Ampl: 1A"))))[0].meta
    assert meta["amplitude_A"] == 1.0
    assert meta["technique"] == "galvanostatic impedance"
    assert "amplitude_V" not in meta


def test_the_points_before_the_turn_are_left_out_with_a_note(write):
    inside = np.arange(12, 0, -1)  # up from the middle; the turn is the first point of the sweep down
    frequency, impedance = np.concatenate([F[inside], F]), np.concatenate([1.05 * Z[inside], Z])
    for content in (ism(frequency, impedance), thales([(frequency, impedance)])):
        (spectrum,) = read(write(content))
        assert_same(spectrum, rtol=1e-7)
        assert any("12 points before the sweep turns" in note for note in spectrum.notes)


def test_a_whole_sweep_up_and_down_is_two_spectra(write):
    frequency, impedance = np.concatenate([UP[0], F]), np.concatenate([2 * UP[1], Z])
    first, second = read(write(ism(frequency, impedance)))
    assert_same(first, z=2 * Z)
    assert_same(second)


def test_a_cut_ism_file_keeps_all_points_or_is_refused(write):
    data = ism(F, Z)
    needed = 12 + 24 * len(F)
    for end in range(len(data)):
        path = write(data[:end])
        if end < needed:
            with pytest.raises(UnreadableFile, match=str(path)):
                read(path)
        else:
            (spectrum,) = read(path)
            assert_same(spectrum)
            texts_whole = end >= len(data) - 2 - 256
            assert texts_whole or any("was it cut" in note for note in spectrum.notes)


@pytest.mark.parametrize("count", [-1, -2, -(2**31), 25, 10**6, 2**31 - 1])
def test_a_number_of_points_that_the_file_cannot_hold_is_refused(count, write):
    with pytest.raises(UnreadableFile, match="says it holds"):
        read(write(ism(F, Z, count=count)[: 12 + 24 * len(F)]))


def test_numbers_moved_by_lost_bytes_are_refused(write):
    data = ism(F, np.full(25, 0.5 - 0.1j))  # |Z| could be frequencies, phases could be moduli
    for place in range(12, 12 + 24 * len(F), 8):
        with pytest.raises(UnreadableFile, match=r"damaged|lost or changed"):
            read(write(data[:place] + data[place + 8 :]))


@given(place=st.integers(0, 1500), byte=st.integers(0, 255), again=st.integers(0, 620), other=st.integers(0, 255))
@SETTINGS
def test_no_changed_byte_of_an_ism_file_brings_another_error(place, byte, again, other, tmp_path):
    data = bytearray(ism(F, Z))
    data[place % len(data)], data[again % len(data)] = byte, other
    path = tmp_path / "film.ism"
    path.write_bytes(data)
    with contextlib.suppress(UnreadableFile):
        assert all(0 < len(s) <= len(F) for s in read(path))


@pytest.mark.parametrize("decimal", [".", ","])
def test_numbers_with_prefixes_are_those_numbers(decimal, write):
    frequency = np.array([0.005, 1.5, 20.0, 3.3e3, 2e6])
    impedance = np.array([3e7 - 2e7j, 5e3 - 1e3j, 80 - 2j, 0.5 - 0.003j, 0.002 + 0.0001j])
    (spectrum,) = read(write(script_csv(frequency, impedance, decimal)))
    assert_same(spectrum, frequency[::-1], impedance[::-1], rtol=2e-3)
    assert spectrum.meta["format"] == "zahner-text"


def test_milli_is_not_mega(write):
    (spectrum,) = read(write("Frequency;Impedance;Phase\n1.000M;2.000m;-3.000\n1.000k;2.000M;-4.000\n"))
    assert spectrum.frequency.tolist() == [1e6, 1e3]
    assert_allclose(np.abs(spectrum.impedance), [2e-3, 2e6])


def test_a_prefix_cut_off_at_the_end_leaves_the_point_out(write):
    text = script_csv(F, Z.real + 1j * Z.imag / 1e6)  # phases in milli- and microdegrees
    whole = read(write(text))[0]
    for cut in range(1, len(text.splitlines()[-1]) + 1):
        (spectrum,) = read(write(text[:-cut]))
        assert len(spectrum) < len(whole)
        assert set(spectrum.impedance) <= set(whole.impedance)
        assert any("left out" in note or "no rows" in note for note in spectrum.notes)


def test_thales_text_is_read_with_its_settings(write):
    for mark in ("  ", ",", "\t"):
        (spectrum,) = read(write(thales([(F, Z)], mark)))
        assert_same(spectrum, rtol=1e-7)
        assert_allclose([spectrum.meta["bias_V"], spectrum.meta["amplitude_V"]], [0.1, 0.01])
        assert spectrum.temperature == pytest.approx(297.95)
        assert spectrum.meta["origin"]["bias_V"] == "header line 1"


def test_a_list_of_spectra_is_as_many_spectra(write):
    spectra = read(write(thales([(F, Z), (F, 2 * Z), (F, 3 * Z)], ",")))
    for factor, spectrum in zip((1, 2, 3), spectra, strict=True):
        assert_same(spectrum, z=factor * Z, rtol=1e-7)


HEAD = "Potential.....: 0.100V, Ampl: 10mV\nTemperature...: 24.8+-0.1C\n"
OTHER = "Impedance data: second\nPotential.....: 0.300V, Ampl: 5mV\n"


@pytest.mark.parametrize("mark", [",", "\t", "  "])
@pytest.mark.parametrize(
    ("between", "title", "bias", "kelvin"),
    [("", None, 0.1, 297.95), ("Spectrum 2", "Spectrum 2", 0.1, 297.95), (OTHER, "Impedance data: second", 0.3, None)],
    ids=["names", "text", "head"],
)
def test_a_list_with_names_between_has_a_spectrum_and_a_head_for_each_table(between, title, bias, kelvin, mark, write):
    text = thales([(F, Z)], mark, HEAD) + "\n" + thales([(F, 2 * Z)], mark, between).lstrip("\n")
    first, second = read(write(text))
    assert_same(first, rtol=1e-7)
    assert_same(second, z=2 * Z, rtol=1e-7)
    assert (first.meta["bias_V"], first.temperature) == (0.1, pytest.approx(297.95))
    assert second.meta["bias_V"] == bias
    assert second.temperature == (kelvin and pytest.approx(kelvin))
    assert (first.meta.get("title"), second.meta.get("title")) == (None, title)
    assert first.notes == second.notes == ()


def test_tables_of_numbers_with_prefixes_below_each_other_are_a_spectrum_each(write):
    first, second = read(write(script_csv(F, Z) + script_csv(F, 2 * Z)))
    assert_same(first, rtol=2e-3)
    assert_same(second, z=2 * Z, rtol=2e-3)


def test_words_in_the_head_that_are_no_setting_are_listed(write):
    (spectrum,) = read(write("Sample 7\n" + thales([(F, Z)])))
    assert "Sample 7" in spectrum.meta["ignored"]


def test_zahner_analysis_text_with_the_phase_in_radians_alone_is_read(write):
    rows = [f"{f:.9g}\t{abs(z):.9g}\t{np.angle(z):.9g}\t0.5\t1" for f, z in zip(F, Z, strict=True)]
    names = ["frequency (Hz)", "impedance (Ω)", "phase / rad (rad)", "time (s)", "significance"]
    (spectrum,) = read(write("\n".join(["File: film.ism", "", "\t".join(names), *rows]) + "\n"))
    assert_same(spectrum, rtol=1e-7)


BIN2TXT = ["LOGF", "LOGO", "LOGZm", "Phim", "Real", "Imag", "Phis", "LOGZs", "LOGZzhit"]


def bin2txt(impedance=Z, *, real=1.0, sign=1, omega=2 * np.pi):
    """Write the numbers of Bin2Txt; the smoothed ones are no measurement and far off."""
    lines = ["System      : film 7", "Potential   : 0.250V, Ampl: 10mV", "", "\t".join(BIN2TXT)]
    for f, z in zip(F, impedance, strict=True):
        measured = (np.log10(f), np.log10(omega * f), np.log10(abs(z)), np.degrees(np.angle(z)))
        values = (*measured, real * z.real, sign * z.imag, -45, 3, 3)
        lines.append("\t".join(f"{value:.7f}".replace(".", ",") for value in values))
    return "\n".join(lines) + "\n"


def test_bin2txt_gives_the_measured_impedance_and_not_the_smoothed(write):
    (spectrum,) = read(write(bin2txt()))
    assert spectrum.meta["format"] == "zahner-bin2txt"
    assert_same(spectrum, rtol=1e-6)
    assert (spectrum.meta["bias_V"], spectrum.meta["amplitude_V"]) == (0.25, 0.01)
    assert "column LOGZzhit" in spectrum.meta["ignored"]
    assert spectrum.notes == ()


@pytest.mark.parametrize("change", [{"real": 1000.0}, {"sign": -1}])
def test_bin2txt_whose_parts_contradict_its_modulus_and_phase_is_refused(change, write):
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(bin2txt(**change)))


def test_bin2txt_whose_unit_of_frequency_is_not_sure_is_refused(write):
    with pytest.raises(UnreadableFile, match="LOGO is not the logarithm"):
        read(write(bin2txt(omega=1.0)))
    with pytest.raises(UnreadableFile, match="the column Phim is missing"):
        read(write(bin2txt().replace("Phim", "other")))


def test_damage_to_texts_gives_no_other_numbers(tmp_path):
    for text in (bin2txt(), thales([(F, Z)], ",") + thales([(F, 2 * Z)], ",", OTHER), script_csv(F, Z) * 2):
        assert_cuts_hold_no_other_numbers(text.encode(), tmp_path, places=40)
        assert_mutations_raise_our_errors_only(text.encode(), tmp_path, examples=40)


def test_zahner_analysis_text_with_parts_that_contradict_modulus_and_phase_is_refused(write):
    names = ("frequency (Hz)", "impedance (Ω)", "phase / deg (°)", "Z' (Ω)", "Z'' (Ω)", "significance")

    def text(sign):
        rows = [
            f"{f:.9g}\t{abs(z):.9g}\t{np.degrees(np.angle(z)):.9g}\t{z.real:.9g}\t{sign * z.imag:.9g}\t1"
            for f, z in zip(F, Z, strict=True)
        ]
        return "\n".join(["File: film.ism", "Potential: 0V, Ampl: 10mV", "\t".join(names), *rows]) + "\n"

    (spectrum,) = read(write(text(1)))
    assert_same(spectrum, rtol=1e-7)
    assert spectrum.meta["format"] == "zahner-text"
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(text(-1)))
