"""Diffusion in a layer: time, limiting capacitance, diffusion coefficient, Warburg coefficient; what the window knows.

A layer of thickness L with a blocking end, Z = Z0 coth(√(jωτ))/√(jωτ) with τ = L²/D, is at high frequency a slope,
Z = σ_W (1 − j)/√ω with σ_W = Z0/√(2τ), and at low frequency a capacitance, C = τ/Z0. A window that ends before 1/τ
knows the slope and not what it is made of: then τ is bounded from below, and so are Z0 and C, while D is bounded from
above. One that begins after 1/τ knows the capacitance alone, and the bounds are turned round.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.fitting.result import Fit, Floats
from lipon_eis.fitting.uncertainty import quantile, student_t
from lipon_eis.model.tree import leaves
from lipon_eis.physics.arc_quantities import Context
from lipon_eis.physics.quantity import Derived, Formula, Workbench, unknown

APART = 0.5  # relative standard error of τ beyond which resistance and time are not known apart
SURELY = 0.1  # the same where no profile says so: noise makes a slope bend and then believes it, by up to 15 %
TOGETHER = 0.5  # relative standard error of slope or capacitance beyond which that is not known, either
ROUNDING = 2e-16
SLOPE, LIMIT = (1.0, -0.5), (-1.0, 1.0)  # powers of Z0 and τ in what is known at one end of the window
ELEMENTS = {"Wo": True, "Ws": False}  # symbol → whether its layer has a blocking end, and so a limiting capacitance


@dataclass(frozen=True)
class Layer:
    """One diffusion element of a fit, and what the window knows of it.

    Attributes:
        name: Of the element, ``Wo1``.
        r: Index of its resistance.
        tau: Index of its time.
        known: ``both``, ``slope``, ``limit`` or ``neither``.
        end: End of the 95 % interval of τ that is known where only one is [s]; NaN where none is.
        spread: Standard deviation of ln of the combination that is known (slope or capacitance).
    """

    name: str
    r: int
    tau: int
    known: str
    end: float = math.nan
    spread: float = math.nan


def layer_of(fit: Fit, name: str, r: int, tau: int) -> Layer:
    """Tell what a fit knows of a diffusion element: resistance and time apart, or but one combination of them."""
    if fit.fixed[tau] or (fit.at_bound[r] and not fit.known[r]):
        return Layer(name, r, tau, "both")  # nothing to take apart: the time is given, or no diffusion is seen
    low, high = (float(end) for end in fit.intervals[tau])
    p = fit.used_values[[r, tau]]
    relative = np.nan_to_num(fit.covariance[np.ix_([r, tau], [r, tau])], nan=0.0) / np.outer(p, p)
    tolerable = APART if fit.interval_method[tau] in ("profile", "bootstrap") else SURELY
    known = fit.known[[r, tau]].all() and np.isfinite([low, high]).all()
    if known and np.sqrt(relative[1, 1]) <= tolerable:
        return Layer(name, r, tau, "both")
    slope, limit = _spread(relative, SLOPE), _spread(relative, LIMIT)
    if fit.at_bound[tau]:  # it ran to the end of what can be seen, and what is known has the error of the resistance
        return (
            Layer(name, r, tau, "limit", high, limit) if np.isfinite(high) else Layer(name, r, tau, "slope", low, slope)
        )
    if not np.isfinite([slope, limit]).all():  # so far from known that the covariance says nothing of either
        ends = np.isfinite([low, high])
        return Layer(name, r, tau, "slope" if ends[0] else "limit" if ends[1] else "neither", low if ends[0] else high)
    if min(slope, limit) > TOGETHER:
        return Layer(name, r, tau, "neither")
    return Layer(name, r, tau, "slope", low, slope) if slope < limit else Layer(name, r, tau, "limit", high, limit)


def _spread(relative: Floats, powers: tuple[float, float]) -> float:
    """Standard deviation of ln of a product of powers of resistance and time; infinite where it is lost in rounding."""
    if not np.isfinite(relative).all():
        return math.inf
    variance = float(np.array(powers) @ relative @ np.array(powers))
    return math.sqrt(variance) if variance > ROUNDING * float(np.abs(relative).max()) else math.inf


def of_diffusion(context: Context) -> list[Derived]:
    """Return what diffusion elements give, per side: time, D, limiting capacitance, slope, resistance."""
    found: list[Derived] = []
    for name, symbol, r, tau in _elements(context):
        if symbol in ELEMENTS and r is not None and tau is not None:
            found += _of_layer(context, layer_of(context.bench.fit, name, r, tau), blocking=ELEMENTS[symbol])
        else:
            found += _of_other(context, r, tau)
    return found


def _elements(context: Context) -> Iterator[tuple[str, str, int | None, int | None]]:
    """Yield name, symbol, and indices of resistance and time of every element whose role is diffusion."""
    circuit, roles = context.bench.fit.circuit, context.roles
    for leaf in leaves(circuit.tree):
        places = {roles.get(circuit.names[i], ""): i for i in range(leaf.slice.start, leaf.slice.stop)}
        r, tau = places.get("diffusion.resistance"), places.get("diffusion.time")
        if r is not None or tau is not None:
            yield circuit.names[leaf.slice.start].partition("_")[0], leaf.symbol, r, tau


def _of_other(context: Context, r: int | None, tau: int | None) -> list[Derived]:
    """Return resistance and time of an element of which no more is known than its roles."""
    bench, sides, found = context.bench, context.sides.get("diffusion", 1), []
    if tau is not None:
        found.append(bench.derive("diffusion_time", "s", lambda p, d, a: p[..., tau], TIME, uses=(tau,)))
    if r is not None:
        asr: Formula = lambda p, d, a: p[..., r] * a * 1e4 / sides  # noqa: E731
        text = f"ASR = R A{_per(sides)}, of the diffusion element"
        found.append(bench.derive("asr_diffusion", "ohm cm2", asr, text, uses=(r,), geometry="A"))
    return found


TIME = "τ of the diffusion element"


def _per(sides: int) -> str:
    return "" if sides == 1 else f"/{sides}, per side"


def _of_layer(context: Context, layer: Layer, *, blocking: bool) -> list[Derived]:
    bench, sides, r, tau = context.bench, context.sides.get("diffusion", 1), layer.r, layer.tau
    times = "" if sides == 1 else f", times {sides}: per side"
    found = [
        _quantity(bench, layer, "diffusion_time", "s", lambda p, d, a: p[..., tau], TIME, powers=(0, 1)),
        _coefficient(bench, layer),
    ]
    if blocking:
        for name, unit, geometry in (
            ("capacitance_diffusion", "F", ""),
            ("capacitance_per_area_diffusion", "F/cm2", "A"),
        ):
            scale = 1e4 if geometry else 0.0
            limit: Formula = lambda p, d, a, k=scale: sides * p[..., tau] / p[..., r] / (k * a if k else 1.0)  # type: ignore[misc]  # noqa: E731
            text = f"C = τ/Z0, at low frequency{times}{', over A' if geometry else ''}"
            found.append(_quantity(bench, layer, name, unit, limit, text, powers=(-1, 1), geometry=geometry))
    slope: Formula = lambda p, d, a: p[..., r] / np.sqrt(2 * p[..., tau]) / sides  # noqa: E731
    text = f"σ_W = Z0/(2τ)^(1/2){_per(sides)}"
    found.append(_quantity(bench, layer, "warburg_coefficient", "ohm s^-1/2", slope, text, powers=(1, -0.5)))
    asr: Formula = lambda p, d, a: p[..., r] * a * 1e4 / sides  # noqa: E731
    text = f"ASR = R A{_per(sides)}, of the diffusion element"
    found.append(_quantity(bench, layer, "asr_diffusion", "ohm cm2", asr, text, powers=(1, 0), geometry="A"))
    return found


def _coefficient(bench: Workbench, layer: Layer) -> Derived:
    """D = L²/τ, with the thickness of the cathode in the place of the film's."""
    sample, text = bench.sample, "D = L²/τ, L of the cathode"
    if sample.cathode_thickness is None:
        return unknown("diffusion_coefficient", "cm2/s", text, "no thickness of the cathode (cathode_thickness)")
    cathode = replace(sample, thickness=sample.cathode_thickness, thickness_stderr=sample.cathode_thickness_stderr)
    formula: Formula = lambda p, d, a: d**2 * 1e4 / p[..., layer.tau]  # noqa: E731
    on_cathode = Workbench(bench.fit, cathode)
    return _quantity(on_cathode, layer, "diffusion_coefficient", "cm2/s", formula, text, powers=(0, -1), geometry="d")


