"""WinDETA exports: the impedance whichever quantities were chosen, or a refusal that says what to export."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

EPS0 = 8.8541878128e-12
DIAMETER_MM, THICKNESS_MM = 8.84, 1.77
C0 = EPS0 * np.pi * (DIAMETER_MM / 2000) ** 2 / (THICKNESS_MM / 1000)
W = 2 * np.pi * F
Y = 1 / Z
EPS = Y / (1j * W * C0)
MODULUS = 1 / EPS
SIGMA = EPS0 * W / 100  # ω·ε0 in S/cm, by which ε is multiplied

COLUMNS = {
    " Freq. [Hz]": F,
    " Zs' [Ohms]": Z.real,
    " Zs'' [Ohms]": Z.imag,
    " Zp' [Ohms]": 1 / Y.real,
    " Zp'' [Ohms]": 1 / Y.imag,
    " Yp' [S]": Y.real,
    " Yp'' [S]": Y.imag,
    "  Cp' [F]": Y.imag / W,
    " Cp'' [F]": -Y.real / W,  # minus the loss
    " Cs' [F]": -1 / (W * Z.imag),
    " Cs'' [F]": 1 / (W * Z.real),
    " Ys' [1/Ohm]": 1 / Z.real,
    " Ys'' [1/Ohm]": 1 / Z.imag,
    " Lp' [H]": -1 / (W * Y.imag),
    " Lp'' [H]": 1 / (W * Y.real),
    " Ls' [H]": Z.imag / W,
    " Ls'' [H]": -Z.real / W,
    "  |Z| [Ohms]": np.abs(Z),
    "  Phi [Deg]": np.degrees(np.angle(Z)),
    " Delta [  Deg]": 90 + np.degrees(np.angle(Z)),
    "Tan(Delta)  ": Y.real / Y.imag,
    " Eps'    ": EPS.real,
    " Eps''   ": -EPS.imag,
    " Modulus'  ": MODULUS.real,
    " Modulus''  ": MODULUS.imag,
    " Sig' [S/cm]": -SIGMA * EPS.imag,
    " Sig'' [S/cm]": -SIGMA * (EPS.real - 1),
    "M Time M[s]": np.arange(F.size) * 1.5,
    "  Awe [A]": None,
}
FREE = [(" Zs' [Ohms]", " Zs'' [Ohms]"), (" Zp' [Ohms]", " Zp'' [Ohms]"), (" Yp' [S]", " Yp'' [S]")]
FREE += [("  Cp' [F]", second) for second in ("Tan(Delta)  ", " Cp'' [F]", " Yp' [S]", " Zp' [Ohms]")]
ITS_OWN = [(" Cs' [F]", " Cs'' [F]"), (" Ys' [1/Ohm]", " Ys'' [1/Ohm]")]
ITS_OWN += [(" Lp' [H]", " Lp'' [H]"), (" Ls' [H]", " Ls'' [H]")]
POLAR = [("  |Z| [Ohms]", "  Phi [Deg]"), ("  |Z| [Ohms]", " Delta [  Deg]")]
FREE += [*ITS_OWN, *POLAR, (" Cs' [F]", " Zs' [Ohms]")]
WITH_GEOMETRY = [(" Eps'    ", " Eps''   "), (" Eps'    ", "Tan(Delta)  "), (" Eps'    ", " Sig' [S/cm]")]
WITH_GEOMETRY += [(" Modulus'  ", " Modulus''  "), (" Sig' [S/cm]", " Sig'' [S/cm]")]

GEOMETRY = (
    f"Diameter[mm] {DIAMETER_MM:.3e}  Thickness[mm] {THICKNESS_MM:.3e}  Spacer Capacity[pF] 0.000e+00"
    "  Spacer Area[mm^2] 0.000e+00"
)
FIXED = "Fixed value(s) :  Temp. [K]=3.0656e+02  AC Volt  [Vrms]=1.000e-01"


def windeta(names, *, geometry=GEOMETRY, fixed=FIXED, columns=COLUMNS, comment="film 7, 9.2.2023, 16:42", mark="\t"):
    names = [" Freq. [Hz]", *names] if " Freq. [Hz]" not in names and " Temp. [K]" not in names else names
    size = max(len(column) for column in columns.values() if column is not None)
    cells = [
        [" 00000000"] * size if columns[name] is None else [f"{value:.8e}" for value in columns[name]] for name in names
    ]
    rows = (mark.join(row) for row in zip(*cells, strict=True))
    head = [line for line in (comment, geometry, fixed) if line]
    return "\n".join([*head, "\t".join(names), *rows]) + "\n"


def assert_is_z(spectrum, z=Z, rtol=1e-6):
    assert_allclose(spectrum.frequency, F, rtol=1e-7)
    assert np.all(np.abs(spectrum.impedance - z) <= rtol * np.abs(z))


@pytest.mark.parametrize("names", [*FREE, *WITH_GEOMETRY])
def test_any_pair_of_quantities_gives_the_same_impedance(names, write):
    (spectrum,) = read(write(windeta(names), newline="\r\n"))
    assert spectrum.meta["format"] == "novocontrol"
    assert_is_z(spectrum)


@pytest.mark.parametrize("names", FREE)
def test_what_does_not_depend_on_the_geometry_needs_none(names, write):
    (spectrum,) = read(write(windeta(names, geometry="")))
    assert_is_z(spectrum)
    assert "area_m2" not in spectrum.meta


@pytest.mark.parametrize("names", WITH_GEOMETRY)
def test_a_permittivity_without_geometry_is_refused_with_the_remedy(names, write):
    with pytest.raises(UnreadableFile, match=r"area and thickness.*Zs' and Zs''"):
        read(write(windeta(names, geometry="")))
    with pytest.raises(UnreadableFile, match="area and thickness"):
        read(write(windeta(names, geometry="Diameter[mm] 0.000e+00  Thickness[mm] 1.000e+00")))


def test_the_program_s_own_z_of_the_same_measurement_agrees(write):
    # Two exports of one real measurement: ε, modulus and σ in one, Zs'' in the other.
    text = """m = 9, 9.2.2023, 16:42
