"""Fixture compensation: what cable, clips and substrate add to a spectrum, taken away before the fit.

A fixture is a series impedance Z_s, measured with the clips shorted, and an admittance Y_o beside the sample, measured
with the clips open. What was measured is Z_m = Z_s + 1/(1/Z + Y_o), so that

    Z = (Z_m − Z_s)/(1 − (Z_m − Z_s) Y_o),   Y_o = 1/(Z_o − Z_s),

the usual open/short compensation of impedance meters. A stray capacitance that was given is Y_o = jωC. The scatter
of a point grows by |dZ/dZ_m| = 1/|1 − (Z_m − Z_s) Y_o|²; where that leaves more of the fixture than of the sample, a
point is masked.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.rounding import format_value
from lipon_eis.spectrum import Spectrum

Complexes = NDArray[np.complex128]

DONE = "compensated"  # key in Spectrum.meta
LARGEST_GAIN = 10.0  # growth of the relative scatter of a point beyond which it says nothing of the sample


def compensate(
    spectrum: Spectrum,
    *,
    open_fixture: Spectrum | None = None,
    short_fixture: Spectrum | None = None,
    stray_capacitance: float | None = None,
) -> Spectrum:
    """Return the spectrum of the sample alone, with a note of what was done; a second call changes nothing.

    Args:
        spectrum: As it was measured.
        open_fixture: Of the open fixture; it has precedence over ``stray_capacitance``. Between its frequencies the
            capacitance and the conductance are interpolated over ln f; points outside them are masked.
        short_fixture: Of the shorted fixture; resistance and inductance are interpolated likewise.
        stray_capacitance: Beside the sample [F].
    """
    none = open_fixture is None and short_fixture is None and not stray_capacitance
    if none or DONE in spectrum.meta:
        return spectrum
    f, omega = spectrum.frequency, 2 * np.pi * spectrum.frequency
    usable = np.isfinite(f) & (f > 0)
    inside = usable.copy()
    series = np.zeros(f.shape, complex)
    beside = np.zeros(f.shape, complex)
    notes = []
    if short_fixture is not None:
        series[usable], covered = _at(f[usable], short_fixture, short_fixture.impedance)
        inside[usable] &= covered
        notes.append("the shorted fixture subtracted")
    if open_fixture is not None:
        in_series = np.zeros(len(open_fixture), complex)
        if short_fixture is not None:
            in_series, _ = _at(open_fixture.frequency, short_fixture, short_fixture.impedance)
        beside[usable], covered = _at(f[usable], open_fixture, 1 / (open_fixture.impedance - in_series))
        inside[usable] &= covered
        size = float(np.median(beside[inside].imag / omega[inside])) if inside.any() else np.nan
        notes.append(f"the open fixture ({format_value(size, unit='F', digits=3)}) subtracted")
    elif stray_capacitance:
        beside[usable] = 1j * omega[usable] * stray_capacitance
        notes.append(f"a stray capacitance of {format_value(stray_capacitance, unit='F', digits=3)} subtracted")

    z = spectrum.impedance - series
    with np.errstate(all="ignore"):
        share = 1 - z * beside
        alone = z / share
        gain = np.abs(spectrum.impedance / alone) / np.abs(share) ** 2
    seen = np.isfinite(alone) & (alone != 0) & (gain <= LARGEST_GAIN)
    lost = spectrum.used & ~(seen & inside)
    notes += _losses(int((lost & ~inside).sum()), int((lost & inside).sum()))
    masked = spectrum.masked | lost
    return replace(
        spectrum,
        impedance=np.where(seen, alone, spectrum.impedance),
        sigma=None if spectrum.sigma is None else np.where(seen, spectrum.sigma / np.abs(share) ** 2, spectrum.sigma),
        masked=masked,
        meta={**spectrum.meta, DONE: "; ".join(notes)},
        notes=(*spectrum.notes, *notes),
    )


def _losses(outside: int, hidden: int) -> list[str]:
    notes = []
    if outside:
        notes.append(f"{outside} point{'s' * (outside > 1)} outside the frequencies of the fixture's files: masked")
    if hidden:
        notes.append(f"{hidden} point{'s' * (hidden > 1)} where the fixture hides the sample: masked")
    return notes


def _at(f: NDArray[np.float64], fixture: Spectrum, value: Complexes) -> tuple[Complexes, NDArray[np.bool_]]:
    """Interpolate a fixture's Z or Y over ln f, its imaginary part as a multiple of f; tell where it was measured."""
    used = fixture.used
    known = fixture.frequency[used][::-1]
    x, at = np.log(known), np.log(f)
    real = np.interp(at, x, value.real[used][::-1])
    slope = np.interp(at, x, value.imag[used][::-1] / known)
    margin = 1e-3  # instruments round the frequencies that they write
    covered = (f >= known[0] * (1 - margin)) & (f <= known[-1] * (1 + margin))
    return real + 1j * slope * f, covered
