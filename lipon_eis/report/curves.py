"""What is drawn of one spectrum: measured points, the fit on a dense grid, its arcs, and where to look.

The curve is the circuit's impedance at the fitted values; where the circuit or a value is not
there, it is the fit at the measured points, and no arc is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import LiponEisError
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import Series, leaves

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
ENDLESS = np.geomspace(1e-9, 1e16, 751)  # 30 points a decade, from far below any window to far above it


@dataclass(frozen=True, eq=False)
class Arc:
    """One bounded part of a series circuit, standing where it stands in the Nyquist plot.

    Attributes:
        role: ``bulk``, ``grain_boundary``, …; empty where the document gives none.
        z: The arc, shifted by all that is faster [Ω].
        end: Where it meets the real axis again [Ω].
        peak: Frequency of its apex [Hz].
    """

    role: str
    z: Complexes
    end: float
    peak: float


@dataclass(frozen=True, eq=False)
class Curves:
    """The arrays of one spectrum.

    Attributes:
        f: Measured frequencies [Hz], shape (n_points,).
        z: Measured impedance [Ω], same shape.
        fit: Fitted impedance at these frequencies [Ω], same shape; NaN where there is none.
        used: True where a point took part in the fit.
        dense_f: Grid of the fitted curve [Hz]; empty where there is no fit.
        dense_z: Fitted curve [Ω].
        arcs: Fastest first.
        exact: True where the curve is the circuit's, False where it joins the fitted points.
    """

    f: Floats
    z: Complexes
    fit: Complexes
    used: NDArray[np.bool_]
    dense_f: Floats
    dense_z: Complexes
    arcs: tuple[Arc, ...]
    exact: bool

    @property
    def drawn(self) -> Complexes:
        """All finite impedances that a figure has to show: used points and the curve [Ω]."""
        z = np.concatenate([self.z[self.used], self.dense_z])
        z = z[np.isfinite(z)]
        return z if z.size else self.z[np.isfinite(self.z)]


def curves(entry: Mapping[str, Any]) -> Curves:
    """Return what is to be drawn of one entry of ``results``; missing arrays are empty, null is NaN."""
    data = entry.get("data") or {}
    f = _floats(data.get("frequency_hz"))
    z = _complexes(data.get("z_re_ohm"), data.get("z_im_ohm"), f.size)
    fit = _complexes(data.get("fit_re_ohm"), data.get("fit_im_ohm"), f.size)
    masked = data.get("masked") or []
    used = ~np.array([bool(m) for m in masked] if len(masked) == f.size else [False] * f.size, dtype=bool)
    used &= np.isfinite(f) & (f > 0) & np.isfinite(z)
    circuit, values = _circuit(entry)
    if circuit is not None and used.any():
        dense_f = np.geomspace(f[used].max(), f[used].min(), 240)
        dense_z = circuit.impedance(dense_f, values)
        if np.isfinite(dense_z).all() and _agrees(circuit.impedance(f[used], values), fit[used]):
            return Curves(f, z, fit, used, dense_f, dense_z, _arcs(circuit, values, entry), exact=True)
    there = used & np.isfinite(fit)
    return Curves(f, z, fit, used, f[there], fit[there], (), exact=False)


def zoom(c: Curves) -> tuple[float, float] | None:
    """Return the span of Z′ [Ω] that shows the arcs where the whole would dwarf them, else None.

    The largest group of fast arcs that takes less than half of the whole spectrum's extent and
    holds at least three points is the one to show. Without arcs the first valley of −Z″ ends it.
    """
    z = c.drawn
    if z.size < 5:
        return None
    whole = max(np.ptp(z.real), np.ptp(z.imag))
    start = float(z.real.min())
    ends = [arc.end for arc in c.arcs] if c.exact else _valleys(c)
    points = c.z[c.used].real
    for end in sorted(ends, reverse=True):
        width = end - start
        inside = np.count_nonzero(points < end + 0.1 * width)
        if 0 < width < 0.45 * whole and inside >= 3:
            return start, end
    return None


def _floats(values: Any) -> Floats:
    return np.array([np.nan if v is None else v for v in values or []], dtype=float)


def _complexes(re: Any, im: Any, size: int) -> Complexes:
    real, imaginary = _floats(re), _floats(im)
    if real.size != size or imaginary.size != size:
        return np.full(size, complex(np.nan, np.nan))
    return real + 1j * imaginary


def _agrees(z: Complexes, fit: Complexes) -> bool:
    """Return whether circuit and document say the same; an element of another version may not."""
    there = np.isfinite(fit)
    return not there.any() or bool((abs(z - fit)[there] <= 1e-3 * abs(fit[there])).all())


def _circuit(entry: Mapping[str, Any]) -> tuple[Circuit | None, dict[str, float]]:
    values = {p["name"]: p.get("value") for p in entry.get("parameters") or []}
    # A parameter that the data bound from one side has no value to quote, and one to draw the curve with.
    values |= {p["name"]: p.get("value_in_curve") for p in entry.get("parameters") or [] if p.get("value") is None}
    if (entry.get("circuit") or {}).get("own_elements"):
        return None, {}  # the document has no formulas, and a report must not depend on what happens to be registered
    try:
        circuit = Circuit((entry.get("circuit") or {}).get("text") or "")
    except LiponEisError:
        return None, {}
    if set(values) != set(circuit.names) or any(v is None or not np.isfinite(v) for v in values.values()):
        return None, {}
    return circuit, values


def _arcs(circuit: Circuit, values: Mapping[str, float], entry: Mapping[str, Any]) -> tuple[Arc, ...]:
    roles = {p["name"]: (p.get("role") or "").partition(".") for p in entry.get("parameters") or []}
    unknown = {p["name"] for p in entry.get("parameters") or [] if p.get("value") is None}
    parts = circuit.tree.children if isinstance(circuit.tree, Series) else (circuit.tree,)
    offset, found = 0.0, []
    for part in parts:
        alone = Circuit(str(part))
        if alone.text == (names := alone.names)[0] and alone.parameters[0].symbol == "R":
            offset += values[names[0]]
            continue
        z = alone.impedance(ENDLESS, {name: values[name] for name in names})
        if not np.isfinite(z).all() or z[0].real <= 0:
            continue
        bounded = abs(z[0].imag) < 1e-2 * z[0].real and abs(z[-1]) < 0.5 * z[0].real
        if bounded and len(leaves(part)) + (len(names) > 2) > 1:
            role = next((roles[n][0] for n in names if roles[n][2] == "resistance"), "")
            found.append((float(ENDLESS[np.argmin(z.imag)]), z, role, unknown.isdisjoint(names)))
    arcs = []
    for peak, z, role, known in sorted(found, key=lambda item: -item[0]):
        shown = -z.imag > 2e-3 * z[0].real
        if known:
            arcs.append(Arc(role, z[shown] + offset, offset + float(z[0].real), peak))
        offset += float(z[0].real)
    return tuple(arcs)


def _valleys(c: Curves) -> list[float]:
    """Return Z′ [Ω] at the first minimum of −Z″ behind a maximum, falling frequency."""
    z = c.z[c.used][np.argsort(-c.f[c.used], kind="stable")]
    y = np.convolve(-z.imag, np.ones(3) / 3, "valid") if z.size > 4 else np.array([])
    rises = np.sign(np.diff(y))
    peaks = np.flatnonzero((rises[:-1] > 0) & (rises[1:] < 0))
    if not peaks.size:
        return []
    behind = np.flatnonzero((rises[:-1] < 0) & (rises[1:] > 0))
    behind = behind[behind > peaks[0]]
    return [float(z[behind[0] + 2].real)] if behind.size else []