Diameter[mm] 8.840e+00  Thickness[mm] 1.770e+00  Spacer Capacity[pF] 0.000e+00  Spacer Area[mm^2] 0.000e+00
Fixed value(s) :  Temp. [K]=3.0656e+02  AC Volt  [Vrms]=1.000e+00
 Freq. [Hz]\t Eps'    \t Eps''   \t |Eps|  \t Modulus'  \t Modulus''  \t|Modulus| \t Sig' [S/cm]\t Sig'' [S/cm]
1.00000e+05\t3.77290e+01\t1.35795e+00\t3.77535e+01\t2.64705e-02\t9.52727e-04\t2.64876e-02\t7.55460e-08\t-2.04333e-06
1.45519e+03\t4.66873e+01\t7.51800e+00\t4.72888e+01\t2.08777e-02\t3.36191e-03\t2.11467e-02\t6.08628e-09\t-3.69867e-08
1.00000e+00\t1.66989e+02\t3.39773e+02\t3.78591e+02\t1.16506e-03\t2.37055e-03\t2.64137e-03\t1.89024e-10\t-9.23441e-11
"""
    (spectrum,) = read(write(text))
    assert_allclose(spectrum.impedance.imag, [-1.37218e5, -7.43725e6, -6.03946e8], rtol=1e-5)
    assert not any("another Z" in note for note in spectrum.notes)


def test_columns_stand_in_any_order_beside_others_and_blanks_separate_rows(write):
    names = ["  Awe [A]", " Sig' [S/cm]", "M Time M[s]", " Zs'' [Ohms]", " Freq. [Hz]", "Tan(Delta)  ", " Zs' [Ohms]"]
    for mark in ("\t", " "):
        (spectrum,) = read(write(windeta(names, mark=mark)))
        assert_is_z(spectrum)
        assert "column Awe [A]" in spectrum.meta["ignored"]


@pytest.mark.parametrize("names", [*FREE, *WITH_GEOMETRY])
def test_a_decimal_comma_changes_nothing(names, write):
    head, comma, table = windeta(names).partition("9.2.2023")
    text = head + comma + table.replace("Temp.", "Temp;").replace("Freq.", "Freq;").replace(".", ",")
    (spectrum,) = read(write(text.replace("Temp;", "Temp.").replace("Freq;", "Freq."), encoding="cp1252"))
    assert_is_z(spectrum)
    assert spectrum.temperature == pytest.approx(306.56)
    assert spectrum.meta["thickness_m"] == pytest.approx(THICKNESS_MM * 1e-3)


def test_the_head_gives_geometry_temperature_amplitude_and_date_with_their_lines(write):
    newer = GEOMETRY.replace("] ", "]: ") + "  Edge Correction On  Electrode Thickness[mm]: 4.00e+00"
    for geometry in (GEOMETRY, newer):
        (spectrum,) = read(write(windeta([" Zs' [Ohms]", " Zs'' [Ohms]"], geometry=geometry)))
        meta = spectrum.meta
        assert meta["area_m2"] == pytest.approx(np.pi / 4 * 8.84e-3**2)
        assert meta["thickness_m"] == pytest.approx(1.77e-3)
        assert (meta["comment"], meta["date"], meta["amplitude_V"]) == ("film 7", "9.2.2023 16:42", 0.1)
        assert spectrum.temperature == 306.56
        assert meta["origin"]["area_m2"] == "header line 2"
        assert meta["origin"]["temperature_K"] == "header line 3"
        assert spectrum.notes == ()


def test_edge_correction_and_spacers_are_noted_where_z_is_from_the_permittivity(write):
    edge = GEOMETRY + "  Edge Correction On  Electrode Thickness[mm] 2.00e+00"
    spacer = GEOMETRY.replace("Capacity[pF] 0.000e+00", "Capacity[pF] 1.000e+00")
    for geometry, what in ((edge, "edge"), (spacer, "spacers")):
        (spectrum,) = read(write(windeta(WITH_GEOMETRY[0], geometry=geometry)))
        assert any(what in note for note in spectrum.notes)
    with pytest.raises(UnreadableFile, match="spacers"):
        read(write(windeta(WITH_GEOMETRY[0], geometry=GEOMETRY.replace("Area[mm^2] 0.0", "Area[mm^2] 1.0"))))


def test_a_permittivity_of_other_geometry_beside_z_is_noted_and_z_taken(write):
    columns = {**COLUMNS, " Eps'    ": 1.1 * EPS.real, " Eps''   ": -1.1 * EPS.imag}
    (spectrum,) = read(write(windeta([*FREE[0], *WITH_GEOMETRY[0]], columns=columns)))
    assert_is_z(spectrum)
    assert any("say another Z, by up to 9%" in note for note in spectrum.notes)


def test_what_windeta_writes_otherwise_goes_before_a_permittivity_of_other_geometry(write):
    columns = {**COLUMNS, " Eps'    ": 1.1 * EPS.real, " Eps''   ": -1.1 * EPS.imag}
    for names in ITS_OWN:
        (spectrum,) = read(write(windeta([*WITH_GEOMETRY[0], *names], columns=columns)))
        assert_is_z(spectrum)
        assert any("say another Z, by up to 9%" in note for note in spectrum.notes)


def test_a_capacity_that_contradicts_z_is_refused_with_both_readings(write):
    columns = {**COLUMNS, "  Cp' [F]": 1.1 * Y.imag / W}
    with pytest.raises(UnreadableFile, match=r"contradict each other: .*Zs'.* say .* Ω, .*Cp'.* say .* Ω"):
        read(write(windeta([*FREE[0], *FREE[3]], columns=columns)))


CP = FREE[4]


def test_a_loss_of_either_sign_is_the_same_and_minus_the_loss_is_noted(write):
    for sign, noted in ((-1, True), (1, False)):
        columns = {**COLUMNS, " Cp'' [F]": sign * Y.real / W}
        for names in (CP, [*FREE[0], *CP], [*CP, "Tan(Delta)  "]):
            (spectrum,) = read(write(windeta(names, columns=columns)))
            assert_is_z(spectrum)
            assert any("minus the loss" in note for note in spectrum.notes) == (noted and names is CP)


def test_the_sign_of_a_loss_is_that_of_the_column_and_not_of_each_point(write):
    noise = np.where(np.arange(F.size) == 3, -1, 1)
    (spectrum,) = read(write(windeta(CP, columns={**COLUMNS, " Cp'' [F]": -noise * Y.real / W})))
    assert_is_z(spectrum, 1 / (noise * Y.real + 1j * Y.imag))
    assert "Re(Z) is negative at 1 point" in spectrum.notes
    columns = {**COLUMNS, " Cp'' [F]": Y.real / W * np.where(np.arange(F.size) % 3, -1, 1)}
    with pytest.raises(UnreadableFile, match=r"Cp'' \[F\]\" is negative at 64% of the points.*either sign"):
        read(write(windeta(CP, columns=columns)))
    assert_is_z(read(write(windeta([*FREE[0], "Tan(Delta)  "], columns=columns)))[0])


@pytest.mark.parametrize(
    ("names", "negated"),
    [
        (FREE[2], " Yp' [S]"),
        (FREE[1], " Zp' [Ohms]"),
        (FREE[3], "Tan(Delta)  "),
        (ITS_OWN[0], " Cs'' [F]"),
        (ITS_OWN[1], " Ys' [1/Ohm]"),
        (ITS_OWN[2], " Lp'' [H]"),
        (ITS_OWN[3], " Ls'' [H]"),
        (WITH_GEOMETRY[0], " Eps''   "),
        (WITH_GEOMETRY[1], "Tan(Delta)  "),
        (WITH_GEOMETRY[2], " Sig' [S/cm]"),
        (WITH_GEOMETRY[3], " Modulus''  "),
        (WITH_GEOMETRY[4], " Sig' [S/cm]"),
    ],
)
def test_a_pair_that_would_give_a_negative_resistance_throughout_is_refused(names, negated, write):
    columns = {**COLUMNS, negated: -COLUMNS[negated]}
    with pytest.raises(UnreadableFile, match=r"give Re\(Z\) < 0 at 100% of the points, as with a sign convention"):
        read(write(windeta(names, columns=columns)))


def test_a_loss_too_small_for_the_instrument_may_be_negative_at_most_points(write):
    noise = np.where(np.arange(F.size) % 3, -1, 1) * 1e-3
    columns = {**COLUMNS, " Eps''   ": noise * EPS.real}
    (spectrum,) = read(write(windeta(WITH_GEOMETRY[0], columns=columns)))
    assert_is_z(spectrum, 1 / (1j * W * C0 * EPS.real * (1 - 1j * noise)))
    assert any("Re(Z) is negative at 64% of the points: unusual" in note for note in spectrum.notes)
    with pytest.raises(UnreadableFile, match=r"give Re\(Z\) < 0 at 64% of the points"):
        read(write(windeta(WITH_GEOMETRY[0], columns={**COLUMNS, " Eps''   ": 20 * noise * EPS.real})))


def test_an_imaginary_conductivity_of_the_other_sign_is_refused(write):
    columns = {**COLUMNS, " Sig'' [S/cm]": -COLUMNS[" Sig'' [S/cm]"]}
    with pytest.raises(UnreadableFile, match=r"give Im\(Z\) > 0 at .* of the points, as with a sign convention"):
        read(write(windeta(WITH_GEOMETRY[4], columns=columns)))


def test_a_loss_angle_of_the_other_sign_is_refused(write):
    columns = {**COLUMNS, " Delta [  Deg]": -COLUMNS[" Delta [  Deg]"]}
    with pytest.raises(UnreadableFile, match=r"'\|Z\| \[Ohms\]' and 'Delta \[  Deg\]' give Re\(Z\) < 0"):
        read(write(windeta(POLAR[1], columns=columns)))


def test_all_that_windeta_writes_of_one_measurement_agrees_and_z_itself_is_taken(write):
    names = [name for name, values in COLUMNS.items() if values is not None]
    (spectrum,) = read(write(windeta(names)))
    assert_is_z(spectrum)
    assert not any("computed" in note for note in spectrum.notes)
    off = {**COLUMNS, " Ys' [1/Ohm]": 1.1 / Z.real}
    with pytest.raises(UnreadableFile, match=r"contradict each other: .*Yp'.* say .* Ω, .*Ys'.* say .* Ω"):
        read(write(windeta([*ITS_OWN[1], *FREE[2]], columns=off)))


def test_a_part_that_was_not_measured_makes_no_impedance(write):
    for names in ITS_OWN:
        for missing in names:
            with pytest.raises(UnreadableFile, match="not measured"):
                read(write(windeta(names, columns={**COLUMNS, missing: None})))


def test_the_names_that_windeta_alone_uses_so_mean_nothing_in_other_tables(write):
    rows = "\n".join(f"{f},{a},{b}" for f, a, b in zip(F, COLUMNS[" Cs' [F]"], COLUMNS[" Cs'' [F]"], strict=True))
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(f"Freq. [Hz],Cs' [F],Cs'' [F]\n{rows}\n"))


def test_a_negative_resistance_that_the_program_itself_states_is_noted(write):
    (spectrum,) = read(write(windeta(FREE[0], columns={**COLUMNS, " Zs' [Ohms]": -Z.real})))
    assert_is_z(spectrum, -Z.conj())
    assert any("Re(Z) is negative at 100% of the points: unusual" in note for note in spectrum.notes)


def series(order):
    kelvin = np.repeat([295.15, 323.15, 343.15], F.size)
    columns = {
        " Freq. [Hz]": np.tile(F, 3),
        " Temp. [K]": kelvin,
        " Zs' [Ohms]": np.concatenate([Z, 2 * Z, 3 * Z]).real,
        " Zs'' [Ohms]": np.concatenate([Z, 2 * Z, 3 * Z]).imag,
        "M Temp [K]": kelvin + np.where(kelvin > 320, -1.5, 0.3),
    }
    return {name: values[order] for name, values in columns.items()}


BY_TEMPERATURE = np.arange(3 * F.size)
BY_FREQUENCY = BY_TEMPERATURE.reshape(3, -1).T.ravel()


@pytest.mark.parametrize("order", [BY_TEMPERATURE, BY_FREQUENCY, BY_FREQUENCY[::-1]], ids=["T", "f", "f rising"])
@pytest.mark.parametrize("measured_first", [False, True])
def test_a_series_of_temperatures_gives_a_spectrum_each_with_its_temperature(order, measured_first, write):
    columns = series(order)
    names = list(columns)[:: -1 if measured_first else 1]
    spectra = read(write(windeta(names, columns=columns, fixed="Fixed value(s) :  AC Volt  [Vrms]=1.0000e+00")))
    if order[0]:
        spectra = spectra[::-1]
    assert [s.temperature for s in spectra] == [295.15, 323.15, 343.15]
    for k, spectrum in enumerate(spectra, 1):
        assert_is_z(spectrum, k * Z)
        assert spectrum.meta["origin"]["temperature_K"] == "column 'Temp. [K]'"
    assert ["on average" in " ".join(s.notes) for s in spectra] == [False, True, True]


def test_temperatures_in_degrees_celsius_are_understood_even_where_the_degree_sign_was_lost(write):
    text = windeta(FREE[0]).replace("Temp. [K]=3.0656e+02", "Temp. [\ufffdC]=2.2000e+01")
    assert read(write(text))[0].temperature == pytest.approx(295.15)


def test_set_and_measured_temperature_far_apart_give_none(write):
    columns = {**COLUMNS, "M Temp [K]": np.full(F.size, 265.0)}
    (spectrum,) = read(write(windeta([*FREE[0], "M Temp [K]"], columns=columns)))
    assert spectrum.temperature is None
    assert any("306.6 K" in note and "265.0 K" in note for note in spectrum.notes)


def test_several_blocks_keep_each_their_own_head(write):
    warm = windeta(
        FREE[3], fixed=FIXED.replace("3.0656e+02", "3.3315e+02"), columns={**COLUMNS, "  Cp' [F]": Y.imag / W}
    )
    cold, hot = read(write(windeta(WITH_GEOMETRY[0]) + "\n" + warm))
    assert_is_z(cold)
    assert_is_z(hot)
    assert (cold.temperature, hot.temperature) == (306.56, 333.15)


def test_a_sweep_of_the_temperature_is_refused(write):
    columns = {" Temp. [K]": np.linspace(300, 400, 9), " Zs' [Ohms]": np.ones(9), " Zs'' [Ohms]": -np.ones(9)}
    fixed = "Fixed value(s) :  Freq. [Hz]=3.725e+02  AC Volt  [Vrms]=1.000e+00"
    with pytest.raises(UnreadableFile, match="sweep of the temperature"):
        read(write(windeta(list(columns), columns=columns, fixed=fixed)))


@pytest.mark.parametrize("names", [[" Eps'    ", " Zs'' [Ohms]"], ["  Awe [A]", "M Time M[s]"], [" Zs' [Ohms]"]])
def test_columns_that_make_no_impedance_are_refused_with_what_was_found(names, write):
    with pytest.raises(UnreadableFile, match="found the columns"):
        read(write(windeta(names)))


def test_a_quantity_that_was_not_measured_is_not_taken_for_zero(write):
    columns = {**COLUMNS, " Zs' [Ohms]": None}
    with pytest.raises(UnreadableFile, match="not measured"):
        read(write(windeta(FREE[0], columns=columns)))
    (spectrum,) = read(write(windeta([*FREE[0], *FREE[3]], columns=columns)))
    assert_is_z(spectrum)


def test_a_table_with_every_cell_on_its_own_line_is_refused_with_the_remedy(write):
    *head, table = windeta(FREE[0]).split("\n", 3)
    text = "\n".join([*head, table.replace("\t", "\n")])
    with pytest.raises(
        UnreadableFile, match="every cell stands on a line of its own; export again as a table"
    ) as error:
        read(write(text))
    assert error.value.line == 4


def test_damage_gives_our_errors_and_no_other_numbers(tmp_path):
    for names in (FREE[0], FREE[3], ITS_OWN[0], [*WITH_GEOMETRY[0], "M Time M[s]"]):
        data = windeta(names).encode()
        assert_cuts_hold_no_other_numbers(data, tmp_path, places=60)
        assert_mutations_raise_our_errors_only(data, tmp_path)
