"""Which arcs lie inside the measured window, and what may be said of those that do not.

An arc whose peak lies above the highest frequency shows only its right flank: its resistance
comes from the intercept, mixed with that of the leads, and its capacitance from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.uncertainty import quantile
from lipon_eis.physics.arcs import RoleArc

EDGE = 3.0  # factor of f_max beyond which an arc is no longer seen, and below which it is well inside


@dataclass(frozen=True)
class Position:
    """Where an arc's peak lies.

    Attributes:
        role: Of the arc.
        peak: [Hz].
        place: ``inside``, ``upper edge`` (between f_max/3 and f_max), ``above``, ``far above`` or ``below``.
        limit: The end of the window it is compared with [Hz].
    """

    role: str
    peak: float
    place: str
    limit: float


def locate(fit: Fit, arcs: tuple[RoleArc, ...], lowest: float, highest: float) -> list[Position]:
    """Place every arc with a capacitance in the window [lowest, highest] Hz."""
    found = []
    for arc in arcs:
        log_tau = arc.log_tau(fit.used_values)
        if log_tau is None:
            continue
        peak = float(np.exp(-log_tau) / (2 * np.pi))
        if peak > EDGE * highest:
            place, limit = "far above", highest
        elif peak > highest:
            place, limit = "above", highest
        elif peak > highest / EDGE:
            place, limit = "upper edge", highest
        elif peak < lowest:
            place, limit = "below", lowest
        else:
            place, limit = "inside", highest
        found.append(Position(arc.role, peak, place, limit))
    return found


def bound_unseen_bulk(fit: Fit, arcs: tuple[RoleArc, ...], positions: list[Position], leads: tuple[int, ...]) -> Fit:
    """Return the fit with the resistance of an arc far above the window as a bound, not a value.

    What is measured there is the intercept, the sum of the leads and the arc. With all leads held
    at known values the difference is a value and stays one, by the method ``intercept``.

    Args:
        fit: The fit.
        arcs: Its arcs.
        positions: Of the arcs, from `locate`.
        leads: Indices of lead resistances.
    """
    far = {position.role for position in positions if position.place == "far above"}
    free_leads = [i for i in leads if not fit.fixed[i]]
    if not far:
        return fit
    known, intervals = fit.known.copy(), fit.intervals.copy()
    method = list(fit.interval_method)
    if not free_leads:
        for arc in arcs:
            if leads and arc.role in far and fit.known[arc.r] and not fit.fixed[arc.r]:
                method[arc.r] = "intercept"
        return replace(fit, interval_method=tuple(method))
    for arc in arcs:
        if arc.role in far:
            summed = [arc.r, *free_leads]
            total = float(fit.used_values[summed].sum())
            part = np.nan_to_num(fit.covariance[np.ix_(summed, summed)], nan=0.0)
            with np.errstate(over="ignore", invalid="ignore"):  # a lead that the data do not bound at all
                variance = float(np.maximum(part.sum(), 0.0))
            spread = quantile(fit) * float(np.sqrt(variance)) if np.isfinite(variance) else np.nan
            known[arc.r] = False
            intervals[arc.r] = (np.nan, total + spread)
            method[arc.r] = "intercept"
    return replace(fit, known=known, intervals=intervals, interval_method=tuple(method))
