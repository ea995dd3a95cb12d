"""The report's view of published films: σ against Ea with the user's films among them, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lipon_eis.physics.literature import CAUTION, LiteratureRow, literature
from lipon_eis.physics.standing import standing
from lipon_eis.report import style
from lipon_eis.report.document import Document
from lipon_eis.report.fitted_films import FittedFilm, fitted_films
from lipon_eis.report.literature_plot import FAMILIES, NAMED, OTHER, OWN, draw_literature, letter_of
from lipon_eis.report.literature_text import energy_text, film_text, sigma_text, standing_text

WIDTH, HEIGHT = 98.0, 78.0
LEFT, FOOT, HEAD = 15.0, 8.5, 2.0
FEW = 4  # films without an activation energy that have a line
#: Marker in matplotlib → the same as a letter for the text beside the plot.
LETTERS = {"*": "★", "o": "●", "s": "■", "^": "▲", "D": "◆", "v": "▼", "P": "✚"}


def published(document: Document) -> dict[str, Any] | None:
    """Return the figure, its legend and a line a film; None where the document has no film to compare.

    Films with an activation energy stand for all, where there are some. Else those measured near room temperature have
    a line each and no figure, which would show them at its edge.
    """
    found = fitted_films(document).found
    films = [film for film in found if film.energies]
    if not films:
        return _lines_alone(found) if found else None
    rows, shown = literature(), films[:NAMED]
    figure = style.sheet(WIDTH, HEIGHT)
    outside = draw_literature(style.axes(figure, LEFT, FOOT, WIDTH - LEFT - 2.0, HEIGHT - FOOT - HEAD), rows, shown)
    return {
        "svg": style.svg(figure),
        "legend": _legend(rows, shown),
        "films": [_line(letter_of(k), film) for k, film in enumerate(shown)],
        "notes": [text for text in (_not_drawn(len(films) - len(shown)), _outside(outside), CAUTION) if text],
    }


def _lines_alone(films: Sequence[FittedFilm]) -> dict[str, Any]:
    shown = films[:FEW]
    lines = [_line("", film) for film in shown]
    return {"svg": None, "legend": [], "films": lines, "notes": [_not_drawn(len(films) - len(shown)), CAUTION]}


def _line(letter: str, film: FittedFilm) -> dict[str, str]:
    place = standing(film.sigma, film.interval, literature())
    return {"letter": letter, "label": film.label, "text": f"{film_text(film)}: {standing_text(place)}"}


def _legend(rows: Sequence[LiteratureRow], films: Sequence[FittedFilm]) -> list[dict[str, str]]:
    families = dict.fromkeys(row.family for row in rows if row.activation_energy)
    marks = [(*FAMILIES.get(family, OTHER), family or "no family named") for family in families]
    found = [{"mark": LETTERS[marker], "colour": colour, "words": words} for colour, marker, words in marks]
    grey = OTHER[0]
    found += [{"mark": "○", "colour": grey, "words": "no film"}, {"mark": "–", "colour": grey, "words": "Ea unknown"}]
    found.append({"mark": "●", "colour": OWN, "words": "here"})
    if any(film.energies for film in films):
        found[-1]["words"] = "here, Ea of σ"
        found.append({"mark": "○", "colour": OWN, "words": "here, Ea of σT"})
    return found


def _not_drawn(more: int) -> str:
    return f"{more} more {'film is' if more == 1 else 'films are'} not shown." if more else ""


def _outside(rows: Sequence[LiteratureRow]) -> str:
    beyond = ", ".join(f"{row.formula} ({sigma_text(row)} S/cm, {energy_text(row)} eV)" for row in rows)
    return f"Outside the axes: {beyond}." if beyond else ""
