"""The table of published films: every number against the words it was taken from, and the search in it."""

import doctest
import math
import os
import re
import tomllib
from configparser import ConfigParser
from dataclasses import FrozenInstanceError
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipon_eis.errors import InvalidOption, UnknownName, UnreadableFile
from lipon_eis.physics.formula import elements_of
from lipon_eis.physics.literature import LiteratureRow, Publication, Range, literature, search_literature
from lipon_eis.physics.literature_file import KEYS, PRINTED_KEYS, REFERENCE_KEYS, ROW_KEYS, read_literature
from lipon_eis.physics.standing import standing

SHARED = Path(os.environ.get("LIPON_EIS_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
REVIEW = SHARED / "review_dai_2022_lipon.txt"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
ROWS = literature()
TABLE = [row for row in ROWS if row.family != "LiPON"]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.reference.key}-{row.formula}")


def numbers_in(printed):
    """Return what a printed quantity says, by a way of reading of its own: ends in rising order, or nothing."""
    if printed in ("", "N/A"):
        return []
    text = re.sub(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"E{found[1].translate(SUPERSCRIPTS)}", printed)
    text = text.replace(" × E", "E").replace("about ", "").replace("~", "")
    ends = [end.strip() for end in text.split("–")]
    power = "" if "E" in ends[0] or "E" not in ends[-1] else "E" + ends[-1].partition("E")[2]
    ends[0] += power if len(ends) > 1 else ""
    return sorted(float(Decimal("1" + end if end.startswith("E") else end)) for end in ends)


def ends_of(values):
    return [] if values is None else sorted({values.low, values.high})


@each_row
def test_every_conductivity_is_the_printed_one(row):
    assert ends_of(row.sigma) == sorted(set(numbers_in(row.printed_sigma)))


@each_row
def test_every_activation_energy_is_the_printed_one(row):
    assert ends_of(row.activation_energy) == sorted(set(numbers_in(row.printed_activation_energy)))


@each_row
def test_what_is_printed_as_about_is_marked_so(row):
    assert row.approximate == bool(re.match("about|~", row.printed_sigma))


# The review itself


def reviewed():
    """Yield (method, formula, σ, Ea, number) of each row of the review's Table 2."""
    lines = REVIEW.read_text(encoding="utf-8").partition("**Table 2.**")[2].splitlines()
    method = ""
    for line in lines:
        cells = line.split("\t")
        if len(cells) != 5 or not re.fullmatch(r"\[\d+\]", cells[4].strip()):
            continue
        method = cells[0] or method
        formula = re.sub(r"\\text|[${}_]", "", cells[1]).strip()
        powers = re.findall(r"10\^\{(-\d+)\}", cells[2])
        mantissas = re.findall(r"\d+\.\d+|(?<=\$)\d(?= )", re.sub(r"10\^\{-\d+\}", "", cells[2])) or ["1"]
        powers *= 2 if len(powers) < len(mantissas) else 1
        sigma = sorted(float(f"{m}e{p}") for m, p in zip(mantissas, powers, strict=True))
        energy = sorted(map(float, re.findall(r"\d\.\d+", cells[3])))
        yield method, formula, sigma, energy, cells[4].strip()[1:-1]


@pytest.mark.skipif(not REVIEW.is_file(), reason="the text of the review is not here")
def test_the_table_is_table_2_of_the_review_row_by_row():
    found = list(reviewed())
    assert len(found) == len(TABLE) == 37
    for (method, formula, sigma, energy, number), row in zip(found, TABLE, strict=True):
        assert row.formula == formula
        assert row.method.casefold() == method.casefold()
        assert row.reference.key == number
        assert ends_of(row.sigma) == sigma, formula
        assert ends_of(row.activation_energy) == energy, formula


WORKS = {row.reference.key: row.reference for row in ROWS if row.reference.key.isdigit()}


@pytest.mark.skipif(not REVIEW.is_file(), reason="the text of the review is not here")
@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_every_reference_is_that_of_the_reviews_list(work):
    text = re.sub(r"[*]|</?su[bp]>", "", REVIEW.read_text(encoding="utf-8"))
    (line,) = re.findall(rf"^- \[{work.key}\] (.*)$", text, re.MULTILINE)
    assert line.startswith(f"{work.authors} {work.year} ")
    assert line.endswith(f" {work.journal} {work.volume} {work.pages}")


# Rows known by hand

BY_HAND = [
    ("Li2.3Si0.2PO1.4N1.1", "66", (5.65e-6, 5.65e-6), (0.5, 0.5)),
    ("Li1.35Si0.79P0.21O1.98N0.98", "69", (2.06e-5, 2.06e-5), (0.45, 0.45)),
    ("Li0.29S0.28O0.35N0.09", "75", (2e-5, 2e-5), None),
    ("Li3SO3N", "78", (1e-14, 1e-14), (1.03, 1.03)),
    ("LiSPON", "83", (3.23e-6, 9.75e-6), (0.23, 0.53)),
    ("LiPFO", "91", (6.61e-8, 1.26e-7), (0.69, 0.71)),
    ("LiPFON", "91", (5.74e-8, 1.95e-7), (0.66, 0.68)),
    ("Li3.426PW0.008O2.091N0.364", "93", (1.5e-7, 1.5e-7), (0.51, 0.51)),
    ("Li-Al-Ti-P-O", "94", (3.4e-6, 2.46e-5), (0.32, 0.33)),
    ("Li-Al-Ge-P-O-N", "97", (2.3e-4, 2.3e-4), (0.374, 0.374)),
    ("LiPON", "20", (2.3e-6, 2.3e-6), (0.55, 0.55)),
]


@pytest.mark.parametrize(("formula", "key", "sigma", "energy"), BY_HAND)
def test_a_row_known_by_hand(formula, key, sigma, energy):
    (row,) = (row for row in ROWS if row.formula == formula and row.reference.key == key)
    assert (row.sigma.low, row.sigma.high) == sigma
    assert energy == (row.activation_energy and (row.activation_energy.low, row.activation_energy.high))


def test_headings_have_as_many_rows_as_in_the_table():
    counts = {family: sum(row.family == family for row in ROWS) for family in dict.fromkeys(row.family for row in ROWS)}
    expected = {"LiPON": 3, "Si-doped": 14, "S-doped": 10, "B-doped": 5, "nonmetal-doped": 3, "metal-doped": 5}
    assert counts == expected
    assert list(counts) == list(expected)


def test_melts_and_solid_state_samples_are_no_films_and_all_sputtered_ones_are():
    for row in ROWS:
        assert row.is_film == ("sputtering" in row.method), row.formula
    assert {row.reference.key for row in ROWS if not row.is_film} == {"78", "79", "80", "91", "96", "Dai"}


def test_only_what_is_said_of_the_temperature_is_repeated():
    assert {row.temperature for row in TABLE} == {"room temperature"}
    assert [row.temperature for row in ROWS if row.family == "LiPON"] == ["", "room temperature", ""]


def test_ranges_whose_power_of_ten_is_printed_once_say_so():
    for row in ROWS:
        once = row.printed_sigma.count("10") == 1 and "–" in row.printed_sigma
        assert once == ("power of ten" in row.note), row.formula


def test_the_prefactor_that_a_note_doubts_stands_out_as_much_as_it_says():
    rows = [row for row in ROWS if row.reference.key == "69"]
    prefactor = {r.formula: r.sigma.low * math.exp(r.activation_energy.low / 0.025693) for r in rows}
    doubted, *others = sorted(prefactor.values(), reverse=True)
    assert "prefactor" in next(r.note for r in rows if prefactor[r.formula] == doubted)
    assert doubted / others[0] == pytest.approx(8, rel=0.1)


def test_the_table_is_part_of_the_installed_package():
    text = (files("lipon_eis.physics") / "literature.toml").read_text(encoding="utf-8")
    assert len(tomllib.loads(text)["row"]) == len(ROWS)


def test_the_wheel_takes_the_table_along():
    settings = ConfigParser()
    settings.read(Path(__file__).parents[2] / "setup.cfg", encoding="utf-8")
    assert settings["options.package_data"]["lipon_eis.physics"] == "*.toml"


def test_rows_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        ROWS[0].formula = "LiF"


# Formulas

FORMULAS = {
    "Li2.3Si0.2PO1.4N1.1": "Li Si P O N",
    "Li-Al-Ti-P-O-N": "Li Al Ti P O N",
    "LiCoO2": "Li Co O",
    "Li1+xAlxGe2−x(PO4)3": "Li Al Ge P O",
    "Dy2O3": "Dy O",
    "": "",
    "melt": "",
    "RF": "",
    "LAGP": "",
    "[66]": "",
    "66": "",
}


@pytest.mark.parametrize(("formula", "elements"), FORMULAS.items())
def test_elements_of_a_formula(formula, elements):
    assert elements_of(formula) == set(elements.split())


@given(st.text(max_size=40))
def test_any_text_has_elements_or_none(text):
    assert all(symbol in text for symbol in elements_of(text))


# Search


def keys(rows):
    return list(dict.fromkeys(row.reference.key for row in rows))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LiSiPON", ["66", "68", "69"]),
        ("LiPSON", ["79", "80", "81", "83"]),
        ("Li2.3Si0.2PO1.4N1.1", ["66"]),
        ("lipon", ["20", "Dai"]),
        ("W", ["93"]),
        ("Ti", ["74", "94", "95"]),
        ("[84]", ["84"]),
        ("91", ["91"]),
        ("LAGP", ["97"]),
        ("B-doped", ["84", "89", "90"]),
        ("melting", ["79", "91", "96"]),
        ("famprikis", ["69"]),
    ],
)
def test_a_name_finds(name, expected):
    assert keys(search_literature(name)) == expected


