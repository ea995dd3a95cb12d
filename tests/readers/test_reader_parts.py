"""The machinery that all readers share: lines, numbers, names, sweeps."""

import layouts
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lipon_eis.readers import numbers, sweeps
from lipon_eis.readers.names import Quantity, meaning, unit
from lipon_eis.readers.numbers import AmbiguousNumber, Notation, looks_numeric, notation_of, surely_whole
from lipon_eis.readers.text import decode, encoding_of

TEXTS = st.lists(st.text("abcµ°Ω019.,;'\t", min_size=3, max_size=12), min_size=1, max_size=6)


@given(lines=TEXTS, encoding=st.sampled_from(layouts.ENCODINGS), newline=st.sampled_from(layouts.LINE_ENDS))
def test_lines_come_back_from_every_encoding_and_line_end(lines, encoding, newline):
    if encoding == "cp1252":
        lines = [line.replace("Ω", "o") for line in lines]
    if encoding in ("utf-16-le", "utf-16-be"):
        lines = ["Frequency and more plain text", *lines]  # told by its zeros alone
    data = layouts.encoded("\n".join(lines) + "\n", encoding, newline)
    found = encoding_of(data)
    text = decode(data, found)
    assert text.ended
    if encoding == "cp1252" and found != "cp1252":
        return  # bytes that are UTF-8 too
    assert list(text.lines) == lines


def test_characters_that_python_calls_line_ends_are_none():
    data = "a\x0bb\x0cc\x85d\u2028e\n".encode()
    assert len(decode(data, "utf-8").lines) == 1


def test_a_character_cut_at_the_end_does_not_change_the_encoding():
    data = "Cs/µF °".encode()
    assert encoding_of(data[:-1]) == "utf-8"
    assert decode(data[:-1], "utf-8").lines == ("Cs/µF ",)


@pytest.mark.parametrize("cell", ["1", "-1.5", "+.5", "1e5", "1.E-03", "1,5", "1.234,5", "nan", "-inf", "1.0D+03"])
def test_numbers_look_numeric(cell):
    assert looks_numeric(cell)


@pytest.mark.parametrize(
    "cell", ["", "-", "1_000", "735.9m", "1e", "0x1F", "１２", "1 2", "1.2.x", "infinity", "12:30"]
)
def test_other_texts_do_not_though_float_may_take_them(cell):
    assert not looks_numeric(cell)


@pytest.mark.parametrize(
    ("cells", "notation"),
    [
        (["1.5", "2", "x"], Notation()),
        (["1,5", "2"], Notation(",")),
        (["0,123", "0,456"], Notation(",")),
        (["1,234E+02", "1,235"], Notation(",")),
        (["1,234.5", "12"], Notation(".", ",")),
        (["1.234,5", "0,1"], Notation(",", ".")),
        (["1,234,567"], Notation(".", ",")),
    ],
)
def test_the_notation_of_a_table_is_decided_by_all_its_cells(cells, notation):
    assert notation_of(cells) == notation


@pytest.mark.parametrize(
    "cells", [["1,234"], ["1,234", "12,345"], ["1,234.5", "1.234,5"], ["1,2,3"], ["1,234.5", "1,5"]]
)
def test_a_notation_that_is_not_certain_is_refused(cells):
    with pytest.raises(AmbiguousNumber):
        notation_of(cells)


@given(values=st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=5), decimal=st.sampled_from([".", ","]))
def test_a_number_written_in_either_notation_is_itself(values, decimal):
    cells = [f"{v:.17e}".replace(".", decimal) for v in values]
    assert numbers.parse(cells, notation_of(cells)).tolist() == values


@given(
    seed=st.integers(0, 2**32),
    n=st.integers(4, 20),
    spread=st.floats(0.01, 1),
    size=st.floats(1e-3, 1e6),
    form=st.sampled_from([".6f", ".4E", ".9g", ".17g", "r", ".3f", ".0f"]),
    lost=st.integers(1, 6),
)
def test_a_measured_number_that_lost_digits_is_never_called_whole(seed, n, spread, size, form, lost):
    values = (size * np.random.default_rng(seed).lognormal(0, spread, n)).tolist()
    *others, last = (repr(v) if form == "r" else format(v, form) for v in values)
    cut = last[:-lost]
    if looks_numeric(cut) and surely_whole(cut, others):
        assert float(cut) == pytest.approx(float(last), rel=1e-13)


