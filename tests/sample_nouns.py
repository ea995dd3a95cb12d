"""What a simulated sample spectrum is made of: films, arcs, sweeps, measurements, exports.

Circuit values follow from thickness, area, conductivity, permittivity by the formulas below, which are
written here anew and not taken from the package, so that the truth is a witness of its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lipon_eis.model.circuit import Circuit
from lipon_eis.simulation import simulate
from lipon_eis.spectrum import Spectrum

NOISE = 0.003  # of |Z|, on each of Re and Im
EPS0 = 8.8541878128e-12  # F/m
BOLTZMANN = 8.617333262e-5  # eV/K
SIMULATED = "SIMULATED by lipon_eis, not measured"
EXPONENT = 0.97  # of every bulk arc

Arc = tuple[float, float, float]  # R [ohm], Q, n


def arc(resistance: float, capacitance: float, n: float) -> Arc:
    """R and a CPE that peaks where R and C would: τ = RC = (RQ)^(1/n)."""
    return resistance, (resistance * capacitance) ** n / resistance, n


def sweep(highest: float, lowest: float) -> np.ndarray:
    """Ten points a decade [Hz], each with seven digits, as printed."""
    count = math.floor(10 * math.log10(highest / lowest) + 1e-9) + 1
    return np.array([float(f"{highest * 10 ** (-k / 10):.6e}") for k in range(count)])


@dataclass(frozen=True)
class Film:
    """An electrolyte film: thickness [m], area [m²], conductivity [S/cm], relative permittivity."""

    thickness: float
    area: float
    sigma: float
    eps_r: float = 16.0

    @property
    def resistance(self) -> float:
        return self.thickness / (100 * self.sigma * self.area)

    @property
    def capacitance(self) -> float:
        return EPS0 * self.eps_r * self.area / self.thickness

    @property
    def bulk(self) -> Arc:
        return arc(self.resistance, self.capacitance, EXPONENT)

    @property
    def cm2(self) -> float:
        return 1e4 * self.area

    def sigma_through(self, *resistances: float) -> float:
        """Conductivity [S/cm] that the film would have with these resistances [ohm]."""
        return 100 * self.thickness / (sum(resistances) * self.cm2)


@dataclass(frozen=True)
class Measurement:
    """One simulated spectrum: what was measured, and what must be found."""

    label: str
    film: Film
    circuit: str
    text: str
    values: tuple[float, ...]
    frequency: np.ndarray
    stack: str
    sheet: dict[str, object]
    derived: dict[str, float]
    seed: int
    alarms: tuple[str, ...] = ()  # codes of the checks that this cell deserves

    @property
    def truth(self) -> dict[str, float]:
        return dict(zip(Circuit(self.text).names, self.values, strict=True))

    @property
    def spectrum(self) -> Spectrum:
        return simulate(self.text, self.truth, self.frequency, noise=NOISE, seed=self.seed, label=self.label)


@dataclass(frozen=True)
class Export:
    """One file: the measurements in it, and how they are written."""

    name: str
    write: Callable[[list[Spectrum]], bytes]
    measurements: tuple[Measurement, ...]
    source: str = field(repr=False)
