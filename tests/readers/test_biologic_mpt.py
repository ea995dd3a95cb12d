"""BioLogic ``.mpt``: the variants that EC-Lab, spreadsheets and conversions make of one table."""

import layouts
import numpy as np
import pytest
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

PLAIN = layouts.biologic_mpt([(F, Z)])


def renamed(text, symbol):
    """The same table of another electrode pair: ``Re(Zwe-ce)/Ohm`` for ``Re(Z)/Ohm``."""
    for name in ("Re(Z)", "-Im(Z)", "|Z|", "Phase(Z)"):
        text = text.replace(f"{name}/", f"{name.replace('Z', symbol)}/")
    return text


def table(names, columns, head=True):
    rows = ["\t".join(f"{value:.7E}" for value in row) for row in np.transpose(columns)]
    top = ["EC-Lab ASCII FILE", "Nb header lines : 5", "", "Modulo Bat"] if head else []
    return "\n".join([*top, "\t".join(names), *rows]) + "\n"


@pytest.mark.parametrize("symbol", ["Zwe-ce", "Zstack"])
@pytest.mark.parametrize("head", [True, False])
def test_the_impedance_between_two_electrodes_is_taken_with_a_note_where_there_is_no_other(symbol, head, write):
    text = renamed(layouts.biologic_mpt([(F, Z)], head=head), symbol)
    (spectrum,) = read(write(text, "cell.mpt", "cp1252"))
    assert spectrum.meta["format"] == "biologic-mpt"
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert any(symbol in note for note in spectrum.notes)


def test_modulus_and_phase_between_two_electrodes_are_enough(write):
    text = table(("freq/Hz", "|Zwe-ce|/Ohm", "Phase(Zwe-ce)/deg"), (F, np.abs(Z), np.degrees(np.angle(Z))))
    (spectrum,) = read(write(text))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)


def test_the_counter_electrode_alone_is_refused(write):
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(renamed(PLAIN, "Zce"), encoding="cp1252"))


THREE = ("freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "Re(Zce)/Ohm", "-Im(Zce)/Ohm", "Re(Zwe-ce)/Ohm", "-Im(Zwe-ce)/Ohm")


def three_electrodes(z=Z, ce=3, both=4, control="Ewe"):
    text = table(THREE, (F, z.real, -z.imag, ce * Z.real, -ce * Z.imag, both * Z.real, -both * Z.imag))
    return text.replace("\n\n", f"\n\nPotential control : {control}\n", 1)


def test_other_electrodes_beside_the_working_electrode_are_named_and_not_taken(write):
    (spectrum,) = read(write(three_electrodes()))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert "column Re(Zwe-ce)/Ohm" in spectrum.meta["ignored"]
    assert spectrum.meta["potential_control"] == "Ewe"
    assert spectrum.notes == (
        "Z, of the working electrode against the reference, is taken; beside it: Zwe-ce, Zce;"
        " to read Zwe-ce, export it as text (.mpt) without the columns of Z",
    )


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"control": "Ewe-Ece"}, "; Ewe-Ece was controlled, so another may be that of the film"),
        ({"z": -Z.real + 1j * Z.imag}, "; Re(Z) is mostly negative, so another may be that of the film"),
    ],
)
def test_a_doubt_that_the_working_electrode_is_the_film_is_said(change, doubt, write):
    notes = read(write(three_electrodes(**change)))[0].notes
    assert any(doubt in note for note in notes)


def test_other_electrodes_whose_columns_are_empty_are_not_named(write):
    assert not read(write(three_electrodes(ce=0, both=0)))[0].notes
    (note,) = read(write(three_electrodes(both=0)))[0].notes
    assert note.endswith("beside it: Zce")


def test_without_the_columns_of_z_the_impedance_between_the_electrodes_is_read_though_names_have_no_values(write):
    text = at_rest(renamed(PLAIN, "Zwe-ce"), 10, 11)
    (spectrum,) = read(write(text, encoding="cp1252"))
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)


def test_steps_of_impedance_among_cycling_rows_are_found_though_the_cycle_counts_up_within_them(write):
    idle = np.zeros(6)
    f = np.concatenate([idle, F, idle, F])
    z = np.concatenate([idle, Z, idle, 2 * Z])
    cycle = np.repeat([0.0, 1.0, 1.0, 2.0, 2.0, 3.0], [6, 10, len(F) - 10, 6, 10, len(F) - 10])
    text = table(("cycle number", "freq/Hz", "|Z|/Ohm", "Phase(Z)/deg"), (cycle, f, np.abs(z), np.degrees(np.angle(z))))
    first, second = read(write(text))
    assert_allclose(first.impedance, Z, rtol=1e-6)
    assert_allclose(second.impedance, 2 * Z, rtol=1e-6)


