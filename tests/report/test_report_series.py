"""Activation energies in words: the line in the terminal, the block in the report, the excluded points in the plot."""

import documents
import pytest

from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import arrhenius_figure, lines
from lipon_eis.report.series import left_out, series_lines


@pytest.fixture
def film_a():
    """A document with one series of nine temperatures; the last spectrum was left out of it."""
    made = documents.document(9, kinds=(documents.FILM,), series=True)
    (series,) = made["series"]
    label = series["members"].pop()
    series["excluded"] = [{"label": label, "why": "judged FAIL"}]
    return made


def test_a_series_is_one_line_where_it_fits_and_says_what_was_left_out(film_a):
    assert list(series_lines(film_a, 200)) == [
        "film A: Ea(σ) = 0.550 ± 0.004 eV, Ea(σT) = 0.577 ± 0.004 eV, "
        "σ(25 °C) = (2.308 ± 0.030) × 10⁻⁶ S/cm, interpolated; 8 spectra",
        "    left out: lipon-09 (judged FAIL)",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_quantity_is_never_torn_apart(film_a, width):
    shown = list(series_lines(film_a, width))
    assert max(map(len, shown)) <= width
    for piece in ("Ea(σ) = 0.550 ± 0.004 eV", "σ(25 °C) = (2.308 ± 0.030) × 10⁻⁶ S/cm, interpolated"):
        assert any(piece in line for line in shown)


def test_an_extrapolation_a_doubt_and_the_total_are_said(film_a):
    (series,) = film_a["series"]
    series["sigma_25C_S_per_cm"]["extrapolated"] = True
    series |= {"role": "total", "excluded": [], "reasons": [{"code": "few-temperatures", "level": "check"}]}
    (line,) = series_lines(film_a, 300)
    assert line.startswith("film A, total: ")
    assert "extrapolated; 8 spectra; CHECK: few-temperatures" in line


def test_what_was_left_out_for_one_reason_is_counted():
    excluded = [{"label": f"A{k}", "why": "judged FAIL"} for k in range(9)] + [{"label": "B", "why": "no thickness"}]
    assert left_out({"excluded": excluded}) == "A0, A1, A2, A3, A4, A5 and 3 more (judged FAIL); B (no thickness)"


def test_an_excluded_point_is_hollow_named_and_where_it_was_measured(film_a):
    (line,) = lines(film_a)
    ((label, (t, sigma, _)),) = line.excluded
    assert label == "lipon-09"
    with style.settings():
        ax = arrhenius_figure([line]).axes[0]
    (hollow,) = (one for one in ax.lines if one.get_markerfacecolor() == "white")
    assert (float(hollow.get_xdata()[0]), float(hollow.get_ydata()[0])) == pytest.approx((1000 / t, sigma))
    assert "lipon-09" in [text.get_text() for text in ax.texts]


def test_an_excluded_point_that_is_far_off_is_an_arrow_and_squashes_nothing(film_a):
    alone = lines(film_a)[0]
    film_a["results"][8]["derived"][0]["value"] *= 1e4
    (line,) = lines(film_a)
    with style.settings():
        ax = arrhenius_figure([line]).axes[0]
        highest = max(s for _, s, _ in alone.points)
    assert ax.get_ylim()[1] < 3 * highest
    (arrow,) = (one for one in ax.lines if one.get_markerfacecolor() == "white")
    assert arrow.get_marker() == "^"


def test_spectra_of_equal_labels_are_told_apart_by_their_group():
    made = documents.document(6, kinds=(documents.FILM,), series=True)
    for k, entry in enumerate(made["results"]):
        entry["label"] = f"T{k % 3}"
        entry["sample"]["group"] = "film A" if k >= 3 else "film B"
    made["series"][0] |= {"members": ["T0", "T1", "T2"]}
    (line,) = lines(made)
    expected = sorted(entry["sample"]["temperature_K"] for entry in made["results"][3:])
    assert [t for t, _, _ in line.points] == pytest.approx(expected)
