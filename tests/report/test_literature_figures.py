"""Published films drawn: figures tested by what they hold."""

import documents
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.physics.literature import literature, search_literature
from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import arrhenius_figure, lines
from lipon_eis.report.fitted_films import FittedFilm, fitted_films
from lipon_eis.report.literature_lines import draw_published_lines
from lipon_eis.report.literature_plot import draw_literature, letter_of, literature_figure

ROWS = literature()
FILM = FittedFilm("film A", 2.3e-6, 3e-8, (2.2e-6, 2.4e-6), "at 25 °C", (0.55, 0.577))
SINGLE = FittedFilm("B7", 4e-7, 1e-8, None, "at 25 °C")


@pytest.fixture
def ax():
    with style.settings():
        yield style.axes(style.sheet(100, 80), 10, 10, 80, 60)


def drawn_points(ax):
    """Return every point of every line in coordinates of the data."""
    return {(float(x), float(y)) for line in ax.lines for x, y in zip(*line.get_data(), strict=True)}


def texts(figure):
    return [text.get_text() for holder in (figure, *figure.axes) for text in holder.texts]


def test_every_row_with_both_numbers_is_a_point_at_the_middle_of_its_ranges(ax):
    draw_literature(ax, ROWS)
    points = drawn_points(ax)
    for row in ROWS:
        if row.activation_energy:
            middle = (row.activation_energy.low + row.activation_energy.high) / 2
            assert (middle, (row.sigma.low * row.sigma.high) ** 0.5) in points


def test_bars_reach_the_ends_of_the_published_ranges(ax):
    (row,) = search_literature("[95]")
    draw_literature(ax, [row])
    ends = {tuple(np.ravel(segment)) for c in ax.collections for segment in c.get_segments()}
    vertical, horizontal = sorted(ends, key=lambda segment: segment[0] != segment[2])
    assert_allclose(vertical[1::2], (1.22e-6, 1.22e-5))
    assert_allclose(horizontal[::2], (0.44, 0.63))


def test_a_row_that_is_no_film_does_not_widen_the_axes_and_is_named(ax):
    outside = draw_literature(ax, ROWS)
    assert [row.formula for row in outside] == ["Li3SO3N"]
    assert ax.get_ylim()[0] > 1e-10
    with style.settings():
        said = texts(literature_figure(ROWS))
    assert any("Outside the axes: Li3SO3N" in text for text in said)
    assert any("no exact temperature" in text for text in said)


def test_own_films_are_inside_and_named(ax):
    faint = FittedFilm("faint", 1e-11, None, None, "at 25 °C", (0.9, 0.93))
    draw_literature(ax, ROWS, [FILM, SINGLE, faint])
    assert {(0.55, 2.3e-6), (0.577, 2.3e-6), (0.9, 1e-11)} <= drawn_points(ax)
    assert ax.get_ylim()[0] < 1e-11
    assert ax.get_xlim()[1] > 0.93
    with style.settings():
        said = texts(literature_figure(ROWS, [FILM, SINGLE]))
    assert {"a", "b", "a  film A", "b  B7"} <= set(said)


def test_films_of_nearly_one_conductivity_share_a_label(ax):
    twins = [FittedFilm(f"t{k}", 2e-6 * (1 + 0.001 * k), None, None, "at 25 °C") for k in range(3)]
    draw_literature(ax, ROWS, twins)
    assert "a, b, c" in [text.get_text() for text in ax.texts]


def test_letters_go_on_after_z():
    assert [letter_of(k) for k in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]


def test_a_figure_can_be_made_of_nothing():
    with style.settings():
        assert literature_figure([]).axes
        assert literature_figure([], [SINGLE]).axes


def test_behind_an_arrhenius_plot_the_limits_stay_and_lines_have_the_published_slope():
    document = documents.document(8, series=True, kinds=(documents.FILM,))
    (row,) = search_literature("[92]")
    with style.settings():
        ax = arrhenius_figure(lines(document)).axes[0]
        limits, before = (ax.get_xlim(), ax.get_ylim()), len(ax.lines)
        assert draw_published_lines(ax, [row]) == (row,)
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    (line,) = ax.lines[before:]
    x, sigma = line.get_data()
    slope = -np.diff(np.log(sigma))[0] / np.diff(x)[0] * 1000 * 8.617333e-5
    assert_allclose(slope, 0.43, rtol=1e-6)
    assert_allclose(np.exp(np.interp(1000 / 298.15, x[::-1], np.log(sigma)[::-1])), 3.06e-6, rtol=1e-9)
    assert line.get_zorder() < min(other.get_zorder() for other in ax.lines[:before] if other.get_marker() == "o")


def test_a_published_film_outside_an_arrhenius_plot_is_not_counted_as_shown():
    document = documents.document(8, series=True, kinds=(documents.FILM,))
    with style.settings():
        ax = arrhenius_figure(lines(document)).axes[0]
        shown = draw_published_lines(ax, ROWS)
    assert "78" not in {row.reference.key for row in shown}
    assert "20" in {row.reference.key for row in shown}


# The films of a document


def test_a_series_is_one_film_and_its_spectra_are_not_counted_again():
    document = documents.document(8, series=True, kinds=(documents.FILM,))
    films = fitted_films(document)
    assert [film.label for film in films.found] == ["film A"]
    assert films.found[0].energies == (0.55, 0.577)
    assert films.left_out == ()


def test_a_spectrum_without_temperature_says_so_and_one_without_area_is_left_out():
    unknown = documents.result(documents.FILM, "unknown")
    unknown["sample"]["temperature_K"] = None
    bare = documents.result(documents.FILM, "bare")
    for quantity in bare["derived"]:
        quantity["value"] = None
    films = fitted_films({"schema": "lipon-eis/results/1", "results": [unknown, bare]})
    assert [film.how for film in films.found] == ["temperature not given"]
    assert [label for label, _ in films.left_out] == ["bare"]


def test_two_films_whose_spectra_have_the_same_labels_are_told_apart_by_group():
    document = documents.document(4, series=True, kinds=(documents.FILM,))
    for entry in document["results"]:
        entry["sample"]["group"] = "film A"
    other = documents.result(documents.FILM, document["results"][0]["label"])
    other["sample"]["group"] = "film B"
    document["results"].append(other)
    assert [film.label for film in fitted_films(document).found] == ["film A", other["label"]]
