"""Whether cells share what they are taken to, and if not, which cell strays in which quantity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.joint import JointSolution
from lipon_eis.physics.arrhenius import probability_of_chi2
from lipon_eis.physics.cell_links import GEOMETRY, CellModel
from lipon_eis.physics.cell_problem import Common

Floats = NDArray[np.float64]

DOUBTFUL = 0.01  # probability of a chi2 below which cells are said not to share something
UNSEEN = 0.02  # share of a deviation's variance that data have to take away to say something of it


@dataclass(frozen=True)
class Pull:
    """How far one cell is from what the others have.

    Attributes:
        cell: Its number.
        what: The quantity, or ``thickness`` or ``area``.
        deviation: Of ln, of n as it is.
        score: In standard deviations of what scatter and noise allow.
    """

    cell: int
    what: Common | str
    deviation: float
    score: float


def pulls_of(model: CellModel, solution: JointSolution) -> tuple[Pull, ...]:
    """Return how far cells are from what others have, the farthest first.

    A deviation w of standard normal prior that is left with the variance v would save the cost w²/(1 − v), were it
    free; the score is its root.
    """
    pulls = []
    for i, cell in enumerate(model.cells):
        places: list[tuple[Common | str, int, float]] = [
            (common, model.deviation(j), model.scatter[j])
            for j, common in enumerate(model.commons)
            if common in cell.commons and model.count(common) > 1
        ]
        errors = zip(GEOMETRY, cell.geometry_errors, strict=True)
        places += [(name, model.error(name), error) for name, error in errors if error > 0]
        for what, place, size in places:
            w = np.zeros(model.n_local)
            w[place] = 1.0
            spared = 1 - solution.variance(i, np.zeros(len(model.commons)), w)
            at = float(solution.local[i, place])
            pulls.append(Pull(i, what, at * size, abs(at) / float(np.sqrt(spared)) if spared > UNSEEN else 0.0))
    return tuple(sorted(pulls, key=lambda pull: -pull.score))


def least_shared(model: CellModel, solution: JointSolution) -> tuple[int, float] | None:
    """Return the number of the quantity whose deviations are the least probable, and the scatter that they show.

    What the data say of a deviation at the level found, its prior taken away, has a chi2 about the mean that this
    scatter makes its degrees of freedom: Paule and Mandel (1982), J. Res. Natl. Bur. Stand. 87, 377. None where no
    quantity's deviations are improbable.
    """
    worst, least = None, DOUBTFUL
    for j, (common, size) in enumerate(zip(model.commons, model.scatter, strict=True)):
        place = model.deviation(j)
        y, variance = [], []
        for i, cell in enumerate(model.cells):
            if common in cell.commons and (spared := 1 - float(solution.own[i, place, place])) > UNSEEN:
                y.append(float(solution.local[i, place]) / spared * size)
                variance.append(size**2 * (1 / spared - 1))
        if len(y) < 2:
            continue
        probability = probability_of_chi2(_misfit(np.array(y), np.array(variance) + size**2), len(y) - 1)
        if probability < least:
            worst, least = (j, _scatter_seen(np.array(y), np.array(variance), size)), probability
    return worst


def _scatter_seen(y: Floats, variance: Floats, size: float) -> float:
    low, high = size, 10.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _misfit(y, variance + middle**2) > len(y) - 1 else (low, middle)
    return high


def _misfit(y: Floats, variance: Floats) -> float:
    mean = np.average(y, weights=1 / variance)
    return float(((y - mean) ** 2 / variance).sum())
