"""The PDG's rule, prefixes and powers: what people read never strays from the number."""

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lipon_eis.rounding import format_interval, format_value, round_with_error


@pytest.mark.parametrize(
    ("value", "stderr", "rounded"),
    [
        (0.827, 0.119, ("0.83", "0.12")),
        (0.827, 0.367, ("0.8", "0.4")),
        (1.2345, 0.0354, ("1.234", "0.035")),  # 354 keeps two digits
        (1.2345, 0.0355, ("1.23", "0.04")),  # 355 keeps one
        (1.2345, 0.0949, ("1.23", "0.09")),
        (1.2345, 0.0950, ("1.23", "0.10")),  # 950 becomes 1000
        (120.04, 0.27, ("120.04", "0.27")),
        (12345.0, 970.0, ("12300", "1000")),
        (-0.004, 0.3, ("0.00", "0.30")),
        (0.0, 0.4, ("0.0", "0.4")),
        (0.3549, 0.3549, ("0.35", "0.35")),
    ],
)
def test_the_rule_at_its_edges(value, stderr, rounded):
    assert round_with_error(value, stderr) == rounded


values = st.floats(-1e12, 1e12).filter(lambda v: v == 0 or abs(v) > 1e-12)
errors = st.floats(1e-12, 1e12)


@given(values, errors)
@example(0.0, 1e12)
@example(1.0, 999.9999999)
def test_the_value_moves_by_no_more_than_half_of_its_last_digit(value, stderr):
    shown, _ = map(Decimal, round_with_error(value, stderr))
    error = Decimal(repr(stderr))
    two_digits = int(error.scaleb(2 - error.adjusted())) < 355
    last = Decimal(1).scaleb(error.adjusted() - two_digits)
    assert abs(shown - Decimal(repr(value))) <= last / 2


@given(values, errors)
def test_the_error_keeps_its_size_and_one_or_two_digits(value, stderr):
    _, text = round_with_error(value, stderr)
    shown = Decimal(text)
    assert Decimal("0.86") <= shown / Decimal(repr(stderr)) <= Decimal("1.15")
    leading = int(shown.scaleb(1 - shown.adjusted()))
    assert shown == Decimal(leading).scaleb(shown.adjusted() - 1)
    assert 10 <= leading <= 35 or leading % 10 == 0


@given(values, errors)
def test_value_and_error_end_at_the_same_place(value, stderr):
    shown, error = round_with_error(value, stderr)
    assert len(shown.partition(".")[2]) == len(error.partition(".")[2])
    assert "e" not in (shown + error).lower()


@pytest.mark.parametrize("stderr", [None, math.nan, math.inf, 0.0])
def test_an_unknown_error_leaves_no_plus_minus(stderr):
    assert round_with_error(120.046, stderr) == ("120.0", "")
    assert format_value(120.046, stderr, "ohm") == "120.0 Ω"


def test_what_cannot_be_rounded_is_refused():
    for value, stderr in [(math.nan, 1.0), (math.inf, 1.0), (1.0, -0.1)]:
        with pytest.raises(ValueError):
            round_with_error(value, stderr)


@pytest.mark.parametrize(
    ("value", "stderr", "unit", "text"),
    [
        (120.04, 0.38, "ohm", "120.0 ± 0.4 Ω"),
        (4074.4, 12.0, "ohm", "4.074 ± 0.012 kΩ"),
        (2e-6, 4.8e-8, "S/cm", "(2.00 ± 0.05) × 10⁻⁶ S/cm"),
        (2.18e-5, None, "S/cm", "2.180 × 10⁻⁵ S/cm"),
        (1.2e-6, 6e-8, "m", "1.20 ± 0.06 µm"),
        (5e-5, 1e-6, "m2", "0.500 ± 0.010 cm²"),
        (298.15, 0.5, "K", "25.0 ± 0.5 °C"),
        (273.15, 0.5, "K", "0.0 ± 0.5 °C"),
        (0.55, 0.004, "eV", "0.550 ± 0.004 eV"),
        (0.9, 0.0123, "", "0.900 ± 0.012"),
        (8.6, 0.4, "ohm cm2", "8.6 ± 0.4 Ω cm²"),
        (999.97, None, "ohm", "1.000 kΩ"),
        (1.0, 1e6, "ohm", "0.0 ± 1.0 MΩ"),
        (-3200.0, 40.0, "ohm", "-3.20 ± 0.04 kΩ"),
        (0.0, None, "ohm", "0 Ω"),
        (120.0, 1e-12, "ohm", "120.0000 ± <0.0001 Ω"),
        (None, None, "ohm", "–"),
        (math.nan, 0.1, "ohm", "–"),
    ],
)
def test_a_value_is_written_as_people_write_it(value, stderr, unit, text):
    assert format_value(value, stderr, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (119.52, 120.48, "ohm", "119.52 – 120.48 Ω"),
        (8.5612, 9.8703, "ohm", "8.56 – 9.87 Ω"),
        (1.0, 1000.0, "ohm", "0.0010 – 1.00 kΩ"),
        (4.2e-10, 7.7e6, "Hz", "420 pHz – 7.7 MHz"),
        (3.8e-7, 0.61, "s", "380 ns – 610 ms"),
        (3e-9, 2e-5, "S/cm", "3.0 × 10⁻⁹ S/cm – 2.0 × 10⁻⁵ S/cm"),
        (1e-8, 0.9, "", "1.0 × 10⁻⁸ – 0.90"),
        (0.5421, 0.5579, "eV", "0.5421 – 0.5579 eV"),
        (1.991e-6, 2.009e-6, "S/cm", "(1.9910 – 2.0090) × 10⁻⁶ S/cm"),
        (3210.0, None, "ohm", "> 3.2 kΩ"),
        (None, 3.21e-9, "F", "< 3.3 nF"),
        (None, 999.0, "ohm", "< 1.0 kΩ"),
        (3210.0, math.inf, "ohm", "> 3.2 kΩ"),
        (None, None, "ohm", "–"),
    ],
)
def test_an_interval_and_a_bound(low, high, unit, text):
    assert format_interval(low, high, unit) == text
    assert format_value(None, None, unit, interval=(low, high)) == text


def test_an_interval_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="backwards"):
        format_interval(2.0, 1.0)


@given(st.floats(1e-3, 1e5))
def test_a_bound_stays_true_when_rounded(bound):
    above, below = format_interval(bound, None), format_interval(None, bound)
    assert Decimal(above.removeprefix("> ")) <= Decimal(repr(bound)) <= Decimal(below.removeprefix("< "))


@given(st.floats(1e-3, 1e4), st.floats(1e-6, 10.0))
def test_an_interval_never_shrinks_to_a_point(low, ratio):
    high = low * (1 + ratio)
    left, right = map(Decimal, format_interval(low, high).split(" – "))
    assert left < right
    assert abs(left - Decimal(repr(low))) <= (Decimal(repr(high)) - Decimal(repr(low))) / 40


@given(st.floats(1e-14, 1e11), st.sampled_from(["ohm", "F", "Hz", "V", "S/cm", ""]))
def test_four_digits_are_within_five_parts_in_ten_thousand(value, unit):
    from lipon_eis.units import parse_quantity

    dimension = {"ohm": "resistance", "F": "capacitance", "Hz": "frequency", "V": "voltage", "S/cm": "conductivity"}
    read = parse_quantity(format_value(value, None, unit), dimension.get(unit, "dimensionless")).value
    assert read == pytest.approx(value * (100 if unit == "S/cm" else 1), rel=5.1e-4)
