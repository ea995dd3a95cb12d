"""Films of a thickness series: spectra of one thickness put together, and the line through them.

What is common to all films and what is each film's own is sorted here: a gauge, and one mask, move σ and not whether
the line meets 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.fitting.uncertainty import NORMAL
from lipon_eis.kinds.film_points import Chosen, FilmPoint, with_common
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.errors_in_variables import FEWEST, Line, fit_line
from lipon_eis.physics.sides import sides_of
from lipon_eis.stack import parse_stack


@dataclass(frozen=True, eq=False)
class Film:
    """Spectra of equal thickness: one reading of the gauge, whose error they share.

    Attributes:
        members: The spectra.
        thickness: [m].
        resistance_area: Mean of R·A [Ω cm²].
        relative: Its relative standard error, of all that is the film's own.
    """

    members: tuple[FilmPoint, ...]
    thickness: float
    resistance_area: float
    relative: float

    @property
    def label(self) -> str:
        return "/".join(member.label for member in self.members[:2]) + ("/…" if len(self.members) > 2 else "")

    @property
    def permittivity(self) -> float:
        """ε_r = C d/(ε0 A), the mean; NaN where a capacitance is not known."""
        found = [m.capacitance * self.thickness / (VACUUM_PERMITTIVITY * m.area) for m in self.members]
        return float(np.mean(found))


@dataclass(frozen=True, eq=False)
class ThicknessLine:
    label: str
    chosen: Chosen
    films: tuple[Film, ...]
    line: Line
    common: float  # relative error of σ that all films share: of gauge and of area
    common_area: float
    sides: int  # 2: equal sides, the intercept is halved
    stack_known: bool

    def per_side(self, intercept: Estimate) -> Estimate:
        """Return an intercept [Ω cm²] as it is reported, with the error of the common area."""
        low, high = intercept.interval
        halved = Estimate(
            intercept.value / self.sides, intercept.stderr / self.sides, (low / self.sides, high / self.sides)
        )
        return with_common(halved, self.common_area, NORMAL)

    @property
    def conductivity(self) -> Estimate:
        """σ [S/cm]."""
        slope, (low, high) = self.line.slope.value * 1e-2, self.line.slope.interval  # Ω cm² per m
        sigma = Estimate(1 / slope, self.line.slope.stderr * 1e-2 / slope**2, (1e2 / high, 1e2 / low))
        return with_common(sigma, self.common, NORMAL)

    def bias_of_one(self, thickness: float) -> float:
        """Return the relative error of σ = d/(R A) of one film whose thickness [m] is exact."""
        return -self.line.intercept.value / float(self.line.at(np.array(thickness)))


def line_of(label: str, chosen: Chosen) -> tuple[tuple[Film, ...], ThicknessLine | None]:
    """Return the films of a series, and the line through them; None of fewer than three thicknesses.

    Args:
        label: The group.
        chosen: Its spectra.
    """
    common_area, own_area = _errors_of_area(chosen.points)
    films = _films(chosen.points, own_area)
    if len(films) < FEWEST:
        return films, None
    line = fit_line(
        [film.thickness for film in films],
        [film.resistance_area for film in films],
        _errors_of_thickness(films),
        [film.relative for film in films],
    )
    scale = max((p.sample.thickness_scale_stderr or 0.0 for p in chosen.points), default=0.0)
    sides, known = _sides(chosen.points)
    return films, ThicknessLine(label, chosen, films, line, math.hypot(scale, common_area), common_area, sides, known)


def _errors_of_area(points: Sequence[FilmPoint]) -> tuple[float, list[float]]:
    """Return the relative error of area that all films share, and that of each: of one mask the former alone."""
    relative = [(p.sample.area_stderr or 0.0) / (p.sample.area or math.nan) for p in points]
    if len({p.area for p in points}) == 1:
        return max(relative, default=0.0), [0.0] * len(points)
    return 0.0, relative


def _films(points: Sequence[FilmPoint], own_area: Sequence[float]) -> tuple[Film, ...]:
    """Put spectra of equal thickness together, thin films first; dots that scatter beyond their errors widen them."""
    groups: dict[float, list[tuple[FilmPoint, float]]] = {}
    for point, relative in zip(points, own_area, strict=True):
        groups.setdefault(point.sample.thickness or math.nan, []).append((point, math.hypot(point.relative, relative)))
    films = []
    for thickness, members in sorted(groups.items(), key=lambda pair: pair[0]):
        log = np.log([point.resistance_area for point, _ in members])
        weight = 1 / np.array([relative for _, relative in members]) ** 2
        mean = float(np.average(log, weights=weight))
        excess = float((weight * (log - mean) ** 2).sum()) / max(len(members) - 1, 1)
        relative = math.sqrt(max(excess, 1.0) / weight.sum())
        films.append(Film(tuple(point for point, _ in members), thickness, math.exp(mean), relative))
    return tuple(films)


def _errors_of_thickness(films: Sequence[Film]) -> list[float] | None:
    """Return the relative errors of thickness; films without one have the largest of the others, None without any."""
    given = [max((m.sample.thickness_stderr or 0.0) / film.thickness for m in film.members) for film in films]
    return [one or max(given) for one in given] if max(given) > 0 else None


def _sides(points: Sequence[FilmPoint]) -> tuple[int, bool]:
    """Return 2 where both sides are alike, as stack or circuit say, and whether anything says it."""
    for point in points:
        if point.sample.stack:
            stack = parse_stack(point.sample.stack)
            left, right = (None if side is None else side.casefold() for side in stack.electrodes)
            return (2 if left == right and left is not None and not stack.interlayers else 1), left is not None
    circuits = [sides_of(p.result.circuit.sides, p.sample) for p in points]
    equal = all(any(count == 2 for count in sides.values()) for sides in circuits)
    return (2, True) if equal else (1, False)
