"""PalmSens sessions and csv: channels and scans told apart, the sign of Z'' never guessed."""

import contextlib
import json

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers
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
METHOD = "#PSTrace\r\nMETHOD_ID=eis\r\nNOTES=film%207%crlfannealed\r\nAREA=0.0E+000\r\nAMPLITUDE=9.9999998E-003\r\n"


def array(kind, name, quantity, symbol, values, unit="Hertz"):
    return {
        "ArrayType": kind,
        "Description": name,
        "Unit": {"Type": f"PalmSens.Units.{unit}", "S": symbol, "Q": quantity},
        "DataValues": [{"V": v, "C": 7} for v in values.tolist()],
    }


def dataset(frequency, impedance, *, imaginary="-Z''", unit="ZIm"):
    sign = -1 if imaginary.startswith("-") else 1
    return {
        "Type": "PalmSens.Data.DataSetEIS",
        "Values": [
            array(1, "potential", "Potential", "V", np.full(len(frequency), 0.2), "Volt"),
            array(5, "Frequency", "Frequency", "Hz", frequency),
            array(7, "ZRe", "Z'", "\u2126", impedance.real, "ZRe"),
            array(8, "ZIm", imaginary, "\u2126", sign * impedance.imag, unit),
            array(10, "Z", "Z", "\u2126", np.abs(impedance), "Z"),
            array(6, "Phase", "-Phase", "°", -np.degrees(np.angle(impedance)), "Phase"),
            array(13, "YIm", "Y''", "S", (1 / impedance).imag, "YIm"),
        ],
    }


def measurement(entries, title="Impedance Spectroscopy", method=METHOD):
    return {
        "Title": title,
        "TimeStamp": 638895740689221405,
        "DeviceSerial": "ES4HR20B0008",
        "DataSet": {"Type": "PalmSens.Data.DataSetCommon", "Values": []},
        "Method": method,
        "EISDataList": entries,
    }


def entry(data=None, scans=(), title="CH 3: Fixed at 25 freqs", freq_type=1):
    made = {"Title": title, "ScanType": 2, "FreqType": freq_type}
    if data is not None:
        made["DataSet"] = data
    if scans:
        made["SubScans"] = [{"Title": f"E={k / 5:.3f} V", "DataSet": scan} for k, scan in enumerate(scans)]
    return made


def session(*measurements, lower=False):
    text = json.dumps({"Type": "PalmSens.DataFiles.SessionFile", "Measurements": measurements}, ensure_ascii=False)
    if lower:
        text = json.dumps(_lower(json.loads(text)), ensure_ascii=False)
    return ("\ufeff" + text + "\ufeff").encode("utf-16-le")


def _lower(thing):
    if isinstance(thing, dict):
        return {key.lower(): _lower(value) for key, value in thing.items()}
    return [_lower(item) for item in thing] if isinstance(thing, list) else thing


NAMES = ("freq / Hz", "neg. Phase / °", "Idc / uA", "Z / Ohm", "Z' / Ohm", "Z'' / Ohm", "Cs / F")


def cells(f, z):
    phase = -np.degrees(np.angle(z))
    return [f"{v:.9g}" for v in (f, phase, 0.7, abs(z), z.real, -z.imag, -1 / (2 * np.pi * f * z.imag))]


ABOVE = ("Date and time:,2024-03-14 09:26:53", "Notes:,film 7", "Measurement:,Impedance Spectroscopy")


def below_each_other(spectra, names=NAMES, above=ABOVE):
    lines = list(above)
    keep = [NAMES.index(name.removeprefix("-") if name.startswith("-Z") else name) for name in names]
    for k, (frequency, impedance) in enumerate(spectra, 1):
        lines += [f"CH {k}: Fixed at {len(frequency)} freqs", ",".join(names)]
        for f, z in zip(frequency, impedance, strict=True):
            row = cells(f, z)
            lines.append(",".join(row[j] for j in keep))
    return "\n".join(lines) + "\n\ufeff"


def side_by_side(spectra):
    longest = max(len(f) for f, _ in spectra)
    lines = [",".join(f"film {k}" + "," * 6 for k in range(len(spectra))), ",".join(NAMES * len(spectra))]
    for row in range(longest):
        parts = [cells(f[row], z[row]) if row < len(f) else [""] * 7 for f, z in spectra]
        lines.append(",".join(cell for part in parts for cell in part))
    return "\n".join(lines) + "\n"


