"""Tables read at once hold what tables read line by line hold, or are left to be read so."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import rows
from lipon_eis.readers.block import plain_block
from lipon_eis.readers.format import File

MARKS = ("\t", ";", ",", "")
PLAIN = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e9, 1e9).map("{:.6E}".format),
    st.floats(-1e6, 1e6).map("{:.3f}".format),
    st.integers(-(10**20), 10**20).map(str),
)
ODD = st.one_of(
    PLAIN.map(lambda cell: f" {cell} "),
    PLAIN.map(lambda cell: cell.replace(".", ",")),
    PLAIN.map(lambda cell: f'"{cell}"'),
    st.sampled_from(
        ["", " ", "nan", "-inf", "1e999", "1_0", "+5", ".5", "5.", "007", "1d3", "1,234", "1.2.3", "x", "٣"]
    ),
    st.text('0123456789.,-+eE\t; \x00\x0b"[]{}tn\x1c', max_size=6),
)


def cells(plain):
    """Lines of cells: nearly all plain, so that whole tables are."""
    cell = PLAIN if plain else st.one_of(*[PLAIN] * 30, ODD)
    return st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=1, max_size=8))


def ends(line):
    return line.startswith("END")


def found(text, split, width, needed):
    """What `rows.read` makes of a text: numbers, lines and notes, or the message of its error."""
    file = File(Path("film.dat"), text.encode())
    try:
        table = rows.read(file, 1, split, width, needed, ends)
    except UnreadableFile as error:
        return str(error)
    return [list(column) for column in table.data.values()], list(table.lines), tuple(table.notes)


def same(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return np.array_equal(one[0], other[0], equal_nan=True) and one[1:] == other[1:]


@settings(max_examples=400, deadline=None)
@given(
    table=st.booleans().flatmap(cells),
    mark=st.sampled_from(MARKS),
    indented=st.booleans(),
    others=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["", " \t", "END\t1", "note", "1;2", " # 1;2", "%\t3"])),
        max_size=2,
    ),
    newline=st.sampled_from(["", "\n", "\n\n \n"]),
    columns=st.sets(st.integers(0, 4), min_size=1),
)
@example([["1", "2"], ["3,4", ""]], ";", False, [], "\n", {0, 1})
@example([["#1", "2"], ["3", "4"]], ";", False, [], "\n", {1})
@example([["1", "2"], ["3"]], "", False, [], "\n", {0})
@example([["1", "2\x00"], ["3", "4"]], "", False, [], "\n", {0})
def test_a_table_is_the_same_read_at_once_and_line_by_line(table, mark, indented, others, newline, columns):
    indent = mark if indented and mark else ""
    lines = [indent + (mark or " ").join(row) for row in table]
    for at, line in others:
        lines.insert(at, line)
    text = "names\n" + "\n".join(lines) + newline
    width = len(table[0])
    needed = sorted(k for k in columns if k < width) or [0]
    at_once = rows.SplitOn(mark, bool(indent))
    line_by_line = at_once.__call__  # the same function, without what it says of itself
    assert same(found(text, at_once, width, needed), found(text, line_by_line, width, needed))


@given(table=cells(plain=True), mark=st.sampled_from(MARKS), indented=st.booleans())
def test_a_plain_table_is_read_at_once(table, mark, indented):
    indent = mark if indented and mark else ""
    lines = [indent + (mark or "  ").join(row) for row in table]
    width = len(table[0])
    values = plain_block(lines, mark, width, range(width), indented=bool(indent))
    assert np.array_equal(values, np.array([[float(cell) for cell in row] for row in table]).T)


@given(table=cells(plain=True), mark=st.sampled_from(["\t", ";", ""]), indented=st.booleans())
def test_a_plain_table_with_decimal_commas_is_read_at_once(table, mark, indented):
    indent = mark if indented and mark else ""
    commas = [[cell.replace(".", ",") for cell in row] for row in table]
    commas[0][0] = "-1,5"
    values = plain_block(
        [indent + (mark or " ").join(row) for row in commas], mark, len(table[0]), [0, 1], indented=bool(indent)
    )
    assert np.array_equal(values, np.array([[float(c.replace(",", ".")) for c in row[:2]] for row in commas]).T)


@settings(max_examples=1000)
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_every_number_of_json_is_the_nearest_float_or_is_left_alone(text):
    values = plain_block([f"{text};1"], ";", 2, [0])
    assert values is None or values[0][0] == float(text)


@pytest.mark.parametrize(
    "line",
    [
        '1;"2"',
        "1;2,555",
        "1;2,5,5",
        "1.5;2,5",
        "1;2,5x",
        "1;",
        "1;2;3",
        "1;nan",
        "1;[2",
        "1;true",
        '1;{"a":2}',
        "1;2 3",
        "1;1e400",
        "1; ;",
    ],
)
def test_what_is_not_plain_is_left_alone(line):
    assert plain_block(["1;2", line, "3;4"], ";", 2, [0, 1]) is None
