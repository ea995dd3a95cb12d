"""Page 1: everything that was found and everything that was not is on it."""

import io

import documents
from pypdf import PdfReader

from lipon_eis.report.binder import bind
from lipon_eis.report.settings_words import settings_words
from lipon_eis.report.summary import summary


def first_page(made) -> str:
    return " ".join(PdfReader(io.BytesIO(bind(made))).pages[0].extract_text().split())


def test_every_resistance_of_every_circuit_stands_on_page_1():
    page = first_page(documents.document(3))
    for value in ("104.00 ± 0.28 Ω", "1.900 ± 0.005 kΩ", "5.600 ± 0.015 kΩ", "95.00 ± 0.26 Ω"):
        assert value in page
    for value in ("28.00 ± 0.08 Ω", "310.0 ± 0.8 Ω", "140.0 ± 0.4 Ω"):  # anode, charge transfer, diffusion
        assert value in page


def test_a_conductivity_without_error_of_geometry_is_marked():
    made = documents.document(1)
    assert "fit error only" not in first_page(made)
    for quantity in made["results"][0]["derived"]:
        quantity["stderr_geometry"] = None
    assert "‡ (2.31 ± 0.08) × 10⁻⁶" in first_page(made)
    assert "‡: fit error only, thickness and area carry no error" in first_page(made)


def test_the_activation_energy_stands_beside_its_plot_with_errors_and_interval():
    page = first_page(documents.document(9, kinds=(documents.FILM,), series=True))
    assert "0.550 ± 0.004 eV" in page
    assert "0.5408 – 0.5592 eV" in page
    assert "(2.308 ± 0.030) × 10⁻⁶ S/cm" in page


def test_page_1_says_the_command_what_was_passed_over_and_what_failed():
    made = documents.document(2, failures=3)
    made["provenance"]["settings"]["passed_over"] = 4
    page = first_page(made)
    assert made["provenance"]["command"] in page
    assert "3 not read or not fitted" in page
    assert "4 files passed over, known to no reader" in page


def test_settings_are_sentences_with_units():
    made = documents.document(1)
    made["provenance"]["settings"] = {
        "circuit": "auto",
        "accuracy": 0.002,
        "weighting": "modulus",
        "guess": {},
        "fix": {"R0": 6.0, "R1": 4000.0},
        "bounds": {"CPE1_1": [0.7, 1.0], "R1": [None, 2e6]},
        "range_hz": [1.0, 1e6],
        "samples": None,
        "seed": 0,
        "film": {"thickness_m": 1.2e-6, "thickness_stderr_m": 3.6e-8, "origin": {"thickness_m": "option"}},
    }
    assert settings_words(made) == (
        "circuit chosen from the library (auto); instrument accurate to 0.20 %; residuals relative to |Z|; "
        "held: R0 = 6 Ω, R1 = 4 kΩ; kept within limits: CPE1_1 from 0.7 to 1, R1 up to 2 MΩ; seed 0; "
        "frequencies from 1 Hz to 1 MHz; thickness 1.20 ± 0.04 µm"
    )


def test_settings_of_any_kind_are_said_somehow():
    made = documents.document(1)
    for odd in ({"weighting": ["x"]}, {"fix": 3}, {"range_hz": "all"}, {"film": "thin"}, {"mine": {"a": object}}):
        made["provenance"]["settings"] = odd
        assert settings_words(made) != "defaults"
    made["provenance"]["settings"] = None
    assert settings_words(made) == "defaults"


def test_the_date_is_written_for_people_and_an_odd_one_is_kept():
    made = documents.document(0)
    assert summary(made)["created"] == "2024-05-17 09:30 UTC"
    made["provenance"]["created"] = "2024-05-17T11:30:00+02:00"
    assert summary(made)["created"] == "2024-05-17 09:30 UTC"
    made["provenance"]["created"] = "last Tuesday"
    assert summary(made)["created"] == "last Tuesday"
