"""One arc of a fit, normalised by the film's geometry, with how well the data know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arcs import RoleArc, tails, too_flat
from lipon_eis.physics.cell import cell_of
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.overlap import CLOSE
from lipon_eis.physics.plausibility import STRAY, Normalised
from lipon_eis.sample import Sample

VAGUE = 0.25  # relative error of a resistance beyond which its arc is not determined
SHARED = 0.1  # the same of an arc within a decade of another, which may be a share of that one
MASKED = 0.02  # share of an arc's resistance that another may have beside it and not be seen
DISPUTED = 0.3  # ln ratio of resistances in two minima beyond which they are of different arcs
BLURRED = 1.0  # standard deviation of ln C beyond which a capacitance is not seen


@dataclass(frozen=True)
class Seen:
    """What is seen of one arc.

    Attributes:
        normalised: In quantities free of geometry; empty where its capacitance is not seen.
        capacitance: τ/R [F]; infinite where it has none.
        log_tau: ln of its time constant; NaN without a capacitance.
        visible: Whether its capacitance is seen: not above the window, not blurred.
        above: Whether it peaks above the window.
        determined: Whether its resistance is known well enough to be an arc of its own.
        disputed: Whether another minimum, which fits as well, has another arc in its stead.
    """

    normalised: Normalised
    capacitance: float
    log_tau: float
    visible: bool
    above: bool
    determined: bool
    disputed: bool = False

    @property
    def phantom(self) -> bool:
        """Whether it may be none of the cell's arcs, but what a circuit of too many arcs was left with."""
        return not self.visible and not (self.above and self.determined)


def see_all(
    fit: Fit, roles: Mapping[str, str], arcs: Sequence[RoleArc], sample: Sample, highest: float, *, clean: bool = True
) -> dict[int, Seen]:
    """Normalise arcs, by the index of their resistance.

    Args:
        fit: The fit.
        roles: By parameter name.
        arcs: The arcs.
        sample: Thickness and area.
        highest: Upper end of the window [Hz].
        clean: Whether cable and fixture were subtracted.
    """
    stray = 0.0 if clean else STRAY
    times = {arc.r: tau for arc in arcs if (tau := arc.log_tau(fit.used_values)) is not None}
    close = {r for r, tau in times.items() if any(o != r and abs(tau - t) < np.log(CLOSE) for o, t in times.items())}
    largest = max((float(fit.used_values[arc.r]) for arc in arcs if fit.known[arc.r]), default=0.0)
    return {
        arc.r: _see(fit, roles, arc, sample, highest, SHARED if arc.r in close else VAGUE, stray, largest)
        for arc in arcs
    }


def _see(
    fit: Fit,
    roles: Mapping[str, str],
    arc: RoleArc,
    sample: Sample,
    highest: float,
    tolerable: float,
    stray: float,
    others: float,
) -> Seen:
    p, names = fit.used_values, fit.circuit.names
    tau = arc.log_tau(p)
    error = np.sqrt(np.diag(fit.covariance)[arc.r]) / p[arc.r] if p[arc.r] > 0 else np.inf
    determined = bool(fit.known[arc.r] and (fit.fixed[arc.r] or (error < tolerable and not fit.at_bound[arc.r])))
    if tau is None or not p[arc.r] > 0:
        return Seen(Normalised(None, None, None), np.inf, np.nan, False, False, determined)
    there = [rival.values[names[arc.r]] / p[arc.r] for rival in fit.rivals]
    disputed = any(not np.exp(-DISPUTED) < ratio < np.exp(DISPUTED) for ratio in there)
    capacitance = float(np.exp(tau) / p[arc.r])
    spread = _spread(fit, arc)
    strays = arc.part is not None and arc.part.q is not None and roles.get(names[arc.part.q], "").startswith("stray.")
    above = float(np.exp(-tau) / (2 * np.pi)) > highest
    visible = determined and not above and spread < BLURRED and not strays and not too_flat(fit, arc)
    cell = cell_of(sample)
    if cell.in_plane or sample.area is None or strays:
        return Seen(Normalised(None, None, None), capacitance, float(tau), visible, above, determined, disputed)
    area = sample.area * cell.roughness
    limit = not (visible or determined)
    resistance = _largest(fit, arc.r, float(error), others) if limit else float(p[arc.r])
    eps = per_area = sigma = None
    if visible:
        per_area = capacitance / (area * 1e4)
    asr = None if resistance is None else resistance * area * 1e4
    filled = 0.0
    if sample.thickness is not None:
        across = sample.thickness / (VACUUM_PERMITTIVITY * area)
        eps, filled = (capacitance * across if visible else None), stray * across
        sigma = None if asr is None else sample.thickness * 100 / asr
    normalised = Normalised(eps, per_area, asr, spread if visible else 0.0, sigma, limit, filled)
    return Seen(normalised, capacitance, float(tau), visible, above, determined, disputed)


def _largest(fit: Fit, r: int, error: float, others: float) -> float | None:
    """Return the largest resistance that an arc may have and not be seen, or None where nothing bounds it [ohm].

    Beside another arc of like time constant it may have some share of that one's, too.
    """
    end = float(fit.intervals[r, 1]) if not fit.known[r] else float(fit.used_values[r] * (1 + 2 * error))
    return max(end, MASKED * others) if np.isfinite(end) and end > 0 else None


def blocking_capacitance(fit: Fit, roles: Mapping[str, str], sample: Sample, sides: int) -> float | None:
    """Return C/A per side [F/cm2] of blocking contacts that the fit knows, of a phase element at 1 rad/s, or None."""
    found = [q for role, q, _ in tails(fit.circuit, roles) if role == "electrode"]
    cell = cell_of(sample)
    if cell.in_plane or sample.area is None or len(found) != 1:
        return None
    (q,) = found
    capacitance, error = float(fit.used_values[q]), float(np.sqrt(fit.covariance[q, q]))
    if not fit.known[q] or error > VAGUE * capacitance:
        return None
    return sides * capacitance / (sample.area * cell.roughness * 1e4)


def _spread(fit: Fit, arc: RoleArc) -> float:
    """Standard deviation of ln C, C = (RQ)^(1/n)/R; what one formula or the other would make of it included."""
    part, p = arc.part, fit.used_values
    assert part is not None
    if part.q is None:
        return 0.0
    n = 1.0 if part.n is None else float(p[part.n])
    slope = np.zeros(len(p))
    slope[arc.r], slope[part.q] = (1 / n - 1) / p[arc.r], 1 / n / p[part.q]
    if part.n is not None:
        slope[part.n] = -np.log(p[arc.r] * p[part.q]) / n**2
    covariance = np.nan_to_num(fit.covariance, nan=0.0, posinf=1e300)
    with np.errstate(over="ignore", invalid="ignore"):
        variance = float(slope @ covariance @ slope)
    statistical = np.sqrt(variance) if 0 <= variance < 1e300 else np.inf
    return float(np.hypot(statistical, 2 * (1 - n)))