def _quantity(
    bench: Workbench,
    layer: Layer,
    name: str,
    unit: str,
    formula: Formula,
    text: str,
    *,
    powers: tuple[float, float],
    geometry: str = "",
) -> Derived:
    """Derive one quantity of a layer, Z0 and τ to the given powers, or bound it by what the window knows."""
    used = tuple(i for i, power in zip((layer.r, layer.tau), powers, strict=True) if power)
    along = {"slope": SLOPE, "limit": LIMIT}.get(layer.known)
    if along is None or powers == along:
        reason = f"neither slope nor limit of {layer.name} is seen" if layer.known == "neither" else ""
        return bench.derive(
            name, unit, formula, text, uses=used if along is None else (), geometry=geometry, reason=reason
        )
    whole = bench.derive(name, unit, formula, text, uses=(), geometry=geometry)
    if not np.isfinite(whole.value):  # no area, or in plane
        return whole
    exponent = powers[1] - powers[0] * along[1] / along[0]  # of τ, while what is known stays as it is
    share = powers[0] / along[0]
    reason = f"only the {layer.known} of {layer.name} is seen"
    if not np.isfinite(layer.end) or layer.end <= 0:
        return unknown(name, unit, text, reason)
    tau = float(bench.fit.used_values[layer.tau])
    bound = whole.value * (layer.end / tau) ** exponent
    lower = (exponent > 0) == (layer.known == "slope")
    t = float(student_t(np.array(bench.fit.degrees_of_freedom)))
    by_geometry = float(t * np.nan_to_num(whole.stderr_geometry) / whole.value)
    width = math.hypot(quantile(bench.fit) * float(np.nan_to_num(layer.spread)) * abs(share), by_geometry)
    interval = (bound * math.exp(-width), math.nan) if lower else (math.nan, bound * math.exp(width))
    nan, sign = math.nan, ">" if layer.known == "slope" else "<"
    return Derived(name, unit, nan, nan, nan, nan, interval, text, f"{reason} (τ {sign} {layer.end:.3g} s)")
