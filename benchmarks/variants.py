"""The families made harder, and circuits that are no chain: where a fit without a guess may go astray.

- ``inductance``: a lead of 0.1–3 µH in series.
- ``5 a decade``, ``20 a decade``: fewer or more frequencies over the same window.
- ``cut window``: measured only up to between a half and three times the peak of the fastest arc.
- ``1 ohm to 100 Mohm``: the same film made larger or smaller, so that its bulk has any resistance in that range.
- nested: a film with an electronic leak, Randles with Warburg, an arc inside an arc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import families
import numpy as np

from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum

SCALING = {"resistance": 1, "inductance": 1, "warburg": 1, "capacitance": -1, "admittance": -1}
"""Power of k by which a parameter changes when the impedance is multiplied by k."""
FEWEST = 20  # points that a cut window leaves


@dataclass(frozen=True, eq=False)
class Problems:
    """Spectra of one circuit with their truths (n, k)."""

    circuit: Circuit
    spectra: Sequence[Spectrum]
    truths: np.ndarray


def measure(circuit: Circuit, frequencies: Sequence[np.ndarray], truths: np.ndarray, noise: float, rng) -> Problems:
    """Simulate one spectrum a truth, with independent normal noise of a fraction of |Z|."""
    spectra = []
    for f, truth in zip(frequencies, truths, strict=True):
        exact = circuit.impedance(f, truth)
        scatter = rng.normal(size=(2, f.size))
        spectra.append(Spectrum(f, exact + noise * np.abs(exact) * (scatter[0] + 1j * scatter[1])))
    return Problems(circuit, spectra, truths)


def plain(family: str, count: int, seed: int, noise: float) -> Problems:
    """The family as it is."""
    return Problems(*families.spectra(family, count, seed=seed, noise=noise))


def with_inductance(family: str, count: int, seed: int, noise: float) -> Problems:
    circuit, frequency, truths, rng = _drawn(family, count, seed)
    leads = np.exp(rng.uniform(np.log(1e-7), np.log(3e-6), size=(count, 1)))
    return measure(Circuit(f"L0-{circuit}"), [frequency] * count, np.hstack([leads, truths]), noise, rng)


def points_a_decade(points: int) -> Callable[..., Problems]:
    def made(family: str, count: int, seed: int, noise: float) -> Problems:
        circuit, frequency, truths, rng = _drawn(family, count, seed)
        top, bottom = np.log10(frequency[0]), np.log10(frequency[-1])
        other = np.logspace(top, bottom, round((top - bottom) * points) + 1)
        return measure(circuit, [other] * count, truths, noise, rng)

    return made


def cut_window(family: str, count: int, seed: int, noise: float) -> Problems:
    circuit, frequency, truths, rng = _drawn(family, count, seed)
    r, q, n = (truths[:, circuit.names.index(name)] for name in ("R1", "CPE1_0", "CPE1_1"))
    peak = (r * q) ** (-1 / n) / (2 * np.pi)
    highest = np.maximum(peak * 10 ** rng.uniform(-0.3, 0.5, size=count), frequency[-FEWEST])
    return measure(circuit, [frequency[frequency <= top] for top in highest], truths, noise, rng)


def any_size(family: str, count: int, seed: int, noise: float) -> Problems:
    circuit, frequency, truths, rng = _drawn(family, count, seed)
    wanted = 10 ** rng.uniform(0, 8, size=count)
    factor = wanted / truths[:, circuit.names.index("R1")]
    powers = np.array([SCALING.get(p.quantity, 0) for p in circuit.parameters])
    return measure(circuit, [frequency] * count, truths * factor[:, None] ** powers, noise, rng)


def leaky_film(rng) -> list[float]:
    """R0-p(CPE1,R1,R2-CPE2): the film of the family, electrons leaking beside it."""
    r0, r, q, n, tail_q, tail_n = families.draw("film", rng)
    return [r0, q, n, r * 10 ** rng.uniform(1.5, 4), r, tail_q, tail_n]


def randles(rng) -> list[float]:
    """R0-p(R1-W1,C1): charge transfer and diffusion beside a double layer."""
    r = 10 ** rng.uniform(1, 3)
    return [10 ** rng.uniform(0, 1.7), r, r * 10 ** rng.uniform(-1, 1), 10 ** rng.uniform(-6, -4)]


def arc_in_arc(rng) -> list[float]:
    """R0-p(R1-p(R2,CPE2),CPE1): a coating's pores, charge transfer at their end."""
    r0, r1, q1, n1, r2, q2, n2, *_ = families.draw("grain", rng)
    return [r0, r1, r2, q2, n2, q1, n1]


NESTED: dict[str, tuple[Callable[..., list[float]], np.ndarray]] = {
    "R0-p(CPE1,R1,R2-CPE2)": (leaky_film, families.BLOCKING),
    "R0-p(R1-W1,C1)": (randles, families.CELL),
    "R0-p(R1-p(R2,CPE2),CPE1)": (arc_in_arc, families.BLOCKING),
}


def nested(text: str, count: int, seed: int, noise: float) -> Problems:
    rng = np.random.default_rng(seed)
    draw, frequency = NESTED[text]
    truths = np.array([draw(rng) for _ in range(count)])
    return measure(Circuit(text), [frequency] * count, truths, noise, rng)


VARIANTS: dict[str, Callable[..., Problems]] = {
    "inductance": with_inductance,
    "5 a decade": points_a_decade(5),
    "20 a decade": points_a_decade(20),
    "cut window": cut_window,
    "1 ohm to 100 Mohm": any_size,
}


def _drawn(family: str, count: int, seed: int):
    rng = np.random.default_rng(seed)
    truths = np.array([families.draw(family, rng) for _ in range(count)])
    frequency = families.CELL if family.startswith("cell") else families.BLOCKING
    return Circuit(families.CIRCUITS[family]), frequency, truths, rng