def assert_same(spectrum, f=F, z=Z, rtol=1e-9):
    assert_allclose(spectrum.frequency, f, rtol=rtol)
    assert np.all(np.abs(spectrum.impedance - z) <= rtol * np.abs(z))


@pytest.mark.parametrize("lower", [False, True])
def test_channels_and_scans_are_spectra_with_their_names(lower, write):
    content = session(
        measurement([], title="Cyclic Voltammetry"),
        measurement(
            [
                entry(scans=[dataset(F, Z), dataset(F, 2 * Z)]),
                entry(scans=[dataset(F, 3 * Z), dataset(F, 4 * Z)], title="CH 5: E dc scan"),
            ]
        ),
        lower=lower,
    )
    spectra = read(write(content, "run.dat"))
    for factor, spectrum in zip((1, 2, 3, 4), spectra, strict=True):
        assert_same(spectrum, z=factor * Z)
    assert [(s.meta["channel"], s.meta["loop"]) for s in spectra] == [("3", 1), ("3", 2), ("5", 1), ("5", 2)]
    assert spectra[3].meta["title"] == "CH 5: E dc scan, E=0.200 V"
    assert spectra[0].meta["origin"]["title"] == "measurement 2, EISDataList 1, SubScans 1"
    assert "measurement 1: Cyclic Voltammetry" in spectra[0].meta["ignored"]


def test_a_session_says_when_how_and_on_what_it_was_measured(write):
    (spectrum,) = read(write(session(measurement([entry(dataset(F, Z))]))))
    meta = spectrum.meta
    assert (meta["amplitude_V"], meta["bias_V"], meta["comment"]) == (0.01, 0.2, "film 7 annealed")
    assert (meta["date"], meta["serial_number"]) == ("2025-07-31 15:54:28", "ES4HR20B0008")
    assert "area_m2" not in meta
    method = METHOD.replace("AREA=0.0E+000", "AREA=2.5E-001")
    assert read(write(session(measurement([entry(dataset(F, Z))], method=method))))[0].meta["area_m2"] == 2.5e-5


def test_the_quantity_of_an_array_says_its_sign_and_its_unit_the_scale(write):
    assert_same(read(write(session(measurement([entry(dataset(F, Z, imaginary="Z''"))]))))[0])
    wrong = dataset(F, Z)
    wrong["Values"][3]["Unit"]["Q"] = "Z''"
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(session(measurement([entry(wrong)]))))
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(session(measurement([entry(dataset(F, Z, unit="KiloOhm"))]))))


def test_one_frequency_over_time_is_no_spectrum(write):
    content = session(measurement([entry(dataset(np.full(25, 1e3), Z), freq_type=0)]))
    with pytest.raises(UnreadableFile, match=r"no impedance spectrum in this session.*one frequency"):
        read(write(content))


def test_a_session_of_other_techniques_is_refused_by_their_names(write):
    with pytest.raises(UnreadableFile, match=r"no impedance spectrum.*Cyclic Voltammetry"):
        read(write(session(measurement([], title="Cyclic Voltammetry"))))


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values[2]["DataValues"].pop(),
        lambda values: values[2]["DataValues"][3].update(V="x"),
        lambda values: values[2]["DataValues"][3].update(V=None),
        lambda values: values[2]["DataValues"].__setitem__(3, 7),
        lambda values: values[2].pop("Unit"),
        lambda values: values.__setitem__(1, None),
        lambda values: values.pop(1),
    ],
)
def test_a_session_built_otherwise_is_refused(change, write):
    data = dataset(F, Z)
    change(data["Values"])
    path = write(session(measurement([entry(data)])))
    with pytest.raises(UnreadableFile, match=str(path)):
        read(path)


def test_nesting_without_end_is_refused(write):
    content = '{"Type":"PalmSens.DataFiles.SessionFile","Measurements":' + "[" * 200_000
    with pytest.raises(UnreadableFile, match="nested deeper"):
        read(write(content.encode("utf-16")))


def test_a_cut_session_is_refused(write):
    content = session(measurement([entry(dataset(F, Z))]))
    for end in range(120, len(content) - 4, 211):
        with pytest.raises(UnreadableFile, match="cut"):
            read(write(content[:end]))