def at_rest(text, *widths):
    """Rows of the dc point, of as many cells each, before every sweep, and a name without values after an empty one."""
    lines = text.splitlines()
    at = next(k for k, line in enumerate(lines) if "freq/Hz" in line)
    zero = lines[at + 1].split("\t")[0].replace("1.0", "0.0").replace("1,0", "0,0").replace("E+06", "E+00")
    rest = ["\t".join([zero] * width) for width in widths]
    rows = [f"{row}\t1" for row in lines[at + 1 :]]  # a value below the empty name
    sweeps = [row for k in range(0, len(rows), len(F)) for row in (*rest, *rows[k : k + len(F)])]
    return "\n".join([*lines[:at], lines[at] + "\t\tEwe-Ece/V", *sweeps]) + "\n"


@pytest.mark.parametrize("widths", [(10, 11, 11), (11, 11), (10,)])
@pytest.mark.parametrize("decimal", [".", ","])
def test_rows_at_rest_before_each_sweep_are_no_data_and_may_lack_cells(widths, decimal, write):
    text = at_rest(layouts.biologic_mpt([(F, Z), (F, 2 * Z)], decimal=decimal), *widths)
    first, second = read(write(text, encoding="cp1252"))
    assert_allclose(first.impedance, Z, rtol=1e-6)
    assert_allclose(second.impedance, 2 * Z, rtol=1e-6)
    assert [s.meta["cycle"] for s in (first, second)] == [1, 2]
    assert first.meta["potential_V"] == 3.1
    assert "the last column name has no values" in first.notes[0]


def test_a_file_of_rows_at_rest_alone_is_refused_as_no_impedance(write):
    text = at_rest(PLAIN, 10, 11)
    with pytest.raises(UnreadableFile, match="every frequency is 0"):
        read(write("\n".join(text.splitlines()[: -len(F)]) + "\n", encoding="cp1252"))


@pytest.mark.parametrize("gone", range(10))
def test_a_cell_lost_in_the_rows_of_a_frequency_is_not_taken_for_a_name_without_values(gone, write):
    lines = at_rest(PLAIN, 10, 11).splitlines()
    for k in range(len(lines) - len(F), len(lines)):
        cells = lines[k].split("\t")
        lines[k] = "\t".join(cells[:gone] + cells[gone + 1 :])
    try:
        (spectrum,) = read(write("\n".join(lines) + "\n", encoding="cp1252"))
    except UnreadableFile:
        return
    assert_allclose(spectrum.frequency, F, rtol=1e-6)
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)


def test_a_row_of_a_frequency_that_lacks_a_cell_is_refused_beside_rows_at_rest(write):
    lines = at_rest(PLAIN, 10, 11).splitlines()
    lines[-4] = lines[-4].rpartition("\t")[0]
    with pytest.raises(UnreadableFile, match="expected 11 values in a row, found 10"):
        read(write("\n".join(lines) + "\n", encoding="cp1252"))


def test_behind_an_empty_name_no_column_is_taken_where_one_of_the_names_has_no_values(write):
    text = at_rest(PLAIN, 10, 11)
    with pytest.raises(UnreadableFile, match="expected 13 values in a row, found 11"):
        read(
            write(text.replace("cycle number", "number").replace("\t\tEwe", "\t\tcycle number\tEwe"), "a.mpt", "cp1252")
        )
    shifted = text.replace("<Ewe>/V", "more").replace("I Range\t\tEwe-Ece/V", "\t<Ewe>/V\tEwe-Ece/V")
    assert "potential_V" not in read(write(shifted, "b.mpt", "cp1252"))[0].meta


@pytest.mark.parametrize(("mark", "decimal"), [(";", "."), (";", ","), (",", ".")])
def test_a_file_that_a_spreadsheet_saved_with_other_separators_reads_the_same(mark, decimal, write):
    text = layouts.biologic_mpt([(F, Z)], area="0.5 cm²", comment="LiPON", decimal=decimal)
    lines = text.replace("-Im(Z)/Ohm", "#NAME?").splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("freq/Hz"))
    saved = [line + mark * 9 for line in lines[:start]] + [line.replace("\t", mark) for line in lines[start:]]
    (spectrum,) = read(write("\n".join(saved) + "\n", "film.csv", "cp1252"))
    assert spectrum.meta["format"] == "biologic-mpt"
    assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert spectrum.meta["area_m2"] == pytest.approx(5e-5)
    assert spectrum.meta["comment"] == "LiPON"


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("0.001 cm²", None),
        ("0.000 cm²", None),
        ("0.001 mm²", None),
        ("0.001 m²", None),
        ("0.5 cm²", 5e-5),
        ("113,100 mm²", 1.131e-4),
        ("1,131 cm˛", 1.131e-4),  # ² of cp1252, read as cp1250
        ("1.131 cm\ufffd", 1.131e-4),
        ("2.0 in²", None),
    ],
)
def test_the_area_is_taken_unless_it_is_the_default_or_in_an_unknown_unit(area, expected, write):
    meta = read(write(layouts.biologic_mpt([(F, Z)], area=area), "film.mpt", "utf-8"))[0].meta
    assert meta.get("area_m2") == (None if expected is None else pytest.approx(expected))
    assert expected is not None or any("area" in what for what in meta["ignored"])


