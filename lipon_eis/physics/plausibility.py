"""What normalised quantities each role has: windows of permittivity, of capacitance and resistance per area.

A table of raw capacitances, made for pellets of unit cell constant, would call the bulk of a thin film a surface
layer; here every capacitance is normalised first, C d/(ε0 A) where a part fills the film, C/A where it lies on it.
The limits are working values of the field, wide on purpose, and their edges are soft: they weigh one role against
another and raise warnings, and no number that is reported comes from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

ALONG_SURFACES = ("anode_interface", "charge_transfer")
LAYERS = ("interface_film", "anode_layer", "cathode_layer")


STRANGE = 0.03  # share of films and interfaces that no window describes
ALIEN = 0.1  # share of arcs that stand for something that the circuit does not have
ALL = math.log(1e12)  # range of ln over which these may lie


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

    def raised(self, by: float) -> Window:
        """Return the window of what may have something added to it."""
        return Window(self.low, self.high + by, self.edge)

    def log_density(self, value: float, spread: float = 0.0) -> float:
        """Return ln of the density of ln(value): flat inside, falling beyond the ends, of unit area.

        The tails are those of a normal density. A small share of all values may lie anywhere, so that far outside
        both of two windows the nearer one is no certainty.
        """
        width = math.hypot(self.edge, spread)
        usual = math.exp(-0.5 * self.excess(value, spread) ** 2) / (self._length + width * TAILS)
        return math.log((1 - STRANGE) * usual + STRANGE / ALL)

    def log_share(self, value: float, spread: float = 0.0, *, above: bool = False) -> float:
        """Return ln of the share of values below a limit, or above it, by the same density."""
        width, x = math.hypot(self.edge, spread), math.log(value)
        below, beyond = ((x - end) / width for end in (math.log(self.low), math.log(self.high)))
        inside = min(max(x - math.log(self.low), 0.0), self._length)
        tails = width * TAILS * (_normal(min(below, 0.0)) + _normal(max(beyond, 0.0)) - 0.5)
        usual = (tails + inside) / (self._length + width * TAILS)
        return math.log((1 - STRANGE) * (1 - usual if above else usual) + STRANGE / 2)

    @property
    def _length(self) -> float:
        return math.log(self.high / self.low)


TAILS = math.sqrt(2 * math.pi)  # area of both tails at an edge of 1


def _normal(z: float) -> float:
    """Share of a normal density below z."""
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


TYPICAL_EPS = {"amorphous": (10.0, 40.0), "polycrystalline": (5.0, 300.0)}
POSSIBLE_EPS = {"amorphous": (3.0, 200.0), "polycrystalline": (1.0, 3000.0)}

BULK_EPS = {family: Window(low, high, 0.2) for family, (low, high) in TYPICAL_EPS.items()}
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
CONDUCTIVITY = {"amorphous": Window(1e-9, 1e-3, 1.5), "polycrystalline": Window(1e-9, 1e-2, 1.5)}
"""S/cm, from cold to hot."""
THICKNESS = {"amorphous": Window(3e-9, 3e-5, 0.5), "polycrystalline": Window(3e-9, 2e-3, 0.5)}
"""m, of the film."""
ELECTRODE_CAPACITANCE = Window(5e-7, 2e-5, 0.5)  # F/cm2, blocking contacts
STRAY = 100e-12  # F: what cable and fixture may add where nothing was subtracted


@dataclass(frozen=True)
class Normalised:
    """An arc in quantities that are free of geometry, or the best that is known of it.

    Attributes:
        eps: Apparent permittivity C d/(ε0 A), or None.
        per_area: C/A [F/cm2], or None.
        asr: R A [ohm cm2], or None.
        spread: Standard deviation of ln C.
        sigma: d/(R A) [S/cm], or None.
        limit: Whether R is but an upper limit: the arc is not seen.
        stray: What cable and fixture may add to the permittivity, 0 where they were subtracted.
    """

    eps: float | None
    per_area: float | None
    asr: float | None
    spread: float = 0.0
    sigma: float | None = None
    limit: bool = False
    stray: float = 0.0

    def scaled(self, thickness: float, area: float) -> Normalised:
        """Return it for a film so many times as thick and an area so many times as large."""
        return replace(
            self,
            eps=None if self.eps is None else self.eps * thickness / area,
            per_area=None if self.per_area is None else self.per_area / area,
            asr=None if self.asr is None else self.asr * area,
            sigma=None if self.sigma is None else self.sigma * thickness / area,
            stray=self.stray * thickness / area,
        )


def log_density(role: str, arc: Normalised, family: str, sides: int = 1) -> float:
    """Return ln of how well an arc goes with a role, comparable between roles.

    Args:
        role: As in a circuit file.
        arc: Its normalised quantities; one that is not known says nothing.
        family: ``amorphous`` or ``polycrystalline``.
        sides: Number of equal sides that the arc stands for.
    """
    return _by_capacitance(role, arc, family, sides) + _by_resistance(role, arc, family, sides)


def belongs(role: str, arc: Normalised, family: str, sides: int = 1) -> float:
    """Return the share of arcs of this capacitance that are of the role, and none that the circuit does not know.

    What stands in the place of a bulk that is not seen is most often an interface; and a bulk that is mostly cable
    holds part of the other arcs, too.
    """
    if arc.per_area is None:
        return 1.0
    own = math.exp(_by_capacitance(role, replace(arc, stray=0.0), family, sides))
    other = 1 / ALL
    if role == "bulk":
        other = max(other, math.exp(SURFACE_CAPACITANCE.log_density(arc.per_area, arc.spread)))
    return own / (own + ALIEN * other)


def _by_capacitance(role: str, arc: Normalised, family: str, sides: int) -> float:
    if arc.per_area is None:
        return 0.0
    if role == "bulk":
        if arc.eps is None:
            return BULK_CAPACITANCE.log_density(arc.per_area, arc.spread)
        return BULK_EPS[family].raised(arc.stray).log_density(arc.eps, arc.spread)
    if role == "grain_boundary":
        return ANY.log_density(arc.per_area) if arc.eps is None else BOUNDARY_EPS.log_density(arc.eps, arc.spread)
    window = LAYER_CAPACITANCE if role in LAYERS else SURFACE_CAPACITANCE
    total = window.log_density(arc.per_area * sides, arc.spread)
    if role in LAYERS and arc.eps is not None:
        total -= 0.5 * min(LAYER_EPS.excess(arc.eps, arc.spread), 0.0) ** 2
    return total


def _by_resistance(role: str, arc: Normalised, family: str, sides: int) -> float:
    """Return the resistance's part; of an arc that is not seen, the share of resistances as small as it must be."""
    if arc.asr is None:
        return 0.0
    if role == "bulk" and arc.sigma is not None:
        window = CONDUCTIVITY[family]
        return window.log_share(arc.sigma, above=True) if arc.limit else window.log_density(arc.sigma)
    if role not in RESISTANCE:
        return 0.0 if arc.limit else ANY.log_density(arc.asr / sides)
    window = RESISTANCE[role]
    return window.log_share(arc.asr / sides) if arc.limit else window.log_density(arc.asr / sides)


def excess(role: str, arc: Normalised, family: str, sides: int = 1) -> float:
    """Return how far an arc's capacitance lies outside what a role has, in deviations of the edge; 0 inside."""
    if role == "bulk" and arc.eps is not None:
        return BULK_EPS[family].raised(arc.stray).excess(arc.eps, arc.spread)
    if role == "grain_boundary" and arc.eps is not None:
        return BOUNDARY_EPS.excess(arc.eps, arc.spread)
    if arc.per_area is None or role in ("bulk", "grain_boundary"):
        return 0.0
    window = LAYER_CAPACITANCE if role in LAYERS else SURFACE_CAPACITANCE
    return window.excess(arc.per_area * sides, arc.spread)
