"""Text with units: what is read, what is refused, and that no comma ever slips through."""

import math
import re
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lipon_eis.errors import InvalidQuantity
from lipon_eis.units import (
    DIMENSIONS,
    PREFIXES,
    format_quantity,
    parse_assignment,
    parse_number,
    parse_quantity,
    parse_range,
)


@pytest.mark.parametrize(
    ("text", "dimension", "value", "stderr"),
    [
        ("1.2um", "length", 1.2e-6, None),
        ("1.2 \u00b5m", "length", 1.2e-6, None),
        ("1.2 \u03bcm", "length", 1.2e-6, None),
        ("1.2\u00a0um", "length", 1.2e-6, None),
        ("70nm", "length", 70e-9, None),
        ("120 \u00c5", "length", 12e-9, None),
        ("1.2e-6m", "length", 1.2e-6, None),
        ("1.2 × 10⁻⁶ m", "length", 1.2e-6, None),
        ("1.2 um ± 5 %", "length", 1.2e-6, 0.06e-6),
        ("1.2 +- 0.1 um", "length", 1.2e-6, 0.1e-6),
        ("1.2um+/-30nm", "length", 1.2e-6, 30e-9),
        ("(1.2 ± 0.1) um", "length", 1.2e-6, 0.1e-6),
        ("0.5 cm2", "area", 5e-5, None),
        ("0.5 cm^2", "area", 5e-5, None),
        ("0.5cm²", "area", 5e-5, None),
        ("0.5±0.01 cm2", "area", 5e-5, 1e-6),
        ("1 mm2", "area", 1e-6, None),
        ("25 degC", "temperature", 298.15, None),
        ("25 °C", "temperature", 298.15, None),
        ("25C", "temperature", 298.15, None),
        ("\u221220 ℃", "temperature", 253.15, None),
        ("298 K", "temperature", 298.0, None),
        ("25 ± 0.5 °C", "temperature", 298.15, 0.5),
        ("25 °C ± 0.5 K", "temperature", 298.15, 0.5),
        ("298.15 K ± 0.5 °C", "temperature", 298.15, 0.5),
        ("12 ± 0.5 ohm", "resistance", 12.0, 0.5),
        ("4 k\u2126", "resistance", 4000.0, None),
        ("4 k\u03a9", "resistance", 4000.0, None),
        ("3 mohm", "resistance", 0.003, None),
        ("3 Mohm", "resistance", 3e6, None),
        ("15 pF", "capacitance", 15e-12, None),
        ("30 min", "time", 1800.0, None),
        ("2 h", "time", 7200.0, None),
        ("-10 mV", "voltage", -0.01, None),
        ("2 µS/cm", "conductivity", 2e-4, None),
        ("(2.00 ± 0.05) × 10⁻⁶ S cm⁻¹", "conductivity", 2e-4, 5e-6),
        ("0.4 1/cm", "inverse length", 40.0, None),
        ("8.6 Ω cm²", "area resistance", 8.6e-4, None),
        ("50 %", "dimensionless", 0.5, None),
    ],
)
def test_a_quantity_is_read_as_the_nearest_float_in_si(text, dimension, value, stderr):
    quantity = parse_quantity(text, dimension)
    assert quantity.value == value
    assert quantity.stderr == (None if stderr is None else pytest.approx(stderr, rel=1e-15))


