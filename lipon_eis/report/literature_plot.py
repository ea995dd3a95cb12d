"""Published films and the user's own: σ against Ea."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lipon_eis.physics.literature import CAUTION, LiteratureRow
from lipon_eis.report import style
from lipon_eis.report.fitted_films import FittedFilm
from lipon_eis.report.literature_text import energy_text, sigma_text

WIDTH, HEIGHT = 160.0, 118.0
LEFT, FOOT, HEAD, SIDE = 15.0, 21.0, 3.0, 43.0
LINE, PER_LINE = 3.0, 128  # of small print [mm, characters]
#: Family → colour and marker, told apart without colour too; other families are grey.
FAMILIES = {
    "LiPON": ("#1a1a1a", "*"),
    "Si-doped": ("#4477aa", "o"),
    "S-doped": ("#e0a030", "s"),
    "B-doped": ("#3a9a55", "^"),
    "nonmetal-doped": ("#aa3377", "D"),
    "metal-doped": ("#8866bb", "v"),
}
OTHER = ("#888888", "P")
OWN = "#c1272d"
LETTER: dict[str, Any] = {"color": OWN, "fontsize": 6.8, "zorder": 5}
NAMED, NAME_LENGTH = 12, 26  # films that the legend has room for, and letters of a name
STUB = 0.03  # length of the mark of a row without Ea, of the width


def literature_figure(rows: Sequence[LiteratureRow], films: Sequence[FittedFilm] = ()) -> Any:
    """Return the figure of σ against Ea, `WIDTH` by `HEIGHT` mm, with its legend and what it has to say."""
    figure = style.sheet(WIDTH, HEIGHT)
    ax = style.axes(figure, LEFT, FOOT, WIDTH - LEFT - SIDE, HEIGHT - FOOT - HEAD)
    outside = draw_literature(ax, rows, films)
    _legend(figure, rows, films)
    texts = [f"{CAUTION} Small numbers are the table's references."]
    if outside:
        beyond = ", ".join(f"{row.formula} ({sigma_text(row)} S/cm, {energy_text(row)} eV)" for row in outside)
        texts.append(f"Outside the axes: {beyond}.")
    for k, line in enumerate(line for text in texts for line in _wrapped(text)):
        style.note(figure, 2, FOOT - 12.5 - LINE * k, line, fontsize=5.8, color="#555555", va="center_baseline")
    return figure


def letter_of(index: int) -> str:
    """Return the letter by which a film of the user's is known in the figure: a to z, then aa, ab and on."""
    first, last = divmod(index, 26)
    return (letter_of(first - 1) if first else "") + chr(ord("a") + last)


def draw_literature(
    ax: Any, rows: Sequence[LiteratureRow], films: Sequence[FittedFilm] = ()
) -> tuple[LiteratureRow, ...]:
    """Draw σ against Ea into given axes: published values with ranges as bars, the user's films on top.

    A row or film without Ea is a mark at the right edge. Where some rows are films, the limits are
    those of the films, published or the user's, and of whatever else fits. The user's films bear
    the letters of `letter_of`; published ones the numbers of their references.

    Returns:
        The rows that lie outside the limits.
    """
    ax.set_yscale("log")
    _set_limits(ax, rows, films)
    for row in rows:
        _draw_row(ax, row)
    for k, film in enumerate(films):
        _draw_film(ax, film, letter_of(k))
    _name_stubs(ax, films)
    left, right = ax.get_xlim()
    style.set_ticks(ax, "x", style.linear_ticks(left, right, style.step(right - left, 8)))
    low, high = ax.get_ylim()
    style.set_ticks(ax, "y", style.decade_ticks(low, high, most=9))
    ax.set_xlabel("Ea / eV")
    ax.set_ylabel("σ / S cm⁻¹")
    return tuple(row for row in rows if not _inside(row, (left, right), (low, high)))


def _draw_row(ax: Any, row: LiteratureRow) -> None:
    colour, marker = FAMILIES.get(row.family, OTHER)
    y = row.sigma.middle
    bars = [[y - row.sigma.low], [row.sigma.high - y]]
    energy = row.activation_energy
    if energy is None:
        edge = ax.get_yaxis_transform()
        ax.plot(
            [1 - STUB, 1], [y, y], color=colour, linewidth=1.0, linestyle="-" if row.is_film else ":", transform=edge
        )
        ax.plot([1 - STUB / 2] * 2, [row.sigma.low, row.sigma.high], color=colour, linewidth=0.7, transform=edge)
        return
    x = (energy.low + energy.high) / 2
    look = {"color": colour, "marker": marker, "markersize": 7 if marker == "*" else 4, "linestyle": ""}
    face = colour if row.is_film else "white"
    ax.errorbar(
        x,
        y,
        yerr=bars if row.sigma.low < row.sigma.high else None,
        xerr=[[x - energy.low], [energy.high - x]] if energy.low < energy.high else None,
        **look,
        markerfacecolor=face,
        markeredgewidth=0.7,
        elinewidth=0.7,
        capsize=1.5,
        zorder=2,
    )
    small: dict[str, Any] = {"fontsize": 4.8, "color": "#777777", "va": "top"}
    ax.annotate(row.reference.key, (x, y), xytext=(2.5, -1.5), textcoords="offset points", clip_on=True, **small)


