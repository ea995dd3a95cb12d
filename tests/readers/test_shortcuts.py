"""What is read by a short way is what the careful way reads: spectra, metadata, notes and errors."""

import codecs
import pickle
from collections.abc import Mapping
from pathlib import Path

import layouts
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mutations import KINDS, Export
from reader_cases import LAYOUTS, F, Z
from test_every_file import BYTES, PATHS, chosen, content

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import find_files, gamry, read, table
from lipon_eis.readers.block import Lists, plain_rows
from lipon_eis.readers.deferred import Deferred
from lipon_eis.readers.text import decode, encoding_of
from lipon_eis.spectrum import Spectrum

GAMRY = layouts.encoded(*LAYOUTS["gamry"])


def outcome(path, **how):
    """All that reading a file gives, or its error."""
    try:
        spectra = read(path, **how)
    except UnreadableFile as error:
        return type(error), str(error), error.line
    return [
        {
            **{name: None if array is None else array.tolist() for name, array in arrays(s).items()},
            "about": (s.label, s.temperature, s.notes),
            "meta": list(s.meta.items()),
        }
        for s in spectra
    ]


def arrays(spectrum):
    return {name: getattr(spectrum, name) for name in ("frequency", "impedance", "sigma", "masked")}


def carefully(path, **how):
    """The same without the short ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gamry, "_plain", lambda file: None)
        patch.setattr(table, "one_sweep", lambda values: None)
        return outcome(path, **how)


def assert_same(path, **how):
    short, careful = outcome(path, **how), carefully(path, **how)
    assert repr(short) == repr(careful)  # NaN is written alike


@pytest.mark.parametrize("name", [*PATHS, *BYTES])
def test_every_file_and_its_mutants_are_read_alike_by_the_short_and_the_careful_way(name, tmp_path):
    path = tmp_path / "film.dat"
    path.write_bytes(content(name))
    assert_same(path)
    assert_same(path, imaginary="negated")
    for kind, mutants in KINDS.items():
        for mutant in chosen(list(mutants(Export(content(name)))), name, kind):
            path.write_bytes(mutant.data)
            assert_same(path)


BITS = [*b"\t\n\r\0-e1., 0", b"\r\n", b"\n\n", b"nan", b"\t\t", b"\xb0"]
BITS = [bytes([bit]) if isinstance(bit, int) else bit for bit in BITS]
KEYS = [
    b"EXPERIMENTABORTED\tTOGGLE\tT\tx\n",
    b"ZCURVE1\tTABLE\t3\n",
    b"\nZCURVE\tTABLE\n",
    b"NOTES\tNOTES\t9\t&x\n\tq\n",
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(GAMRY)), gone=st.integers(0, 30), new=st.sampled_from([b"", *BITS, *KEYS]))
@example(at=0, gone=7, new=b"")
@example(at=0, gone=0, new=KEYS[0])
@example(at=0, gone=0, new=KEYS[1])
@example(at=len(GAMRY), gone=0, new=b"\n \n")
@example(at=GAMRY.find(b"ZCURVE"), gone=0, new=KEYS[0])
def test_a_gamry_file_changed_anywhere_is_read_alike(newline, at, gone, new, tmp_path_factory):
    data = layouts.encoded(LAYOUTS["gamry"][0], "cp1252", newline)
    path = tmp_path_factory.getbasetemp() / "film.DTA"
    path.write_bytes(data[:at] + new + data[at + gone :])
    assert_same(path, format="gamry")


@pytest.mark.parametrize("order", [1, -1])
@settings(max_examples=200, deadline=None)
@given(
    row=st.integers(0, len(F) - 1),
    factor=st.sampled_from([0.0, -1.0, 1e-4, 0.985, 0.9905, 0.995, 1.005, 1.0095, 1.02, 1e9, 1e200]),
    turn=st.sampled_from([0.0, 0.3, 0.5, 0.56, 0.6, 90.0, 180.0, 360.0]),
    at=st.sampled_from([1.0, 0.0, -1.0, 1.3, 40.0]),
    all_of_them=st.booleans(),
)
def test_columns_that_nearly_agree_are_judged_alike(row, factor, turn, at, all_of_them, order, tmp_path_factory):
    where = slice(None) if all_of_them else row
    f, modulus, phase = F.copy(), np.abs(Z), np.degrees(np.angle(Z))
    f[where] *= at
    modulus[where] *= factor
    phase[where] += turn
    columns = np.array([f, Z.real, Z.imag, modulus, phase]).T[::order]
    lines = ["f/Hz;Re(Z)/ohm;Im(Z)/ohm;|Z|/ohm;phase/deg", *(";".join(map(repr, row)) for row in columns.tolist())]
    path = tmp_path_factory.getbasetemp() / "film.csv"
    path.write_text("\n".join(lines) + "\n")
    assert_same(path)


@pytest.mark.parametrize("impedance", [-Z, Z.conj(), 1e12 * Z, 1e-9 * Z, Z * 1j, Z.real - 5e3 * 1j], ids=str)
def test_what_is_unusual_is_said_by_the_short_way_too(impedance, write):
    path = write(layouts.gamry(F, impedance), encoding="cp1252")
    assert_same(path)
    assert_same(write(layouts.delimited(F, impedance)))


S = 2j * np.pi * F
COIL = 0.2 + 1 / (1 + 1 / (S * 1e-5)) + 2 / (1 / 3 + 1 / (S * 1e-3))


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    "impedance", [Z, Z.conj(), COIL, COIL.conj(), Z + COIL, 50 / (1 + S * 5e-7), 9 + 0 * S, 9 + 1e6 / S]
)
def test_a_sign_that_is_not_stated_is_judged_alike(impedance, order, write):
    for noise in (0, 1e-3, 1e-2):
        draw = np.random.default_rng(1)
        z = impedance * (1 + noise * (draw.normal(size=len(F)) + 1j * draw.normal(size=len(F))))
        path = write(layouts.delimited(F[::order], z[::order].conj(), names=("f/Hz", "Re/Ohm", "Im/Ohm")))
        assert_same(path)
        assert_same(path, imaginary="as-is")


def test_a_plain_gamry_file_goes_the_short_way(write, monkeypatch):
    monkeypatch.setattr(gamry, "read_table", None)
    for newline in ("\n", "\r\n"):
        (spectrum,) = read(write(*LAYOUTS["gamry"][:1], encoding="cp1252", newline=newline))
        assert len(spectrum) == len(F)
        assert spectrum.meta["amplitude_V"] == 0.01


def test_what_a_header_says_is_a_mapping_like_any_other(write):
    path = write(GAMRY)
    (spectrum,) = read(path)
    path.unlink()
    meta = spectrum.meta
    assert isinstance(meta, Mapping)
    assert meta == dict(meta)
    assert repr(meta) == repr(pickle.loads(pickle.dumps(spectrum)).meta)
    assert meta | {"soc": 1} == {**meta, "soc": 1}
    assert {"soc": 1} | meta == {"soc": 1, **meta}
    assert meta.copy() == dict(meta)
    assert len(meta) == len(list(meta))
    with pytest.raises(TypeError):
        meta["area_m2"] = 1.0


def test_a_deferred_mapping_is_made_once_and_only_if_asked():
    made = []
    meta = Deferred(lambda: made.append(1) or {"a": 1})
    assert not made
    assert (meta["a"], "a" in meta, len(meta), made) == (1, True, 1, [1])


@given(
    st.lists(st.floats(1e-5, 1e9), min_size=2, max_size=9, unique=True),
    st.booleans(),
    st.complex_numbers(min_magnitude=1e-5, max_magnitude=1e12),
)
def test_a_spectrum_of_usable_points_is_the_spectrum_of_them(frequency, falling, first):
    f = np.array(sorted(frequency, reverse=falling))
    z = first * np.arange(1, len(f) + 1)
    short = Spectrum.of_usable_points(f.copy(), z.copy(), label="a", temperature=300.0, meta={"b": 1}, notes=("c",))
    careful = Spectrum(f, z, label="a", temperature=300.0, meta={"b": 1}, notes=("c",))
    assert short.__dict__.keys() == careful.__dict__.keys()
    for name, array in arrays(careful).items():
        assert np.array_equal(getattr(short, name), array) if array is not None else getattr(short, name) is None
        assert array is None or not getattr(short, name).flags.writeable
    assert (short.label, short.temperature, short.meta, short.notes) == ("a", 300.0, {"b": 1}, ("c",))


NUMBER = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(NUMBER, min_size=n, max_size=n), min_size=1, max_size=5)))
def test_rows_of_numbers_are_the_nearest_floats_or_left_alone(cells):
    width, rows = len(cells[0]), "".join("\t" + "\t".join(row) + "\r\n" for row in cells).encode()
    numbers = plain_rows(rows, b"\t", width, b"\r\n")
    floats = np.array([[float(cell) for cell in row] for row in cells]).T
    if numbers is None:
        assert not np.isfinite(floats).all()
        return
    columns = Lists({k: numbers[k::width] for k in range(width)})
    assert [*columns] == [*range(len(columns))]
    assert np.array_equal([*columns.values()], floats)


def test_integers_too_large_for_a_float_are_infinite_as_they_are_line_by_line():
    columns = Lists({0: [1, 10**400, -(10**400)], 3: [1.5, 2, 3]})
    assert columns[0].tolist() == [1, np.inf, -np.inf]
    assert columns[3].tolist() == [1.5, 2, 3]
    with pytest.raises(KeyError):
        columns[1]


@pytest.mark.parametrize(
    "rows",
    ["", "\n", "\t1\t\n2\t3\t\n4\t5\t6\n", "\t1\t2", "\t1\t2\n\n", "\t1\t2\n\t3\n", "\t1\n\t2\t3\t4\n", "1\t2\t\n",
     "\t1\t-\n", "\t1\t2\r\n", "\t1 \t2\n", "\t1\t,2\n", "\t01\t2\n", "\t1\t1e999\n", f"\t1\t{'9' * 5000}\n"],
)  # fmt: skip
def test_rows_that_are_not_plain_are_left_alone(rows):
    assert plain_rows(rows.encode(), b"\t", 2, b"\n") is None


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [("\t1,5\t2\n\t-1,234\t3E-2\n", [1.5, 2, -1.234, 0.03]), ("\t1,234\t2\n", None), ("\t1,5\t2.5\n", None),
     ("\t1,5,5\t2\n", None), ("\t1,234,567\t2,5\n", None), ("\t1,\t2,5\n", None), ("\t,5\t2,25\n", None)],
)  # fmt: skip
def test_commas_are_decimal_marks_only_where_they_can_be_nothing_else(rows, numbers):
    assert plain_rows(rows.encode(), b"\t", 2, b"\n") == numbers


@pytest.mark.parametrize("digits", ["{:.3f}", "{:.6g}", "{:.0f}"])
def test_a_gamry_file_with_decimal_commas_is_read_alike(digits, tmp_path):
    head, table = GAMRY.split(b"\nZCURVE", 1)
    rows = [line.split(b"\t") for line in table.split(b"\n")]
    for row in rows[3:]:
        row[3:] = [digits.format(float(cell)).encode() if b"." in cell else cell for cell in row[3:]]
    path = tmp_path / "film.DTA"
    path.write_bytes(head + b"\nZCURVE" + b"\n".join(map(b"\t".join, rows)).replace(b".", b","))
    assert_same(path)


@given(st.binary(max_size=12) | st.text(max_size=6).map(str.encode), st.integers(0, 3))
def test_an_encoding_is_told_from_a_beginning_cut_anywhere(data, cut):
    data = data[: len(data) - cut]
    if b"\0" in data or encoding_of(data) not in ("utf-8", "cp1252"):
        return
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(data, False)
    except UnicodeDecodeError:
        assert encoding_of(data) == "cp1252"
    else:
        assert encoding_of(data) == "utf-8"


@given(st.lists(st.sampled_from([b"a", b"\xb0", b"\x81", b"\x80", b"\n", b"\r\n", b"\xff", b"\xe9"]), max_size=30))
def test_bytes_of_cp1252_are_its_characters_and_undefined_ones_those_of_latin_1(pieces):
    data = b"".join(pieces)
    characters = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)
    assert decode(data, "cp1252").lines == decode(characters.encode(), "utf-8").lines


def test_hard_links_are_two_files_and_symbolic_links_are_not(tmp_path):
    (tmp_path / "a.DTA").write_bytes(GAMRY)
    try:
        Path(tmp_path / "b.DTA").hardlink_to(tmp_path / "a.DTA")
        Path(tmp_path / "c.DTA").symlink_to(tmp_path / "b.DTA")
    except OSError:
        pytest.skip("no links here")
    assert [f.path.name for f in find_files(tmp_path)] == ["a.DTA", "b.DTA"]