@given(places=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=3))
@SETTINGS
def test_no_changed_byte_of_a_session_brings_another_error(places, tmp_path):
    data = bytearray(session(measurement([entry(dataset(F, Z))])))
    for place, byte in places:
        data[place % len(data)] = byte
    path = tmp_path / "run.pssession"
    path.write_bytes(data)
    with contextlib.suppress(UnreadableFile):
        assert all(0 < len(s) <= len(F) for s in read(path))


@pytest.mark.parametrize("imaginary", ["Z'' / Ohm", "-Z'' / Ohm"])
def test_a_csv_holds_minus_im_under_either_name(imaginary, write):
    names = tuple(imaginary if name == "Z'' / Ohm" else name for name in NAMES)
    text = below_each_other([(F, Z), (F[:9], 2 * Z[:9])], names)
    first, second = read(write(text, "film.csv", "utf-16", "\r\n"))
    assert_same(first, rtol=1e-7)
    assert_same(second, F[:9], 2 * Z[:9], rtol=1e-7)
    assert (first.meta["channel"], second.meta["channel"]) == ("1", "2")
    assert (first.meta["date"], first.meta["comment"]) == ("2024-03-14 09:26:53", "film 7")
    assert first.meta["format"] == "palmsens-csv"


def test_a_csv_without_modulus_and_phase_to_confirm_the_sign_is_refused_until_it_is_said(write):
    text = below_each_other([(F, Z.real - 1j * np.abs(Z.imag))], ("freq / Hz", "Idc / uA", "Z' / Ohm", "Z'' / Ohm"))
    path = write(text, encoding="utf-16")
    with pytest.raises(UnreadableFile, match="--imaginary negated"):
        read(path)
    assert_same(read(path, imaginary="negated")[0], z=Z.real - 1j * np.abs(Z.imag), rtol=1e-7)


def test_a_csv_that_contradicts_its_own_phase_is_refused(write):
    lines = below_each_other([(F, Z)]).split("\n")
    row = lines[14].split(",")
    row[1] = f"{-float(row[1])}"
    with pytest.raises(UnreadableFile, match="contradict each other") as caught:
        read(write("\n".join([*lines[:14], ",".join(row), *lines[15:]]), encoding="utf-16"))
    assert caught.value.line == 15


# What PSTrace writes of fast cyclic voltammetry; its own lines come first or last.
VOLTAMMETRY = """Date and time:,2024-03-13 08:00:00
Notes:,film 6
,,,,
Fast Cyclic Voltammetry: FCV i vs E Channel 3,,Fast Cyclic Voltammetry: FCV i vs E Channel 3 [1],
Date and time measurement:,2024-03-13,Date and time measurement:,2024-03-13
V,µA,V,µA
-0.4,0.10,-0.4,0.11
0.7,0.50,0.7,0.52
"""


def said(spectrum):
    return tuple(spectrum.meta.get(key) for key in ("date", "comment", "technique", "title"))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_what_is_said_of_another_measurement_is_not_said_of_a_spectrum(order, write):
    first = ("2024-03-14 09:26:53", "film 7", "Impedance Spectroscopy", "CH 1: Fixed at 25 freqs")
    one = below_each_other([(F, Z)], above=[ABOVE[k] for k in order]).removesuffix("\ufeff")
    bare = below_each_other([(F, Z)], above=[ABOVE[k].replace("film 7", "").replace("14", "15") for k in order])
    second = ("2024-03-15 09:26:53", None, *first[2:])
    for text in (VOLTAMMETRY + one + bare, one + VOLTAMMETRY + bare, one + bare + VOLTAMMETRY):
        spectra = read(write(text, encoding="utf-16"))
        assert [said(s) for s in spectra] == [first, second]
        for spectrum in spectra:
            assert_same(spectrum, rtol=1e-7)
    last = text.split("\n").index("CH 1: Fixed at 25 freqs")
    assert spectra[0].meta["origin"]["title"] == f"header line {last + 1}"


def test_a_further_spectrum_of_one_measurement_is_of_its_date_and_notes_too(write):
    text = "File date:,2024-03-20 10:00:00\n" + below_each_other([(F, Z), (F, 2 * Z)])
    first, second = read(write(text, encoding="utf-16"))
    assert said(first)[:3] == said(second)[:3] == ("2024-03-14 09:26:53", "film 7", "Impedance Spectroscopy")
    assert "File date" in first.meta["ignored"]