def _draw_film(ax: Any, film: FittedFilm, letter: str) -> None:
    """Draw one film: full at Ea of σ, hollow at Ea of σT, since the table does not say which one it holds."""
    y, (low, high) = film.sigma, film.interval or (film.sigma, film.sigma)
    if film.energies is None:
        ax.plot([1 - 2 * STUB, 1], [y, y], color=OWN, linewidth=1.2, transform=ax.get_yaxis_transform(), zorder=4)
        return
    ax.plot(film.energies, [y, y], color=OWN, linewidth=0.9, zorder=4)
    bars = {"elinewidth": 0.9, "capsize": 2, "color": OWN, "linestyle": "", "zorder": 4}
    for x, face in zip(film.energies, (OWN, "white"), strict=True):
        ax.errorbar(x, y, yerr=[[y - low], [high - y]], marker="o", markersize=5, markerfacecolor=face, **bars)
    at = {"xytext": (4, 3), "textcoords": "offset points"}
    ax.annotate(letter, (film.energies[1], y), **at, **LETTER, va="bottom")


def _name_stubs(ax: Any, films: Sequence[FittedFilm]) -> None:
    """Write the letters of films without Ea beside their marks; those of marks that nearly coincide stand together."""
    low, high = ax.get_ylim()
    apart = (high / low) ** 0.03
    stubs = sorted((film.sigma, letter_of(k)) for k, film in enumerate(films) if film.energies is None)
    groups: list[tuple[float, list[str]]] = []
    for sigma, letter in stubs:
        if groups and sigma < groups[-1][0] * apart:
            groups[-1][1].append(letter)
        else:
            groups.append((sigma, [letter]))
    for sigma, letters in groups:
        text = ", ".join(sorted(letters, key=lambda letter: (len(letter), letter)))
        ax.text(1 - 2.2 * STUB, sigma, text, transform=ax.get_yaxis_transform(), ha="right", va="center", **LETTER)


def _set_limits(ax: Any, rows: Sequence[LiteratureRow], films: Sequence[FittedFilm]) -> None:
    wanted = [row for row in rows if row.is_film] or list(rows)
    sigmas = [end for row in wanted for end in (row.sigma.low, row.sigma.high)]
    sigmas += [end for film in films for end in (film.interval or (film.sigma,))]
    energies = [e for row in wanted if (ea := row.activation_energy) for e in (ea.low, ea.high)]
    energies += [e for film in films for e in film.energies or ()]
    low, high = min(sigmas, default=1e-7), max(sigmas, default=1e-5)
    ax.set_ylim(10 ** (math.log10(low) - 0.4), 10 ** (math.log10(high) + 0.4))
    left, right = min(energies, default=0.4), max(energies, default=0.6)
    margin = max(0.06 * (right - left), 0.03)
    ax.set_xlim(left - margin, right + 2 * margin)


def _inside(row: LiteratureRow, xlim: tuple[float, float], ylim: tuple[float, float]) -> bool:
    energy = row.activation_energy
    fits = energy is None or (energy.low >= xlim[0] and energy.high <= xlim[1])
    return fits and row.sigma.low >= ylim[0] and row.sigma.high <= ylim[1]


def _legend(figure: Any, rows: Sequence[LiteratureRow], films: Sequence[FittedFilm]) -> None:
    from matplotlib.lines import Line2D

    marks: list[tuple[dict[str, Any], str]] = []
    for family in dict.fromkeys(row.family for row in rows if row.activation_energy):
        colour, marker = FAMILIES.get(family, OTHER)
        marks.append(({"marker": marker, "color": colour}, family or "no family named"))
    if any(not row.is_film for row in rows):
        marks.append(({"marker": "o", "color": "#888888", "markerfacecolor": "white"}, "hollow: no film"))
    if any(row.activation_energy is None for row in rows):
        marks.append(({"marker": "_", "color": "#888888"}, "at the edge: Ea unknown"))
    if films:
        marks.append(({"marker": "o", "color": OWN}, "yours, Ea of σ"))
    if any(film.energies for film in films):
        marks.append(({"marker": "o", "color": OWN, "markerfacecolor": "white"}, "yours, Ea of σT"))
    for k, (mark, text) in enumerate(marks):
        x, y = WIDTH - SIDE + 5, HEIGHT - HEAD - 3 - 4.6 * k
        at = {"transform": figure.transFigure, "linestyle": "", "markersize": 4.5, "markeredgewidth": 0.8}
        figure.add_artist(Line2D([x / WIDTH], [y / HEIGHT], **at, **mark))
        style.note(figure, x + 3, y, text, fontsize=7, va="center_baseline")
    y = HEIGHT - HEAD - 3 - 4.6 * len(marks) - 2
    names = [f"{letter_of(k)}  {_shortened(film.label)}" for k, film in enumerate(films)]
    if len(names) > NAMED:
        names[NAMED - 1 :] = [f"… and {len(names) - NAMED + 1} more"]
    for k, name in enumerate(names):
        style.note(figure, WIDTH - SIDE + 4, y - 3.4 * k, name, fontsize=6.4, color=OWN, va="center_baseline")


def _shortened(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, PER_LINE)