@pytest.mark.parametrize(
    ("text", "dimension", "remedy"),
    [
        ("1,2um", "length", "write 1.2um"),
        ("1,2 um ± 0,1 um", "length", "write 1.2 um ± 0.1 um"),
        ("1,234 nm", "length", "write 1.234 nm or 1234 nm"),
        ("1,234.5 nm", "length", "write 1234.5 nm"),
        ("1.234,5 nm", "length", "write 1234.5 nm"),
        ("1 234 nm", "length", "write 1234 nm"),
        ("1\u202f234 nm", "length", "write 1234 nm"),
        ("1.2", "length", "write a length such as '1.2um' or '1.2e-6m'"),
        ("25", "temperature", "'25 degC' or '298 K'"),
        ("1.2 um ± 0.1", "length", "the error has no unit"),
        ("1.2 um", "area", "expected an area such as '0.5 cm2' or '5e-5 m2', found a length"),
        ("0.5 cm2", "length", "found an area"),
        ("25 degC ± 2 %", "temperature", "write '± 0.5 K'"),
        ("-300 degC", "temperature", "below absolute zero"),
        ("0 um", "length", "a length has to be positive"),
        ("-0.5 cm2", "area", "an area has to be positive"),
        ("1 um ± -5 %", "length", "cannot be negative"),
        ("1 um ± 1 nm ± 1 nm", "length", "more than one ±"),
        ("1 UM", "length", "did you mean um"),
        ("1 mhz", "frequency", "did you mean mHz or MHz"),
        ("nan um", "length", "expected a number"),
        ("inf um", "length", "expected a number"),
        ("1e999 m", "length", "out of range"),
        ("1e99999999999999999999 m", "length", "out of range"),
        ("1e-999 m", "length", "out of range"),
        ("1_000 nm", "length", "no unit"),
        ("", "length", "found nothing"),
        ("um", "length", "expected a number"),
        ("1.2.3 um", "length", "no unit"),
    ],
)
def test_a_text_that_could_be_misread_is_refused_with_its_remedy(text, dimension, remedy):
    with pytest.raises(InvalidQuantity, match=re.escape(remedy)) as caught:
        parse_quantity(text, dimension)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("dimension", "unit", "factor"),
    [(name, unit, factor) for name, kind in DIMENSIONS.items() for unit, factor in kind.units.items()],
)
def test_every_unit_scales_by_its_factor(dimension, unit, factor):
    offset = (DIMENSIONS[dimension].offsets or {}).get(unit, 0)
    assert parse_quantity(f"2.5 {unit}", dimension).value == float(Decimal("2.5") * factor + offset)


@pytest.mark.parametrize(("prefix", "power"), PREFIXES.items())
@pytest.mark.parametrize(("unit", "dimension"), [("ohm", "resistance"), ("F", "capacitance"), ("Hz", "frequency")])
def test_every_prefix_is_its_power_of_ten(prefix, power, unit, dimension):
    assert parse_quantity(f"3{prefix}{unit}", dimension).value == float(f"3e{power}")
    assert parse_number(f"3{prefix}") == float(f"3e{power}")


numbers = st.decimals("0.001", "9999", places=3)


@given(numbers, st.sampled_from(["um", "nm", "cm2", "mm2", "degC", "K", "kohm", "%", "", " "]), st.data())
@example(Decimal("1.234"), "um", None)
def test_no_comma_ever_gives_a_value_unless_commas_are_decimal(number, unit, data):
    text = f"{number} {unit}"
    place = 1 if data is None else data.draw(st.integers(0, len(text)))
    text = text[:place] + "," + text[place:]
    for dimension in DIMENSIONS:
        with pytest.raises(InvalidQuantity):
            parse_quantity(text, dimension)
    with pytest.raises(InvalidQuantity):
        parse_number(text)
    with pytest.raises(InvalidQuantity):
        parse_range(f"{text}..{text}", "dimensionless")


@given(st.text(st.sampled_from("0123456789.,eE+-± %umcdegCKohm()×^²⁻nan\u00b5 "), max_size=12))
def test_any_text_gives_a_finite_number_or_our_error(text):
    for dimension in ("length", "temperature", "resistance", "dimensionless"):
        try:
            quantity = parse_quantity(text, dimension, decimal_comma="," in text)
        except InvalidQuantity:
            continue
        assert math.isfinite(quantity.value)
        assert quantity.stderr is None or 0 <= quantity.stderr < math.inf


def test_a_decimal_comma_is_read_where_the_table_has_decimal_commas():
    assert parse_quantity("1,2 ± 0,05 um", "length", decimal_comma=True).value == 1.2e-6
    assert parse_quantity("1,234", "length", unit="um", decimal_comma=True).value == 1.234e-6
    assert parse_quantity("0.5 cm2", "area", decimal_comma=True).value == 5e-5


@pytest.mark.parametrize("text", ["1.234 nm", "1.234,5 nm", "1,234.5 nm", "1,2,3 nm", "1, nm", "1.234.567 nm"])
def test_among_decimal_commas_a_number_with_two_readings_is_refused(text):
    with pytest.raises(InvalidQuantity):
        parse_quantity(text, "length", decimal_comma=True)


