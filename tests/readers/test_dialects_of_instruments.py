"""Dialects of instruments' own formats, as files of other laboratories have them."""

import layouts
import numpy as np
import pytest
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

SIZE, DEGREES = np.abs(Z), np.degrees(np.angle(Z))


def assert_is_z(spectra, rtol=1e-6):
    (spectrum,) = spectra
    assert np.all(np.abs(spectrum.frequency - F) <= rtol * F)
    assert np.all(np.abs(spectrum.impedance - Z) <= rtol * np.abs(Z))
    return spectrum


def gamry_with_a_column(name, unit, cell):
    text = layouts.gamry(F, Z).replace("IERange\n", f"IERange\t{name}\n").replace("\t#\n", f"\t#\t{unit}\n")
    return text.replace("\t8\n", f"\t8\t{cell}\n")


@pytest.mark.parametrize("unit", ["deg C", "°C"])
def test_gamry_s_thermometer_gives_the_temperature_unless_there_is_none(unit, write):
    assert assert_is_z(read(write(gamry_with_a_column("Temp", unit, "25.1")))).temperature == pytest.approx(298.25)
    for nothing_connected, said in (("1395.24", "1668 K"), ("-327.67", "-55 K, not above absolute zero")):
        spectrum = assert_is_z(read(write(gamry_with_a_column("Temp", unit, nothing_connected))))
        assert spectrum.temperature is None
        assert f"column 'Temp' says {said}, as an input without a sensor does: not taken" in spectrum.notes


def test_a_unit_of_two_words_does_not_shift_the_units_behind_it(write):
    text = (
        layouts.gamry(F, Z / 1e3)
        .replace("\tPt\tTime\tFreq", "\tPt\tVf\tFreq")
        .replace("\t#\ts\tHz\tohm\tohm\tV\tohm", "\t#\tV vs. Ref.\tHz\tkohm\tkohm\tV\tkohm")
    )
    assert_is_z(read(write(text)), rtol=2e-6)


@pytest.mark.parametrize("said", [2, 3, 5])
def test_gamry_s_notes_end_where_the_next_setting_begins(said, write):
    text = layouts.gamry(F, Z, bias_V=0.1, comment="film 7\n\tannealed")
    meta = assert_is_z(read(write(text.replace("NOTES\t1", f"NOTES\t{said}"), encoding="cp1252"))).meta
    assert meta["comment"] == "film 7 annealed"
    assert (meta["instrument"], meta["bias_V"]) == ("REF600-00000", 0.1)


@pytest.mark.parametrize(
    ("written", "measured", "taken"), [("0", False, None), ("0", True, 0.0), ("-2.5E-01", False, -0.25)]
)
def test_an_open_circuit_of_0_is_taken_only_where_gamry_measured_one(written, measured, taken, write):
    table = "OCVCURVE\tTABLE\t1\n\tPt\tT\tVf\n\t#\ts\tV\n\t0\t1\t0.0001\n" if measured else ""
    text = layouts.gamry(F, Z).replace("AREA", f"{table}EOC\tQUANT\t{written}\tOpen Circuit (V)\nAREA", 1)
    meta = assert_is_z(read(write(text, encoding="cp1252"))).meta
    assert meta.get("open_circuit_V") == taken
    assert any("open circuit of 0 V" in what for what in meta["ignored"]) == (taken is None)
    assert ("open_circuit_V" in meta["origin"]) == (taken is not None)


def test_where_gamry_controlled_the_current_amplitude_and_bias_are_currents(write):
    lines = [line for line in layouts.gamry(F, Z).split("\n") if not line.startswith(("VDC", "VAC"))]
    lines[6:6] = ["IDCREQ\tQUANT\t2.00000E-003\tDC &Current (A)", "IACREQ\tQUANT\t5.00000E-005\tAC &Current (A rms)"]
    meta = assert_is_z(read(write("\n".join(lines), encoding="cp1252"))).meta
    assert (meta["amplitude_A"], meta["bias_A"]) == (5e-5, 2e-3)
    assert not {"amplitude_V", "bias_V"} & meta.keys()


