"""A lead resistance that was measured apart: whether the data allow it, and what its error does to everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.uncertainty import quantile
from lipon_eis.fitting.weights import weights
from lipon_eis.physics.fixture import DONE
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum, SpectrumStack

CONTRADICTED = 3.0  # standard errors


@dataclass(frozen=True)
class Lead:
    """A lead resistance known from elsewhere.

    Attributes:
        value: [Ω].
        stderr: Its standard error [Ω], 0 where none was given.
        why: Where it is from, in words.
    """

    value: float
    stderr: float
    why: str


def known_lead(sample: Sample, spectrum: Spectrum) -> Lead | None:
    """Return what is known of the lead resistance: as given, or nothing left after a shorted fixture was subtracted."""
    if sample.short_file is not None and DONE in spectrum.meta:
        return Lead(0.0, 0.0, "the shorted fixture is subtracted")
    if sample.lead_resistance is not None:
        return Lead(sample.lead_resistance, sample.lead_resistance_stderr or 0.0, "as the sample says")
    return None


def lead_parameter(roles: Mapping[str, str]) -> str | None:
    """Return the name of the one parameter that is a lead resistance, or None."""
    found = [name for name, role in roles.items() if role == "lead.resistance"]
    return found[0] if len(found) == 1 else None


def compare(fit: Fit, name: str, lead: Lead) -> str:
    """Tell what to do with a known lead: ``hold``, ``leave`` (the data know it better), or ``contradicted``."""
    i = fit.index(name)
    error = float(np.sqrt(fit.covariance[i, i]))
    if fit.fixed[i] or name in fit.ties:
        return "leave"
    if not fit.known[i] or fit.at_bound[i] or not np.isfinite(error):
        return "hold"
    error *= fit.widening
    if abs(fit.used_values[i] - lead.value) > CONTRADICTED * np.hypot(error, lead.stderr):
        return "contradicted"
    return "leave" if error < lead.stderr else "hold"


def is_worse(held: Fit, free: Fit) -> bool:
    """Tell whether holding a lead costs more χ² than three standard errors would, in variances of the noise."""
    return held.chi2 - free.chi2 > (CONTRADICTED * free.widening) ** 2 * free.noise


def with_lead_error(fit: Fit, spectrum: Spectrum, name: str, stderr: float) -> Fit:
    """Return a fit whose lead was held, with the lead's error in the covariance and the intervals of all others.

    The minimum follows a small change of the held parameter by the Gauss–Newton step −(JᵀWJ)⁻¹JᵀW ∂Z/∂R. The
    lead's own row stays empty: it was not estimated.

    Args:
        fit: With the parameter fixed.
        spectrum: What was fitted.
        name: Of the held parameter.
        stderr: Its standard error [Ω].
    """
    held, free = fit.index(name), np.isfinite(np.diag(fit.covariance))
    leaders = {fit.index(follower): fit.index(leader) for follower, leader in fit.ties.items()}
    if not stderr > 0 or not free.any():
        return fit
    keep = spectrum.used
    weight = weights(SpectrumStack.of([spectrum]), fit.weighting, fit.space)[0, : int(keep.sum())]
    model = fit.circuit.impedance(spectrum.frequency[keep], fit.used_values)
    partials = np.array(fit.circuit.jacobian(spectrum.frequency[keep], fit.used_values))
    if fit.space == "Y":
        partials = -partials / model[:, None] ** 2
    for follower, leader in leaders.items():
        partials[:, leader] += partials[:, follower]
        free[follower] = False
    rows = (
        np.concatenate([partials.real, partials.imag]) * np.sqrt(np.concatenate([weight[:, 0], weight[:, 1]]))[:, None]
    )
    scale = np.where(fit.used_values > 0, fit.used_values, 1.0)
    step, *_ = np.linalg.lstsq(rows[:, free] * scale[free], rows[:, held], rcond=None)
    slope = np.zeros(len(scale))
    slope[free] = -step * scale[free]
    for follower, leader in leaders.items():
        slope[follower] = slope[leader]
    return replace(
        fit,
        covariance=fit.covariance + np.outer(slope, slope) * stderr**2,
        intervals=_widened(fit, quantile(fit) / fit.widening * np.abs(slope) * stderr),
    )


def _widened(fit: Fit, reach: np.ndarray) -> np.ndarray:
    """Add a reach in quadrature to both sides of every interval: in the logarithm for positive parameters."""
    intervals = fit.intervals.copy()
    for i, parameter in enumerate(fit.circuit.parameters):
        value, (low, high) = fit.used_values[i], fit.intervals[i]
        if reach[i] == 0:
            continue
        if parameter.log:
            more = reach[i] / value
            down, up = np.hypot(np.log(value / low), more), np.hypot(np.log(high / value), more)
            intervals[i] = value * np.exp(-down), value * np.exp(up)
        else:
            intervals[i] = value - np.hypot(value - low, reach[i]), value + np.hypot(high - value, reach[i])
            intervals[i] = np.clip(intervals[i], parameter.lower, parameter.upper)
    return intervals
