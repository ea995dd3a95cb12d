"""What is thought of one arc: its role, how sure that is, and the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arcs import RoleArc
from lipon_eis.physics.normalise import Seen
from lipon_eis.physics.plausibility import (
    BOUNDARY_EPS,
    BULK_EPS,
    LAYER_CAPACITANCE,
    LAYERS,
    SURFACE_CAPACITANCE,
    excess,
)

CERTAIN, LIKELY = 0.9, 0.6  # confidence from which a role is given without doubt, and with some
FAR = 3.0  # deviations of a window's edge beyond which an arc does not go with its role
OTHERS = ("bulk", "grain_boundary", "charge_transfer")  # one of each kind


@dataclass(frozen=True)
class ArcRole:
    """The role of one arc.

    Attributes:
        role: ``bulk``, ``charge_transfer``, …
        resistance: Name of its resistance in the circuit.
        confidence: 0 to 1: the share of the weighed possibilities that agree; NaN where there was no choice.
        verdict: ``certain``, ``likely``, ``cannot tell``, or ``as the circuit says``.
        reasons: In words.
        contradiction: Empty, or which kind of arc it looks like instead.
    """

    role: str
    resistance: str
    confidence: float
    verdict: str
    reasons: tuple[str, ...]
    contradiction: str = ""


def named_role(arc: RoleArc, seen: Seen, fit: Fit, family: str, sides: int, confidence: float | None) -> ArcRole:
    """Say what is thought of an arc that stands in the place of a role.

    Args:
        arc: The arc.
        seen: What is seen of it.
        fit: The fit.
        family: ``amorphous`` or ``polycrystalline``.
        sides: Number of equal sides it stands for.
        confidence: Of the assignment, or None where the circuit left no choice.
    """
    name = fit.circuit.names[arc.r]
    if confidence is None:
        verdict = "as the circuit says"
    else:
        verdict = "certain" if confidence >= CERTAIN else "likely" if confidence >= LIKELY else "cannot tell"
    reasons = _reasons(arc.role, seen, family, sides)
    if not seen.determined:
        reasons.append(f"{name} is not determined by the data")
    looks = _looks_like(arc.role, seen, family, sides)
    return ArcRole(
        arc.role, name, np.nan if confidence is None else round(confidence, 4), verdict, tuple(reasons), looks
    )


def _reasons(role: str, seen: Seen, family: str, sides: int) -> list[str]:
    arc = seen.normalised
    if not seen.visible:
        return ["its capacitance is not seen in the window: it is told by the other arcs"]
    if arc.per_area is None:
        return ["its capacitance is compared with those of the other arcs only: no thickness and area of the film"]
    reasons = []
    if role in ("bulk", "grain_boundary") and arc.eps is not None:
        window = BULK_EPS[family] if role == "bulk" else BOUNDARY_EPS
        whose = f"{family} films" if role == "bulk" else "grain boundaries"
        reasons.append(_placed(f"C d/(ε0 A) = {arc.eps:.3g}", arc.eps, window.low, window.high, "", whose))
    elif role not in ("bulk", "grain_boundary"):
        window = LAYER_CAPACITANCE if role in LAYERS else SURFACE_CAPACITANCE
        value = arc.per_area * sides
        said = f"C/A = {value * 1e6:.3g} µF/cm²"
        whose = "layers" if role in LAYERS else "interfaces"
        reasons.append(_placed(said, value * 1e6, window.low * 1e6, window.high * 1e6, " µF/cm²", whose))
        if arc.eps is not None:
            reasons.append(f"were it the bulk, its permittivity would be {arc.eps:.3g}")
    return reasons


def _placed(said: str, value: float, low: float, high: float, unit: str, whose: str) -> str:
    where = "within" if low <= value <= high else "outside"
    return f"{said}, {where} {low:g} to {high:g}{unit} of {whose}"


def _looks_like(role: str, seen: Seen, family: str, sides: int) -> str:
    """Name the kind of arc that it goes with, where it does not go with its own role; nothing otherwise."""
    arc = seen.normalised
    if not seen.visible or arc.eps is None or abs(excess(role, arc, family, sides)) <= FAR:
        return ""
    for other in OTHERS:
        same_kind = other == role or (other == "charge_transfer" and role not in ("bulk", "grain_boundary"))
        if same_kind or (other == "grain_boundary" and family == "amorphous"):
            continue
        if excess(other, arc, family) == 0:
            return {"charge_transfer": "an interface"}.get(other, other.replace("_", " "))
    return ""
