"""docs/formats.md says what was measured, and names every format there is."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import formats  # noqa: E402

from lipon_eis.readers.registry import all_formats  # noqa: E402

RESULT = formats.RESULTS / "formats.json"
F = np.array([1e3, 1e2, 1e1])
Z = np.array([1 - 1j, 2 - 2j, 3 - 3j])


def test_the_page_quotes_the_results():
    made = json.loads(RESULT.read_text(encoding="utf-8"))
    text = formats.PAGE.read_text(encoding="utf-8")
    assert formats.with_results(text, made) == text, "run python benchmarks/formats.py --write"
    assert {block[1] for block in formats.BLOCK.findall(text)} == {"read", "formats", "each", "measured"}


def test_the_page_names_every_format_with_its_suffixes():
    text = formats.PAGE.read_text(encoding="utf-8")
    for known in all_formats():
        assert f"**{known.title}** (`{known.name}`)" in text, "run python benchmarks/formats.py --write"
        assert all(suffix in text for suffix in known.suffixes)


def test_no_real_file_is_read_wrongly_or_left_unread():
    made = json.loads(RESULT.read_text(encoding="utf-8"))
    (files,) = (table["rows"] for table in made["tables"] if table["name"] == "files")
    assert {row["ours"] for row in files} <= {formats.READ, formats.REFUSED, formats.FREE}


@pytest.mark.parametrize(
    ("found", "marks", "outcome"),
    [
        ([(F, Z)], "", formats.READ),
        ([(F, Z * (1 + 5e-7))], "", formats.READ),
        ([(F, Z * (1 + 5e-6))], "", formats.WRONG),
        ([(F, Z.conj())], "", formats.WRONG),
        ([(F[1:], Z[1:])], "", formats.WRONG),
        ([(F, Z * np.nan)], "", formats.WRONG),
        ([(F, Z), (F, Z)], "", formats.WRONG),
        ([(F, 2 * Z), (F, Z)], "SUBSET: 1 of 2", formats.READ),
        ([(F, 2 * Z)], "SUBSET: 1 of 2", formats.WRONG),
        ([(F, Z)], "NEGATIVE: nothing in it", formats.WRONG),
        ([(F, Z)], "AMBIGUOUS: no sign", formats.WRONG),
        (None, "NEGATIVE: nothing in it", formats.REFUSED),
        (None, "", formats.LOST),
        (None, "FREE: as it likes", formats.FREE),
    ],
)
def test_an_outcome_is_judged_by_the_reference(found, marks, outcome):
    assert formats.outcome(found, {"oddities": marks}, [(F, Z)]) == outcome