def test_a_column_gives_its_unit_to_bare_numbers_and_refuses_another():
    assert parse_quantity("25 ± 0.5", "temperature", unit="degC") == parse_quantity("25 ± 0.5 degC", "temperature")
    assert parse_quantity("1.2 um ± 5 %", "length", unit="um") == parse_quantity("1.2 um ± 5 %", "length")
    for text, dimension, unit in [("298 K", "temperature", "degC"), ("1.2 nm", "length", "um")]:
        with pytest.raises(InvalidQuantity, match=f"column in {unit}"):
            parse_quantity(text, dimension, unit=unit)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("4000", "ohm", 4000.0),
        ("4k", "ohm", 4000.0),
        ("4kohm", "ohm", 4000.0),
        ("4 kΩ", None, 4000.0),
        ("2.2e-9 F", "F", 2.2e-9),
        ("15n", "ohm^-1 s^n", 15e-9),
        ("15e-9 ohm^-1 s^n", "ohm^-1 s^n", 15e-9),
        ("2 kohm s^-1/2", "ohm s^-1/2", 2000.0),
        ("0.9", "", 0.9),
        ("5m", "ohm", 0.005),
        ("5M", "ohm", 5e6),
        ("-1.5", "", -1.5),
        ("3e-7 ohm s^n", "ohm s^n", 3e-7),
        ("4k", "mol m^-3", 4000.0),
    ],
)
def test_a_parameter_takes_a_bare_prefix_or_its_own_unit(text, unit, value):
    assert parse_number(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [("4 nF", "ohm"), ("4K", None), ("4K", "ohm"), ("4 foo", None), ("nan", None), ("4 ohm", "ohm s^n")],
)
def test_a_parameter_refuses_what_is_not_its_own(text, unit):
    with pytest.raises(InvalidQuantity):
        parse_number(text, unit)


@pytest.mark.parametrize(
    ("text", "dimension", "ends"),
    [
        ("1Hz..1MHz", "frequency", (1.0, 1e6)),
        (" 1 Hz .. 1 MHz ", "frequency", (1.0, 1e6)),
        ("..1MHz", "frequency", (None, 1e6)),
        ("10..", "frequency", (10.0, None)),
        ("0.7..1", "dimensionless", (0.7, 1.0)),
        ("1k..1M", "resistance", (1e3, 1e6)),
        ("-1..1", "dimensionless", (-1.0, 1.0)),
    ],
)
def test_a_range_has_two_ends_of_which_one_may_be_open(text, dimension, ends):
    assert parse_range(text, dimension) == ends


@pytest.mark.parametrize(
    "text", ["1Hz", "..", "1MHz..1Hz", "1..10kHz", "1...5", "1..2..3", "1 ohm..2 ohm", "5..5", "", "a..b"]
)
def test_a_range_that_could_be_misread_is_refused(text):
    with pytest.raises(InvalidQuantity):
        parse_range(text, "frequency")


def test_an_assignment_is_a_name_and_a_text():
    assert parse_assignment(" R1 = 4k ") == ("R1", "4k")
    for text in ("R1", "=4k", "R1=", ""):
        with pytest.raises(InvalidQuantity, match="NAME=VALUE"):
            parse_assignment(text)


ROUND_TRIPS = {
    "m": "length", "m2": "area", "ohm": "resistance", "F": "capacitance", "Hz": "frequency",
    "s": "time", "V": "voltage", "H": "inductance", "1/m": "inverse length", "": "dimensionless", "S/m": "conductivity",
}  # fmt: skip


@pytest.mark.parametrize(("unit", "dimension"), ROUND_TRIPS.items())
@given(value=st.floats(1e-18, 1e18))
@example(value=1.2e-6)
@example(value=4.5e-15)
@example(value=999.9999999999999)
def test_what_is_written_is_read_as_the_same_float(unit, dimension, value):
    assert parse_quantity(format_quantity(value, unit), dimension).value == value


@given(value=st.floats(1e-3, 1e6))
@example(value=298.15)
def test_a_temperature_written_in_celsius_is_read_as_the_same_float(value):
    assert parse_quantity(format_quantity(value, "K"), "temperature").value == value


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.2e-6, "m", "1.2 µm"),
        (5e-5, "m2", "0.5 cm²"),
        (298.15, "K", "25 °C"),
        (2e-6, "S/cm", "2 × 10⁻⁶ S/cm"),
        (4000.0, "ohm", "4 kΩ"),
        (2.2e-9, "ohm^-1 s^n", "2.2 × 10⁻⁹ Ω⁻¹ sⁿ"),
        (0.0, "ohm", "0 Ω"),
        (0.9, "", "0.9"),
        (7200.0, "s", "7200 s"),
    ],
)
def test_people_see_the_unit_they_use(value, unit, text):
    assert format_quantity(value, unit) == text


def test_units_and_rounding_do_without_numpy():
    code = "import sys, lipon_eis.units, lipon_eis.rounding; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
