"""Spectra of films of several thicknesses and of dots of several sizes, with their truth."""

import numpy as np

import lipon_eis as le

SIGMA = 2e-4  # S/m: 2e-6 S/cm
EPS = 16.6
VACUUM = 8.8541878128e-12
THICKNESSES = np.array([60, 150, 400, 900, 1600, 3000]) * 1e-9
AREA = 1e-4
DIAMETERS = np.array([100, 150, 200, 300, 400, 500]) * 1e-6


def spectrum(thickness, area, *, hidden=0.0, visible=0.0, lead=6.0, eps=EPS, sigma=SIGMA, seed=0, label="film"):
    """Return the spectrum of a film [m, m²]; ``hidden`` and ``visible`` resistance of interfaces [Ω cm²]."""
    r = thickness / (sigma * area) + hidden * 1e-4 / area
    c = VACUUM * eps * area / thickness
    n = 0.96
    text, values = "R0-p(R1,CPE1)-CPE2", [lead, r, (r * c) ** n / r, n, 2e-2 * area, 0.92]
    if visible:
        ri = visible * 1e-4 / area
        text = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
        values = [*values[:4], ri, (ri * 5e-3 * area) ** 0.9 / ri, 0.9, *values[4:]]
    f = np.logspace(7, 0, 57)
    return le.simulate(text, values, f, noise=0.003, seed=seed, label=label)


def films(read=THICKNESSES, *, true=THICKNESSES, relative=0.04, circuit="lipon-blocking", known=None, **how):
    """Return spectra and samples of films whose gauge says ``read``."""
    spectra = [spectrum(d, AREA, seed=k, label=f"F{k}", **how) for k, d in enumerate(true)]
    more = {"area": AREA, "group": "wafer", "stack": "Pt/LiPON/Pt", **(known or {})}
    samples = [le.Sample.build(thickness=d, thickness_stderr=relative * d if relative else None, **more) for d in read]
    return spectra, circuit, samples


def dots(edge=0.0, *, diameters=DIAMETERS, thickness=1e-6, relative=0.01, known=None, **how):
    """Return spectra and samples of dots that act as if their radius were larger by ``edge`` [m]."""
    acting = np.pi * (diameters / 2 + edge) ** 2
    spectra = [spectrum(thickness, a, seed=k, label=f"D{k}", **how) for k, a in enumerate(acting)]
    drawn = np.pi * (diameters / 2) ** 2
    more = {"thickness": thickness, "group": "wafer", **(known or {})}
    samples = [le.Sample.build(area=a, area_stderr=relative * a if relative else None, **more) for a in drawn]
    return spectra, "lipon-blocking", samples