def test_an_element_is_no_letter_of_another():
    assert all("S" in row.elements for row in search_literature("S"))
    assert not any(row.formula == "Li0.97Si0.59P0.41O2.19" for row in search_literature("S"))


def test_conditions_hold_together():
    found = search_literature(elements=["S", "N"], kind="film", sigma=(9e-6, 1.5e-5))
    assert [(row.formula, row.reference.key) for row in found] == [("Li0.29S0.28O0.38N0.05", "75"), ("LiSPON", "83")]


def test_a_word_is_looked_for_from_its_beginning():
    assert {row.family for row in search_literature(family="metal")} == {"metal-doped"}
    assert {row.family for row in search_literature(family="DOPED", method="melt")} == {
        "S-doped",
        "nonmetal-doped",
        "metal-doped",
    }


def test_a_range_is_found_by_any_part_of_it():
    assert "95" in keys(search_literature(sigma=(None, 1.3e-6)))
    assert "95" in keys(search_literature(sigma=(1.2e-5, None)))
    assert "95" not in keys(search_literature(sigma=(1.3e-5, None)))


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(UnknownName, match="did you mean LiSiPON"):
        search_literature("LiSiPONN2x!")
    with pytest.raises(InvalidOption, match="element"):
        search_literature(elements=["Silicon"])
    with pytest.raises(InvalidOption, match="did you mean film"):
        search_literature(kind="films")


