"""Published films in the report: behind the points of the Arrhenius plot, and σ against Ea."""

import io
import re

import documents
from pypdf import PdfReader

from lipon_eis.physics.literature import CAUTION, literature
from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import arrhenius_figure, lines
from lipon_eis.report.binder import bind
from lipon_eis.report.published import published
from lipon_eis.report.wording import quantity_words


def series():
    return documents.document(9, kinds=(documents.FILM,), series=True)


def view(document):
    with style.settings():
        return published(document)


def test_a_film_with_an_activation_energy_stands_for_its_spectra():
    found = view(series())
    (film,) = found["films"]
    assert film["label"] == "film A"
    counts = re.search(r"above (\d+), level with (\d+) and below (\d+) of (\d+) published films", film["text"])
    *parts, total = map(int, counts.groups())
    assert sum(parts) == total == sum(row.is_film for row in literature())
    assert "nearest: LiPON [20]" in film["text"]
    assert CAUTION in found["notes"]


def test_without_a_series_each_film_near_room_temperature_is_compared_and_the_rest_counted():
    document = documents.document(14, kinds=(documents.FILM,))
    for entry in document["results"]:
        entry["sample"]["temperature_K"] = 298.15
        entry["verdict"] = "pass"
    found = view(document)
    assert found["svg"] is None
    assert [film["label"] for film in found["films"]] == [entry["label"] for entry in document["results"][:4]]
    assert found["notes"][0] == "10 more films are not shown."


def test_nothing_to_compare_is_no_figure():
    document = documents.document(2, kinds=(documents.FILM,))
    for entry in document["results"]:
        entry["derived"] = []
    assert view(document) is None
    assert b"%PDF" in bind(document)


def test_published_films_lie_behind_the_points_and_change_no_axis():
    with style.settings():
        ax = arrhenius_figure(lines(series())).axes[0]
    behind = [line for line in ax.lines if line.get_zorder() < 1]
    assert len(behind) >= sum(row.is_film for row in literature())
    points = next(line for line in ax.lines if line.get_marker() == "o")
    low, high = ax.get_ylim()
    assert low < min(points.get_ydata()) < max(points.get_ydata()) < high
    assert high / low < 3 * max(points.get_ydata()) / min(points.get_ydata())


def test_the_report_says_what_the_table_does_not():
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(bind(series()))).pages).split())
    assert "Published films" in text
    assert "no exact temperature, no Arrhenius convention" in text


def test_every_derived_quantity_has_words_of_its_own():
    assert quantity_words("sigma_over_eps_r")[0] == "conductivity over permittivity"
    assert quantity_words("capacitance_bulk_brug")[0] == "capacitance, electrolyte bulk, by Brug"
