"""The table in the terminal: readable at 80 and 120 columns, plain text only."""

import io

import documents
import pytest

from lipon_eis.report import results_table
from lipon_eis.report.summary import summary
from lipon_eis.report.tables import table_notes


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


def test_codes_break_at_their_hyphens_and_labels_at_their_separators():
    made = documents.document(1, kinds=(documents.POLY,))
    made["results"][0]["label"] = "sputtered_run_12_chip_07_pad_3B"
    documents.judge(made["results"][0], "check", "residuals-structured", "")
    text = printed(made, 80)
    lines = [line.strip() for line in text.splitlines()]
    assert any(line.endswith("residuals-") for line in lines)
    assert any(line.endswith("structured") for line in lines)
    assert any(line.startswith("sputtered_run_") for line in lines)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_lost(width):
    text = printed(documents.document(13), width)
    assert max(len(line) for line in text.splitlines()) <= width
    together = "".join(text.split())
    for piece in ("5.600±0.015", "104.00±0.28") if width > 60 else ("5.600", "104.00"):
        assert piece in together
    assert "…" not in text


def test_all_answers_and_arcs_are_shown_and_the_leads_are_not():
    text = printed(documents.document(1, kinds=(documents.CELL,)), 120)
    for symbol in ("R_b", "R_an", "R_ct", "R_d"):
        assert symbol in text
    assert "R_lead" not in text


def test_an_answer_is_shown_whatever_its_role():
    made = documents.document(1)
    made["results"][0]["circuit"]["answers"] = ["R0"]
    assert "R_lead 6.000 ± 0.016 Ω" in printed(made, 120)


def test_a_conductivity_without_error_of_geometry_is_said_to_have_the_fits_only():
    made = documents.document(2, kinds=(documents.FILM,))
    assert table_notes(made) == []
    made["results"][0]["derived"][1] |= {"stderr_geometry": None}
    made["results"][0]["derived"][0] |= {"stderr_geometry": None}
    assert table_notes(made) == ["σ of 1 spectrum: fit error only (thickness and area carry no error)"]
    made["results"][1]["derived"][0] |= {"stderr_geometry": None}
    assert table_notes(made) == ["σ: fit error only (thickness and area carry no error)"]


def test_rows_of_one_sheet_are_one_sample_and_other_places_are_named():
    made = documents.document(2, kinds=(documents.FILM,))
    for row, entry in enumerate(made["results"], 2):
        entry["sample"]["origin"] = dict.fromkeys(("thickness_m", "area_m2", "temperature_K"), f"sheet row {row}")
    (sample,) = summary(made)["samples"]
    assert sample[-1] == "sample sheet"
    made["results"][1]["sample"]["origin"]["area_m2"] = "option"
    assert summary(made)["samples"][1][-1] == "d: sample sheet, A: option, T: sample sheet"