def test_drift_corrected_columns_beside_the_measured_ones_are_named_as_unused(write):
    lines = []
    for line in layouts.gamry(F, Z).split("\n"):
        cells = line.split("\t")
        if len(cells) == 12 and cells[0] == "":
            extra = {"Zphz": ["ZrealDrCor", "ZimagDrCor"], "°": ["ohm", "ohm"]}.get(cells[8], ["1.5", "-2.5"])
            cells[9:9] = extra
        lines.append("\t".join(cells))
    spectrum = assert_is_z(read(write("\n".join(lines))))
    assert {"column ZrealDrCor", "column ZimagDrCor"} <= set(spectrum.meta["ignored"])


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_dta_that_a_spreadsheet_saved_is_refused_with_the_remedy(mark, write):
    text = layouts.gamry(F, Z).replace("\t", mark)
    with pytest.raises(UnreadableFile, match=f"cells separated by '{mark}': a spreadsheet has saved this file"):
        read(write(text))


def eclab(names, columns):
    rows = ("\t".join(f"{v:.7E}" for v in row) for row in zip(*columns, strict=True))
    head = layouts.biologic_mpt([(F, Z)]).split("freq/Hz")[0]
    return head + "\n".join(["\t".join(names), *rows]) + "\n"


def test_modulus_and_phase_that_eclab_did_not_fill_contradict_nothing(write):
    names = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "Phase(Z)/deg"]
    assert_is_z(read(write(eclab(names, (F, Z.real, -Z.imag, 0 * F, 0 * F)), encoding="cp1252")))


def test_a_column_lost_below_names_is_not_taken_for_names_without_values_where_nothing_contradicts_it(write):
    names = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "Phase(Z)/deg", "time/s", "I Range"]
    filled = (F, Z.real, -Z.imag, SIZE, DEGREES, F)
    assert_is_z(read(write(eclab(names, filled), encoding="cp1252")))
    with pytest.raises(UnreadableFile, match="expected 7 values in a row, found 6"):
        read(write(eclab(names, (F, -Z.imag, 0 * F, 0 * F, F, F)), encoding="cp1252"))


def test_what_eclab_computes_beside_z_is_not_taken_for_it(write):
    names = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "Phase(Z)/deg", "Phase(Zce)/deg", "|Zce|/Ohm"]
    names += ["Re(Y)/Ohm-1", "Im(Y)/Ohm-1", "Re(M)", "Re(Permittivity)", "Re(Resistivity)/Ohm.cm", "Tan(Delta)"]
    other = [k * F for k in range(1, 9)]
    assert_is_z(read(write(eclab(names, (F, Z.real, -Z.imag, SIZE, DEGREES, *other)), encoding="cp1252")))


def zview(names=None, mark=",", im=1):
    rows = [
        mark.join(f"{v:.6E}" for v in (f, 0, 0, k, z.real, im * z.imag, 0)) + f"{mark}0{mark}0"
        for k, (f, z) in enumerate(zip(F, Z, strict=True))
    ]
    head = [
        '"ZView Calculated Data File: Version 1.1"',
        '"Raw Data"',
        *['""'] * 6,
        "0,2,0,1,0.1,1000000",
        str(len(rows)),
    ]
    return "\n".join([*head, *([names] if names else []), *rows]) + "\n"


def test_zview_s_date_with_a_stray_quote_keeps_its_time(write):
    text = layouts.zplot(F, Z, old=True).replace("Date: 03-14-2024    Time:", '"Date: 3-14-2024     "Time:')
    assert assert_is_z(read(write(text))).meta["date"] == "3-14-2024 09:26:53"


def test_all_lines_of_zplot_s_comment_are_kept(write):
    old = layouts.zplot(F, Z, old=True, comment='"film 7"\n"low frequencies deleted"\n"FILM7.Z"')
    assert assert_is_z(read(write(old))).meta["comment"] == "film 7 low frequencies deleted FILM7.Z"
    new = layouts.zplot(F, Z, comment="film 7\n  12\n  Date: of the film")
    meta = assert_is_z(read(write(new))).meta
    assert (meta["comment"], meta["date"]) == ("film 7 12 Date: of the film", "03-14-2024 09:26:53")


