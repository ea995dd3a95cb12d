"""The table in the terminal: readable at 80 and 120 columns, plain text only."""

import io

import documents
import pytest

from lipon_eis.report import results_table
from lipon_eis.report.summary import summary
from lipon_eis.report.wording import formula_parts


def printed(document, width: int) -> str:
    from rich.console import Console

    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(results_table(document, width))
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_value_error_conductivity_and_verdict_are_whole_at_this_width(width):
    text = printed(documents.document(13), width)
    assert max(len(line) for line in text.splitlines()) <= width
    for piece in ("104.00 ± 0.28 Ω", "5.600 ± 0.015 kΩ", "(2.31 ± 0.08) × 10⁻⁶", "CHECK", "FAIL", "PASS"):
        assert piece in text
    assert "…" not in text


def test_reasons_follow_the_verdict_and_notes_do_not():
    text = printed(documents.document(13), 120)
    assert "arc-above-window" in text
    assert "inductance-added" not in text


def test_brackets_in_a_label_are_text():
    made = documents.document(1)
    made["results"][0]["label"] = "[red]x[/red] [/]"
    assert "[red]x[/red]" in printed(made, 120)


def test_a_bare_circuit_shows_all_its_resistances_by_name():
    made = documents.document(1)
    for parameter in made["results"][0]["parameters"]:
        parameter["role"] = None
    made["results"][0]["derived"] = []
    text = printed(made, 80)
    assert "R0" in text
    assert "R1" in text


def test_a_bound_is_shown_as_one():
    made = documents.document(1)
    made["results"][0]["parameters"][1] |= {"value": None, "stderr": None, "interval": [3210.0, None]}
    assert "> 3.2 kΩ" in printed(made, 80)


def test_exponents_with_parentheses_in_them_are_one_superscript():
    assert formula_parts("C = Q^(1/n) R^((1−n)/n)") == [["", "C = Q"], ["sup", "1/n"], ["", " R"], ["sup", "(1−n)/n"]]


def test_rows_of_one_sheet_are_one_sample_and_other_places_are_named():
    made = documents.document(2, kinds=(documents.FILM,))
    for row, entry in enumerate(made["results"], 2):
        entry["sample"]["origin"] = dict.fromkeys(("thickness_m", "area_m2", "temperature_K"), f"sheet row {row}")
    (sample,) = summary(made)["samples"]
    assert sample[-1] == "sample sheet"
    made["results"][1]["sample"]["origin"]["area_m2"] = "option"
    assert summary(made)["samples"][1][-1] == "d: sample sheet, A: option, T: sample sheet"
