"""Arcs that a spectrum of a series does not show, and those that lie on each other: of these only the sum is known.

Near such a place the errors of a least squares are too small, since its valley is bent: an arc may give nearly all it
has to the one that it lies on, which then looks well known. An arc is therefore taken to lie where the nearest spectrum
that knows it has it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lipon_eis.physics.shared_exponents import OVERLAP, ArcValues
from lipon_eis.rounding import format_value

Floats = NDArray[np.float64]

UNKNOWN = 2.0  # standard error of ln R or of ln C beyond which it is not determined
SPLIT = 0.35  # standard error of ln R beyond which an arc is not known


def unseen_arcs(fit: ArcValues, spectrum: int, lowest: float, highest: float) -> dict[str, str]:
    """Return arc → why its resistance is not known in a spectrum.

    Args:
        fit: Of the series.
        spectrum: Which of its members.
        lowest: Frequency of the spectrum [Hz].
        highest: Likewise.
    """
    arcs = [arc for row, arc in fit.places if row == spectrum]
    rows = [fit.places[spectrum, arc] for arc in arcs]
    spread = fit.covariance[np.ix_(rows, [0], rows, [0])][:, 0, :, 0]
    found = {}
    for arc, row in zip(arcs, rows, strict=True):
        log_tau = float(fit.values[row].sum())
        if not all(0 < float(fit.covariance[row, k, row, k]) < UNKNOWN**2 for k in (0, 1)):
            found[arc] = "the data do not determine it"
        elif log_tau < -math.log(2 * math.pi * highest):
            found[arc] = "it lies above the window"
        elif log_tau > -math.log(2 * math.pi * lowest):
            found[arc] = "it lies below the window"
    places = [_log_tau(fit, spectrum, arc) for arc in arcs]
    vague = [_vague(fit, row) for row in rows]
    for i, one in enumerate(arcs):
        for j, other in enumerate(arcs):
            if i != j and (vague[i] or vague[j]) and abs(places[i] - places[j]) < math.log(OVERLAP):
                r = np.exp(fit.values[[rows[i], rows[j]], 0])
                part = np.nan_to_num(spread[np.ix_([i, j], [i, j])], posinf=0.0)
                total = format_value(float(r.sum()), math.sqrt(max(float(r @ part @ r), 0.0)), "ohm")
                beside = other.replace("_", " ")
                found[one] = f"it lies on the {beside} arc, only the sum of both resistances is known: {total}"
    return found


def _vague(fit: ArcValues, row: int) -> bool:
    return not 0 < float(fit.covariance[row, 0, row, 0]) < SPLIT**2


def _log_tau(fit: ArcValues, spectrum: int, arc: str) -> float:
    """Return ln τ of an arc in the nearest spectrum that knows it, this one first."""
    known = [member for (member, name), row in fit.places.items() if name == arc and not _vague(fit, row)]
    nearest = min(known, key=lambda member: abs(member - spectrum), default=spectrum)
    return float(fit.values[fit.places[nearest, arc]].sum())
