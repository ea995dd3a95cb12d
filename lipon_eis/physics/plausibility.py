"""What normalised quantities each role has: windows of permittivity, of capacitance and resistance per area.

A table of raw capacitances, made for pellets of unit cell constant, would call the bulk of a thin film a surface
layer; here every capacitance is normalised first, C d/(ε0 A) where a part fills the film, C/A where it lies on it.
The limits are working values of the field, wide on purpose, and their edges are soft: they weigh one role against
another and raise warnings, and no number that is reported comes from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

ALONG_SURFACES = ("anode_interface", "charge_transfer")
LAYERS = ("interface_film", "anode_layer", "cathode_layer")


@dataclass(frozen=True)
class Window:
    """A quantity's usual range, with soft edges.

    Attributes:
        low: Lower end.
        high: Upper end.
        edge: Standard deviation of ln(quantity) beyond an end.
    """

    low: float
    high: float
    edge: float

    def excess(self, value: float, spread: float = 0.0) -> float:
        """Return how many standard deviations of the edge a value lies outside; negative below, 0 inside."""
        x, width = math.log(value), math.hypot(self.edge, spread)
        outside = min(x - math.log(self.low), 0.0) + max(x - math.log(self.high), 0.0)
        return outside / width

    def log_density(self, value: float, spread: float = 0.0) -> float:
        """Return ln of the density of ln(value): flat inside, falling beyond the ends, of unit area.

        The tails are those of a normal density to one deviation, then exponential: far outside both of two windows,
        the nearer one is no certainty.
        """
        area = math.log(self.high / self.low) + math.hypot(self.edge, spread) * TAILS
        return -_cost(self.excess(value, spread)) - math.log(area)


TAILS = 2.9244  # area of both tails at an edge of 1: 2 (∫₀¹ exp(−x²/2) dx + exp(−1/2))


def _cost(z: float) -> float:
    return 0.5 * z**2 if abs(z) < 1 else abs(z) - 0.5


TYPICAL_EPS = {"amorphous": (10.0, 40.0), "polycrystalline": (5.0, 300.0)}
POSSIBLE_EPS = {"amorphous": (3.0, 200.0), "polycrystalline": (1.0, 3000.0)}

BULK_EPS = {family: Window(low, high, 0.35) for family, (low, high) in TYPICAL_EPS.items()}
BOUNDARY_EPS = Window(1e2, 1e6, 0.5)
LAYER_EPS = Window(30.0, 1e7, 0.5)  # a layer is thinner than the film that it lies on
SURFACE_CAPACITANCE = Window(1e-7, 2e-5, 0.4)  # F/cm2, double layers
LAYER_CAPACITANCE = Window(5e-8, 1e-5, 0.4)  # F/cm2, 1 to 200 nm thick
BULK_CAPACITANCE = Window(1e-9, 2e-6, 0.5)  # F/cm2, where the thickness is not known: 10 nm to 10 µm
ANY = Window(1e-4, 1e8, 1.0)
RESISTANCE: Mapping[str, Window] = {
    "anode_interface": Window(0.1, 50.0, 1.0),
    "charge_transfer": Window(10.0, 1e5, 1.0),
    "anode_layer": Window(0.1, 1e4, 1.0),
    "cathode_layer": Window(0.1, 1e4, 1.0),
}
"""ohm cm2, per side."""


@dataclass(frozen=True)
class Normalised:
    """An arc in quantities that are free of geometry, or the best that is known of it.

    Attributes:
        eps: Apparent permittivity C d/(ε0 A), or None.
        per_area: C/A [F/cm2], or None.
        asr: R A [ohm cm2], or None.
        spread: Standard deviation of ln C.
    """

    eps: float | None
    per_area: float | None
    asr: float | None
    spread: float = 0.0

    def scaled(self, thickness: float, area: float) -> Normalised:
        """Return it for a film so many times as thick and an area so many times as large."""
        return Normalised(
            None if self.eps is None else self.eps * thickness / area,
            None if self.per_area is None else self.per_area / area,
            None if self.asr is None else self.asr * area,
            self.spread,
        )


def log_density(role: str, arc: Normalised, family: str, sides: int = 1) -> float:
    """Return ln of how well an arc goes with a role, comparable between roles.

    Args:
        role: As in a circuit file.
        arc: Its normalised quantities; one that is not known says nothing.
        family: ``amorphous`` or ``polycrystalline``.
        sides: Number of equal sides that the arc stands for.
    """
    if arc.per_area is None:
        return 0.0
    if role == "bulk":
        if arc.eps is None:
            total = BULK_CAPACITANCE.log_density(arc.per_area, arc.spread)
        else:
            total = BULK_EPS[family].log_density(arc.eps, arc.spread)
    elif role == "grain_boundary":
        total = ANY.log_density(arc.per_area) if arc.eps is None else BOUNDARY_EPS.log_density(arc.eps, arc.spread)
    else:
        window = LAYER_CAPACITANCE if role in LAYERS else SURFACE_CAPACITANCE
        total = window.log_density(arc.per_area * sides, arc.spread)
        if role in LAYERS and arc.eps is not None:
            total -= _cost(min(LAYER_EPS.excess(arc.eps, arc.spread), 0.0))
    if arc.asr is not None:
        per_side = arc.asr / sides
        total += RESISTANCE[role].log_density(per_side) if role in RESISTANCE else ANY.log_density(per_side)
    return total


def excess(role: str, arc: Normalised, family: str, sides: int = 1) -> float:
    """Return how far an arc's capacitance lies outside what a role has, in deviations of the edge; 0 inside."""
    if role == "bulk" and arc.eps is not None:
        return BULK_EPS[family].excess(arc.eps, arc.spread)
    if role == "grain_boundary" and arc.eps is not None:
        return BOUNDARY_EPS.excess(arc.eps, arc.spread)
    if arc.per_area is None or role in ("bulk", "grain_boundary"):
        return 0.0
    window = LAYER_CAPACITANCE if role in LAYERS else SURFACE_CAPACITANCE
    return window.excess(arc.per_area * sides, arc.spread)