# Files of one's own

OWN = """
format = 1
title = "our films"
[[row]]
formula = "Li2.9PO3.3N0.4"
sigma_S_per_cm = [3e-6, 1e-6]
reference = "lab"
temperature = "25 °C"
[reference.lab]
authors = "Doe J"
year = 2024
"""


@pytest.fixture
def own(tmp_path):
    def own(*changes, text=OWN):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return own


def test_own_rows_follow_the_built_in_ones_and_a_range_that_runs_backwards_is_turned(own):
    *shipped, row = literature(own())
    assert tuple(shipped) == ROWS
    assert row == LiteratureRow(
        "Li2.9PO3.3N0.4",
        Range(1e-6, 3e-6),
        None,
        Publication("lab", "Doe J", 2024),
        temperature="25 °C",
        table="our films",
    )
    assert str(row.reference) == "[lab] Doe J 2024"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "format = 1"),
        ("format = 1", "", "'format' is missing"),
        ("formula = ", "fromula = ", "row 1.*'fromula'.*did you mean formula"),
        ('formula = "Li2.9PO3.3N0.4"', 'formula = "our best"', "row 1.*no chemical formula"),
        ("sigma_S_per_cm = [3e-6, 1e-6]", "", r"row 1 \(Li2.9PO3.3N0.4\).*'sigma_S_per_cm' is missing"),
        ("[3e-6, 1e-6]", "[1e-6, 2e-6, 3e-6]", "a number or \\[low, high\\]"),
        ("[3e-6, 1e-6]", "[]", "a number or \\[low, high\\]"),
        ("[3e-6, 1e-6]", "[0, 1e-6]", "0 < low"),
        ("[3e-6, 1e-6]", "nan", "0 < low"),
        ("[3e-6, 1e-6]", "[nan, 1e-6]", "0 < low"),
        ("[3e-6, 1e-6]", "[1e-6, nan]", "0 < low"),
        ("[3e-6, 1e-6]", "inf", "0 < low"),
        ("[3e-6, 1e-6]", "9" * 400, "too large"),
        ("[3e-6, 1e-6]", "true", "must be a number or a list"),
        ("[3e-6, 1e-6]", '"2e-6"', "must be a number or a list"),
        ('reference = "lab"', 'reference = "lap"', r"no \[reference.lap\]; did you mean lab"),
        ("year = 2024", 'year = "2024"', "year must be an integer"),
        ('temperature = "25 °C"', 'kind = "flim"', "unknown kind 'flim'; did you mean film"),
        ('temperature = "25 °C"', 'printed = { ea = "1" }', "printed: unknown key 'ea'"),
        ("[[row]]", "[row]", "row must be a list"),
        ("[reference.lab]", "[reference]", "must be a table"),
        ("[reference.lab]", "[reference.lab", "no TOML"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_the_place(own, old, new, said):
    with pytest.raises(UnreadableFile, match=said) as refused:
        read_literature(own((old, new)))
    assert str(refused.value).startswith(str(refused.value.path))


def test_two_works_of_one_key_are_refused(own):
    with pytest.raises(UnreadableFile, match=r"\[66\] is another work already: \[66\] Lee"):
        literature(own(('"lab"', '"66"'), ("reference.lab", "reference.66")))


def test_a_file_that_is_not_there_is_our_error(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        literature(tmp_path / "none.toml")


# Standing


def test_films_are_counted_below_level_and_above_and_others_not_at_all():
    place = standing(2.3e-6, (2.2e-6, 2.4e-6), ROWS)
    counted = [*place.below, *place.level, *place.above]
    assert len(counted) == len(set(counted)) == sum(row.is_film for row in ROWS) == 32
    assert all(row.sigma.high < 2.2e-6 for row in place.below)
    assert all(row.sigma.low > 2.4e-6 for row in place.above)
    assert {row.reference.key for row in place.level} == {"20", "84", "95"}
    assert place.nearest.reference.key == "20"


@given(st.floats(1e-16, 1e-2), st.floats(1, 100))
def test_a_better_conductor_never_has_fewer_films_below_it(sigma, factor):
    worse, better = standing(sigma, None, ROWS), standing(sigma * factor, None, ROWS)
    assert set(worse.below) <= set(better.below)
    assert set(better.above) <= set(worse.above)


def test_without_films_there_is_no_nearest():
    assert standing(1e-6, None, search_literature(kind="melt")).nearest is None


def test_an_interval_that_does_not_hold_the_value_is_refused():
    with pytest.raises(ValueError, match="low <= sigma"):
        standing(1e-6, (2e-6, 3e-6), ROWS)


# What docs/literature.md shows

PAGE = (Path(__file__).parents[2] / "docs" / "literature.md").read_text(encoding="utf-8")


def test_the_examples_of_the_page_give_what_they_say():
    source = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(source, {}, "literature.md", None, 0)
    said = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert test.examples
    assert not said, "".join(said)


def test_the_file_that_the_page_shows_can_be_added(tmp_path):
    (example,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "own.toml").write_text(example, encoding="utf-8")
    *_, row = literature(tmp_path / "own.toml")
    assert (row.activation_energy, row.temperature) == (Range(0.54, 0.56), "25 °C")


def test_every_key_of_a_file_is_on_the_page():
    for key in {*KEYS, *ROW_KEYS, *PRINTED_KEYS, *REFERENCE_KEYS} - {"row"}:
        assert re.search(rf"`[^`]*\b{key}\b[^`]*`|^{key} = |\[{key}", PAGE, re.MULTILINE), key