@pytest.mark.parametrize(
    ("settings", "amplitude"),
    [
        ({"Ia/Va": "Ia", "Ia": "30.000", "unit  Ia": "µA"}, 3e-5),
        ({"Ia": "0.050", "unit  Ia": "mA"}, 5e-5),
        ({"Ia/Va": "Va", "Ia": "0.050", "unit  Ia": "mA"}, None),
        ({"Ia": "0.050", "unit  Ia": "furlong"}, None),
    ],
)
def test_the_amplitude_of_a_galvanostatic_run_is_a_current_where_the_current_was_set(settings, amplitude, write):
    lines = [line for line in PLAIN.splitlines() if not line.startswith("Va (mV)")]
    start = next(k for k, line in enumerate(lines) if line.startswith("Mode"))
    lines[start:start] = [f"{key:20}{value:20}" for key, value in settings.items()]
    meta = read(write("\n".join(lines) + "\n", encoding="cp1252"))[0].meta
    assert meta.get("amplitude_A") == (None if amplitude is None else pytest.approx(amplitude))
    assert "amplitude_V" not in meta


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"Va (mV)": ("5.0", "5.0", "5.0"), "E (V)": ("1.36", "1.40", "1.42"), "vs.": ("Ref",) * 3},
            (5e-3, None, None),
        ),
        ({"Va (mV)": ("5.0", "10.0"), "E (V)": ("1.36", "1.36"), "vs.": ("Ref", "Ref")}, (None, 1.36, "Ref")),
        ({"Va (mV)": ("5.0", "5.0"), "E (V)": ("0.0", "0.0"), "vs.": ("Ref", "Eoc")}, (5e-3, None, None)),
    ],
)
def test_of_several_sequences_is_taken_what_all_of_them_say(settings, expected, write):
    lines = [line for line in PLAIN.splitlines() if line[:20].strip() not in settings]
    start = next(k for k, line in enumerate(lines) if line.startswith("Mode"))
    lines[start:start] = ["".join(f"{cell:20}" for cell in (key, *values)) for key, values in settings.items()]
    meta = read(write("\n".join(lines) + "\n", encoding="cp1252"))[0].meta
    assert (meta.get("amplitude_V"), meta.get("bias_V"), meta.get("bias_versus")) == expected
    for key, value in zip(settings, expected, strict=True):
        assert (value is None) == (key in meta["ignored"])


def test_a_comment_of_several_lines_is_kept_whole(write):
    text = PLAIN.replace("Comments : ", "Comments : LiPON 1 µm\nComments : second line")
    assert read(write(text, encoding="cp1252"))[0].meta["comment"] == "LiPON 1 µm second line"


@pytest.mark.parametrize("first", ["EC-Lab ASCII FILE", "BT-Lab ASCII FILE"])
def test_both_programs_write_it(first, write):
    (spectrum,) = read(write(PLAIN.replace("EC-Lab ASCII FILE", first), "cell.txt", "cp1252"))
    assert spectrum.meta["format"] == "biologic-mpt"


def test_a_file_cut_in_its_header_is_refused_as_one(write):
    with pytest.raises(UnreadableFile, match="cut in its header"):
        read(write(PLAIN[:300], encoding="cp1252"))


def test_each_loop_has_the_dc_potential_of_its_first_point(write):
    lines = layouts.biologic_mpt([(F, Z), (F, 2 * Z)]).splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("freq/Hz")) + 1
    for k in range(at + F.size, len(lines)):
        lines[k] = lines[k].replace("3.1000000E+00", "3.4000000E+00")
    first, second = read(write("\n".join(lines) + "\n", encoding="cp1252"))
    assert (first.meta["potential_V"], second.meta["potential_V"]) == (3.1, 3.4)
    assert second.meta["origin"]["potential_V"] == f"column '<Ewe>/V', line {at + F.size + 1}"
    assert "column <Ewe>/V" not in first.meta["ignored"]