def test_the_date_of_a_measurement_stands_between_its_title_and_its_names(write):
    text = below_each_other([(F, Z), (F, 2 * Z)])
    for k in (1, 2):
        text = text.replace(f"CH {k}: Fixed at 25 freqs\n", f"CH {k}: x\nDate and time measurement:,2024-03-1{k}\n")
    first, second = read(write(text, encoding="utf-16"))
    assert said(first) == ("2024-03-11", "film 7", "Impedance Spectroscopy", "CH 1: x")
    assert said(second) == ("2024-03-12", "film 7", "Impedance Spectroscopy", "CH 2: x")
    title, *rest = side_by_side([(F, Z), (F, 2 * Z)]).split("\n")
    dates = ",".join(f"Date and time measurement:,2024-03-1{k},,,,," for k in (1, 2))
    first, second = read(write("\n".join([title, dates, *rest])))
    assert (said(first)[0], said(first)[3]) == ("2024-03-11", "film 0")
    assert (said(second)[0], said(second)[3]) == ("2024-03-12", "film 1")


def test_the_last_row_of_a_table_right_above_the_names_of_the_next_is_no_title(write):
    lines = below_each_other([(F, Z), (F, 2 * Z)]).split("\n")
    text = "\n".join(line for line in lines if not line.startswith("CH "))
    first, second = read(write(text, encoding="utf-16"))
    assert_same(first, rtol=1e-7)
    assert_same(second, z=2 * Z, rtol=1e-7)
    assert said(first)[3] is said(second)[3] is None


def test_spectra_side_by_side_are_told_apart_and_may_differ_in_length(write):
    first, second, third = read(write(side_by_side([(F, Z), (F[:7], 2 * Z[:7]), (F, 3 * Z)])))
    assert_same(first, rtol=1e-7)
    assert_same(second, F[:7], 2 * Z[:7], rtol=1e-7)
    assert_same(third, z=3 * Z, rtol=1e-7)
    assert [s.meta["title"] for s in (first, second, third)] == ["film 0", "film 1", "film 2"]


def test_a_csv_with_semicolons_and_decimal_commas_is_the_same(write):
    text = below_each_other([(F, Z)]).replace(",", ";").replace(".", ",").replace("neg, ", "neg. ")
    assert_same(read(write(text, encoding="utf-16"))[0], rtol=1e-7)


def quoted(text):
    lines = [f'"{line},"' if "," in line else line for line in text.strip("\n\ufeff").split("\n")]
    return lines[0].replace('"', '"\ufeff', 1) + "\n" + "\n".join(lines[1:]) + "\n"


def test_lines_that_are_quoted_whole_are_the_same(write):
    text = below_each_other([(F, Z), (F[:9], 2 * Z[:9])])
    for bare, whole in zip(
        read(write(text, "bare.csv", "utf-16", "\r\n")),
        read(write(quoted(text), "whole.csv", "utf-16", "\r\n")),
        strict=True,
    ):
        assert np.array_equal(bare.impedance, whole.impedance)
        assert bare.notes == whole.notes
        assert {**bare.meta, "source": "", "sha256": ""} == {**whole.meta, "source": "", "sha256": ""}


def test_the_sign_is_settled_in_quoted_lines_as_in_others(write):
    inductive = Z.real + 1j * np.abs(Z.imag)
    assert_same(read(write(quoted(below_each_other([(F, inductive)])), encoding="utf-16"))[0], z=inductive, rtol=1e-7)
    text = below_each_other([(F, inductive.conj())], ("freq / Hz", "Idc / uA", "Z' / Ohm", "Z'' / Ohm"))
    with pytest.raises(UnreadableFile, match="--imaginary negated"):
        read(write(quoted(text), encoding="utf-16"))


def test_a_quoted_csv_cut_anywhere_gives_no_other_numbers(tmp_path):
    data = quoted(below_each_other([(F, Z)])).encode("utf-16")
    assert_cuts_hold_no_other_numbers(data, tmp_path, places=120)


def test_a_damaged_row_of_a_csv_is_refused_with_its_line(write):
    lines = below_each_other([(F, Z), (F, Z)]).split("\n")
    for damage in ("x,y,z", lines[9][: len(lines[9]) // 3], "17"):
        changed = "\n".join([*lines[:9], damage, *lines[10:]])
        with pytest.raises(UnreadableFile) as caught:
            read(write(changed, encoding="utf-16"))
        assert caught.value.line == 10
