"""What damage to a line does, in the layouts written here; `test_every_file` does more of it to more files."""

import re

import layouts
import numpy as np
import pytest
from reader_cases import LAYOUTS

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

SYNTHETIC = {name: layouts.encoded(*content) for name, content in LAYOUTS.items()}


def assert_nothing_new(path, expected, said=True):
    """Read ``path``: an error of ours that names the file, or points that are all among ``expected``."""
    try:
        spectra = read(path)
    except UnreadableFile as error:
        spectra, message = None, str(error)
    if spectra is None:
        assert str(path) in message
        return None
    assert len(spectra) <= len(expected)
    for got, whole in zip(spectra, expected, strict=False):
        where = {f: np.flatnonzero(whole.frequency == f) for f in set(got.frequency)}
        for f, z in zip(got.frequency, got.impedance, strict=True):
            near = [k for k in where[f] if abs(whole.impedance[k] - z) <= 1e-9 * abs(z)]
            assert near, f"{f} Hz, {z} Ω is in no row of the file"
    points, whole = sum(map(len, spectra)), sum(map(len, expected))
    assert points == whole or not said or any(s.notes for s in spectra)
    return spectra


def test_a_file_cut_in_a_number_says_that_a_point_is_left_out(tmp_path):
    for name, data in SYNTHETIC.items():
        if name == "gamry-aborted":
            continue  # ends in another table
        expected = read(_written(tmp_path / "whole.dat", data))
        end = len(data.rstrip())
        spectra = assert_nothing_new(_written(tmp_path / "cut.dat", data[: end - 30]), expected)
        assert spectra is None or any("left out" in n or "no rows" in n for n in spectra[-1].notes), name


def test_a_last_line_without_its_end_is_kept_where_no_digit_can_be_missing(tmp_path):
    for name in ("gamry", "biologic", "zplot", "zplot-old", "semicolon", "tab"):
        data = SYNTHETIC[name].rstrip()
        assert len(read(_written(tmp_path / "f.dat", data))[0]) == 25, name


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (["1000;10;-1", "100;20;-2", "10;30;-3", "1;40;-4"], 3),  # -4 may have been -41
        (["1000;10;-1.25", "100;20;-2.5", "10;30;-30.125", "1;40;-4"], 3),
        (["1000;10;-1.0E+00", "100;20;-2.0E+00", "10;30;-3.0E+00", "1;40;-4.0E+0"], 3),
        (["1000;10;-1.0E+00", "100;20;-2.0E+00", "10;30;-3.0E+00", "1;40;-4.0E+00"], 4),
        (["9;1;-1.25", "8;1;-2.50", "7;1;-3.75", "6;1;-4.00", "5;1;-5.00", "4;1;-6.25"], 6),
        (["9;1;-1.25", "8;1;-2.50", "7;1;-3.75", "6;1;-4.00", "5;1;-5.00", "4;1;-6.2"], 5),
    ],
)
def test_whether_the_last_number_is_whole_is_told_by_the_others(rows, kept, write):
    (spectrum,) = read(write(("f/Hz;Re/ohm;Im/ohm\n" + "\n".join(rows)).encode()))
    assert len(spectrum) == kept
    assert any("left out" in note for note in spectrum.notes) == (kept < len(rows))


def _rows(lines):
    """Indices of the lines below the names that begin with three numbers."""
    number = r"[+-]?[0-9]+(?:[.,][0-9]*)?(?:[eE][+-]?[0-9]+)?"
    names = max(k for k, line in enumerate(lines) if re.search("freq", line, re.IGNORECASE))
    return [
        k for k, line in enumerate(lines) if k > names and re.match(rf"\s*{number}[\s,;]+{number}[\s,;]+{number}", line)
    ]


