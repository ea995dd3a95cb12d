"""Families of random spectra with realistic thin-film magnitudes, each with its truth.

Log-uniform unless said: *film* (area 0.01–1 cm², thickness 0.3–2 µm uniform, σ 5e-7–5e-6 S/cm, ε_r normal
16 ± 1, bulk exponent 0.9–0.995 uniform, R0 1–100 Ω, blocking tail), *grain* (thickness 0.5–5 µm and a second
arc), *cell* (two arcs and finite-space diffusion) and *cell-interlayer* (a third arc). Noise is independent,
normal, a fraction of |Z| on each of Re and Im.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum

EPS0 = 8.8541878128e-12

CIRCUITS = {
    "film": "R0-p(R1,CPE1)-CPE2",
    "grain": "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "cell": "R0-p(R1,CPE1)-p(R2,CPE2)-Wo1",
    "cell-interlayer": "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
}
BLOCKING = np.logspace(np.log10(7e6), -1, 64)
CELL = np.logspace(6, -2, 65)


def _log_uniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _bulk(rng, thickness, area, low=5e-7, high=5e-6):
    r = thickness / (_log_uniform(rng, low, high) * 100 * area)
    c = rng.normal(16, 1) * EPS0 * area / thickness
    n = rng.uniform(0.9, 0.995)
    return r, (r * c) ** n / r, n, r * c


def _arc(r, tau, n):
    return [r, tau**n / r, n]


def draw(family: str, rng) -> list[float]:
    """Return one truth in the order of the family's circuit."""
    if family in ("film", "grain"):
        area = _log_uniform(rng, 0.01, 1) * 1e-4
        thickness = rng.uniform(0.3, 2) * 1e-6 if family == "film" else rng.uniform(0.5, 5) * 1e-6
        r, q, n, tau = _bulk(rng, thickness, area)
        values = [_log_uniform(rng, 1, 100), r, q, n]
        tail_q, tail_n = _log_uniform(rng, 1e-7, 1e-5) * area / 1e-4, rng.uniform(0.7, 0.95)
        if family == "film":
            return [*values, tail_q, tail_n]
        while True:
            r2, tau2, n2 = r * _log_uniform(rng, 0.3, 10), tau * 10 ** rng.uniform(1.3, 4), rng.uniform(0.75, 0.95)
            if (1 / tau2) ** -tail_n / tail_q <= 5 * r2:
                return [*values, *_arc(r2, tau2, n2), tail_q, tail_n]
            tail_q, tail_n = _log_uniform(rng, 1e-7, 1e-5) * area / 1e-4, rng.uniform(0.7, 0.95)
    cm2 = _log_uniform(rng, 0.1, 1)
    r, q, n, tau = _bulk(rng, rng.uniform(0.8, 2) * 1e-6, cm2 * 1e-4, 8e-7, 5e-6)
    r_ct = _log_uniform(rng, 20, 500) / cm2
    tau_ct = r_ct * _log_uniform(rng, 3, 30) * 1e-6 * cm2
    ct = _arc(r_ct, tau_ct, rng.uniform(0.75, 0.95))
    wo = [_log_uniform(rng, 20, 300) / cm2, _log_uniform(rng, 1, 300)]
    values = [_log_uniform(rng, 3, 50), r, q, n]
    if family == "cell":
        return [*values, *ct, *wo]
    middle = np.exp(np.log(tau) + rng.uniform(0.25, 0.75) * np.log(tau_ct / tau))
    between = _arc(_log_uniform(rng, 10, 200) / cm2, middle, rng.uniform(0.75, 0.95))
    return [*values, *between, *ct, *wo]


def spectra(family: str, count: int, *, seed: int = 1, noise: float = 0.003):
    """Return (circuit, spectra, truths (count, k))."""
    rng = np.random.default_rng(seed)
    circuit = Circuit(CIRCUITS[family])
    frequency = CELL if family.startswith("cell") else BLOCKING
    truths = np.array([draw(family, rng) for _ in range(count)])
    exact = circuit.impedance(frequency, truths)
    scatter = rng.normal(size=(2, *exact.shape))
    z = exact + noise * np.abs(exact) * (scatter[0] + 1j * scatter[1])
    return circuit, [Spectrum(frequency, row, label=f"{family}-{i}") for i, row in enumerate(z)], truths