@pytest.mark.parametrize(
    ("header", "quantity", "scale", "negated"),
    [
        ("freq/Hz", Quantity.FREQUENCY, 1, False),
        ("Frequency (kHz)", Quantity.FREQUENCY, 1e3, False),
        ("f in MHz", Quantity.FREQUENCY, 1e6, False),
        ("frequency (rad/s)", Quantity.OMEGA, 1, False),
        ("Re(Z)/Ohm", Quantity.REAL, 1, False),
        ("Z'", Quantity.REAL, 1, False),
        ("-Im(Z)/Ohm", Quantity.IMAGINARY, 1, True),
        ("− Z″ (MΩ)", Quantity.IMAGINARY, 1e6, True),
        ("Z''/mOhm", Quantity.IMAGINARY, 1e-3, False),
        ("z_im_ohm", Quantity.IMAGINARY, 1, False),
        ("|Z|/kOhm", Quantity.MODULUS, 1e3, False),
        ("-Phase [°]", Quantity.PHASE, 1, True),
        ("theta/rad", Quantity.PHASE, 180 / np.pi, False),
        ("Temp. [°C]", Quantity.TEMPERATURE, 1, False),
        ("loop_index", Quantity.LOOP, 1, False),
        ("#NAME?", Quantity.LOST, 1, True),
    ],
)
def test_a_name_says_quantity_unit_and_sign(header, quantity, scale, negated):
    found = meaning(header)
    assert (found.quantity, found.negated) == (quantity, negated)
    assert_allclose(found.scale, scale)


@pytest.mark.parametrize(
    "header",
    [
        "Re(Z)/Ohm * Area",
        "Re(Zce)/Ohm",
        "Re(Y)/Ohm-1",
        "Re(C)/nF",
        "-Re(Z)/Ohm",
        "Z' (ohm cm2)",
        "freq/mhz",
        "Z'/MOHM",
        "t/s",
        "time",
        "T",
        "peak_frequency_bulk_Hz",
        "x",
        "R/Ohm_",
        "",
        "Magnitude (dBm)",
    ],
)
def test_other_names_say_nothing(header):
    assert meaning(header) is None


def test_milli_is_not_mega():
    assert unit("mOhm") == ("impedance", 1e-3, 0.0)
    assert unit("MOhm") == ("impedance", 1e6, 0.0)
    assert unit("mohm") == ("impedance", 1e-3, 0.0)
    assert unit("mHz") == ("frequency", 1e-3, 0.0)
    assert unit("MHZ") == ("frequency", 1e6, 0.0)
    assert unit("mhz") is unit("MOHM") is None


DOWN = np.geomspace(1e5, 1e-1, 13)


def parts(*pieces, loop=None):
    f = np.concatenate(pieces)
    return [f[p].tolist() for p in sweeps.split(f, loop)]


@given(n=st.integers(2, 8), count=st.integers(1, 5), up=st.booleans())
def test_repeated_sweeps_are_told_by_the_jump_back(n, count, up):
    f = np.geomspace(1, 1e4, n) if up else np.geomspace(1e4, 1, n)
    loop = np.repeat(np.arange(count), n)
    assert parts(*[f] * count, loop=loop) == [f.tolist()] * count
    if n >= 3:
        assert parts(*[f] * count) == [f.tolist()] * count


def test_up_and_down_are_two_whether_the_top_is_measured_once_or_twice():
    up = DOWN[::-1]
    assert parts(up, DOWN) == [up.tolist(), DOWN.tolist()]
    assert parts(up, DOWN[1:]) == [up.tolist(), DOWN[1:].tolist()]


def test_a_second_sweep_over_another_range_is_another():
    assert parts(DOWN, DOWN[6:]) == [DOWN.tolist(), DOWN[6:].tolist()]


def test_two_points_in_the_wrong_order_do_not_split_a_sweep():
    f = DOWN.copy()
    f[[5, 6]] = f[[6, 5]]
    assert parts(f) == [f.tolist()]


def test_repeated_frequencies_stay_in_their_sweep():
    f = np.repeat(DOWN, 2)
    assert parts(f) == [f.tolist()]


def test_rows_of_frequency_zero_separate_and_belong_to_none():
    zero = np.zeros(4)
    assert parts(zero, DOWN[:6], zero, DOWN[6:], zero) == [DOWN[:6].tolist(), DOWN[6:].tolist()]
    assert parts(zero) == []


def test_a_loop_number_that_changes_within_a_sweep_does_not_split_it():
    assert parts(DOWN, loop=np.r_[np.zeros(8), np.ones(5)]) == [DOWN.tolist()]