MUTATIONS = {
    "blank row": (lambda lines, k: [*lines[:k], "", *lines[k:]], "same"),
    "row of separators": (lambda lines, k: [*lines[:k], " \t \t", *lines[k:]], "same"),
    "blank rows at the end": (lambda lines, k: [*lines, "", "  ", ""], "same"),
    "end-of-file mark": (lambda lines, k: [*lines, "\x1a"], "same"),
    "row twice": (lambda lines, k: [*lines[: k + 1], *lines[k:]], "repeated"),
    "text in a row": (lambda lines, k: [*lines[:k], re.sub(r"[0-9]", "x", lines[k]), *lines[k + 1 :]], "refused"),
    "a letter in each number": (
        lambda lines, k: [*lines[:k], re.sub(r"([0-9])", r"\1x", lines[k]), *lines[k + 1 :]],
        "refused",
    ),
    "row of question marks": (lambda lines, k: [*lines[:k], "????", *lines[k + 1 :]], "refused"),
    "row cut": (lambda lines, k: [*lines[:k], lines[k][: len(lines[k]) // 4], *lines[k + 1 :]], "refused"),
    "row too long": (lambda lines, k: [*lines[:k], lines[k] + "\t1;2,3 4", *lines[k + 1 :]], "refused"),
    "two points in a number": (lambda lines, k: [*lines[:k], lines[k].replace(".", ".."), *lines[k + 1 :]], "refused"),
    "words at the end": (lambda lines, k: [*lines, "-- end of measurement --", "operator: N. N."], "noted"),
    "a number at the end": (lambda lines, k: [*lines, "25"], "refused or noted"),
}


@pytest.mark.parametrize(
    "name", ["gamry", "biologic", "biologic-loops", "zplot", "zplot-old", "semicolon", "comma", "tab"]
)
@pytest.mark.parametrize("what", MUTATIONS)
@pytest.mark.parametrize("row", [0, 8])
def test_a_changed_line_changes_no_number(what, name, row, write):
    mutate, outcome = MUTATIONS[what]
    text, encoding, newline = LAYOUTS[name]
    expected = read(write(text, "whole.dat", encoding, newline))
    lines = text.rstrip("\n").split("\n")
    rows = _rows(lines)
    if what == "two points in a number" and "." not in lines[rows[row]]:
        pytest.skip("this layout has a decimal comma")
    path = write("\n".join(mutate(lines, rows[row])) + "\n", "mutated.dat", encoding, newline)
    spectra = assert_nothing_new(path, expected)
    if spectra is None:
        assert "refused" in outcome
        return
    assert outcome != "refused"
    lengths = [len(s) for s in spectra]
    if outcome == "repeated":
        assert sum(lengths) == sum(map(len, expected)) + 1
        assert any("repeated" in note for s in spectra for note in s.notes)
    else:
        assert lengths == [len(s) for s in expected]
    if "noted" in outcome:
        assert any("not read" in note for s in spectra for note in s.notes)


def test_a_row_that_cannot_be_read_is_named_by_its_line(write):
    for name in ("gamry", "biologic", "zplot", "semicolon"):
        text, encoding, _ = LAYOUTS[name]
        lines = text.split("\n")
        k = _rows(lines)[5]
        lines[k] = re.sub(r"([0-9])([.,])", r"\1?\2", lines[k])
        with pytest.raises(UnreadableFile) as caught:
            read(write("\n".join(lines), encoding=encoding))
        assert caught.value.line == k + 1


def test_columns_may_stand_in_any_order_and_unknown_ones_beside_them(write):
    for name in ("gamry", "biologic", "zplot", "semicolon", "tab"):
        text, encoding, _ = LAYOUTS[name]
        expected = read(write(text, encoding=encoding))
        mark = ";" if name == "semicolon" else "\t"
        lines = text.rstrip("\n").split("\n")
        rows = _rows(lines)
        header = max(k for k in range(rows[0]) if re.search("freq", lines[k], re.IGNORECASE))
        for k in range(header, len(lines)):
            cells = lines[k].lstrip("\t").split(mark)
            if len(cells) > 2:
                extra = "Remark" if k < rows[0] else "good"
                lines[k] = "\t" * (name == "gamry") + mark.join([*cells[3:], extra, *cells[2::-1]])
        (spectrum,) = read(write("\n".join(lines) + "\n", encoding=encoding))
        assert np.array_equal(spectrum.impedance, expected[0].impedance), name
        assert np.array_equal(spectrum.frequency, expected[0].frequency), name


def _written(path, data):
    path.write_bytes(data)
    return path