def test_where_zplot_controlled_the_current_no_potential_is_taken_for_what_was_set(write):
    text = layouts.zplot(F, Z).replace("    Potential-AC:", "    Potential-DC:             0\n    Potential-AC:")
    meta = assert_is_z(read(write(text, "a.z"))).meta
    assert (meta["bias_V"], meta["amplitude_V"]) == (0.0, 0.01)
    meta = assert_is_z(read(write(text.replace("Control Voltage", "Control Current"), "b.z"))).meta
    assert not {"bias_V", "amplitude_V"} & meta.keys()
    assert {"Potential-DC", "Potential-AC"} <= set(meta["ignored"])


@pytest.mark.parametrize("mark", [",", "\t", "  "])
def test_zview_s_nine_columns_are_read_without_their_names(mark, write):
    spectrum = assert_is_z(read(write(zview(mark=mark))))
    assert spectrum.meta["format"] == "zplot"
    assert "no column names: the nine columns of ZView taken" in spectrum.notes


def test_without_names_an_inductive_sweep_is_refused_until_its_sign_is_said(write):
    with pytest.raises(UnreadableFile, match="--imaginary as-is"):
        read(write(zview(im=-1)))
    assert_is_z(read(write(zview(im=-1)), imaginary="negated"))


def test_names_that_converters_write_for_zview_are_understood(write):
    names = "Freq(Hz)\tDCcurr(A)\tDCpot(V)\tTime(S)\tZprime(Ohm)\tZbis(Ohm)\tGD\tX\tY"
    assert_is_z(read(write(zview(names, "\t"))))


def windeta(names, columns):
    rows = ("\t".join(f"{v:.8e}" for v in row) for row in zip(*columns, strict=True))
    head = "film 7, 17.2.2025, 11:19\nFixed value(s) :  Temp. [K]=3.0656e+02  AC Volt  [Vrms]=1.000e+00\n"
    return head + "\n".join(["\t".join(names), *rows])  # WinDETA ends no last line


def test_windeta_s_admittance_is_in_one_over_ohm(write):
    y = 1 / Z
    text = windeta([" Freq. [Hz]", " Yp' [1/Ohm]", " Yp'' [1/Ohm]", "M Time M[s]"], (F, y.real, y.imag, F))
    assert_is_z(read(write(text)), rtol=1e-7)


def test_windeta_s_phi_is_the_phase_of_z_with_its_sign(write):
    names = [" Freq. [Hz]", " |Z| [Ohms]", " Phi [Deg]", "M Time M[s]"]
    assert_is_z(read(write(windeta(names, (F, SIZE, DEGREES, F)))))
    (spectrum,) = read(write(windeta(names, (F, SIZE, -DEGREES, F))))
    assert np.allclose(spectrum.impedance, Z.conj(), rtol=1e-7)
    assert any("Im(Z) > 0 over the whole sweep: unusual" in note for note in spectrum.notes)


PSTRACE = ["freq / Hz", "Time / s", "neg. Phase / °", "Idc / uA", "Z / Ohm", "Z' / Ohm", "Z'' / Ohm", "Cs / F"]
OF_PSTRACE = (F, 0 * F, -DEGREES, 0 * F, SIZE, Z.real, -Z.imag, 0 * F)


def test_pstrace_s_table_below_its_title_alone_is_read(write):
    rows = (",".join(f"{v:.9g}" for v in row) for row in zip(*OF_PSTRACE, strict=True))
    text = "\n".join([f"Fixed at {F.size} freqs,,,,,,,", ",".join(PSTRACE), *rows]) + "\n"
    assert assert_is_z(read(write(text))).meta["format"] == "palmsens-csv"


def test_pstrace_s_workbook_holds_minus_im_as_its_csv_does(write):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ([f"Fixed at {F.size} freqs"], PSTRACE, *np.transpose(OF_PSTRACE).tolist()):
        book.active.append(row)
    path = write(b"", "scan.xlsx")
    book.save(path)
    spectrum = assert_is_z(read(path))
    assert (spectrum.meta["format"], spectrum.meta["title"]) == ("xlsx", f"Fixed at {F.size} freqs")
