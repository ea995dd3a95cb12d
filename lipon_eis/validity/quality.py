"""What a spectrum is worth before any circuit: consistency, noise, drift, leads, and the window that can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit
from lipon_eis.rounding import format_value
from lipon_eis.spectrum import Spectrum
from lipon_eis.validity.kramers_kronig import ACCURACY, KramersKronig, check_many

NOISY = 0.02  # relative standard deviation from which resistances of thin-film cells are seldom identified
HOPELESS = 0.05  # contradiction of Re and Im over |Z|: more is no impedance
INDUCTIVE = 3  # points in a row with Im Z > 0 at the upper end
REPEATED = 1e-6  # relative difference of frequencies that are meant to be one


@dataclass(frozen=True, eq=False)
class Quality:
    """What is to be said of one spectrum.

    Attributes:
        label: Of the spectrum.
        source: The file.
        spectrum_index: In the file, from 0.
        frequency: [Hz], shape (n_points,).
        verdict: ``pass``, ``check`` or ``fail``.
        remarks: In words, the gravest first.
        test: Of Kramers and Kronig; None where there are too few points.
        inductance: Of the leads, from the points at the upper end that it rules [H]; None where it rules none.
        repeat_drift: Largest relative change of Z at a frequency measured twice; None where there is none.
    """

    label: str
    source: str
    spectrum_index: int
    frequency: NDArray[np.float64]
    verdict: str
    remarks: tuple[str, ...]
    test: KramersKronig | None
    inductance: float | None
    repeat_drift: float | None


def assess_many(spectra: Sequence[Spectrum], *, space: str = "Z", accuracy: float = ACCURACY) -> list[Quality]:
    """Return what is to be said of every spectrum.

    Args:
        spectra: Any.
        space: ``Z`` or ``Y``, of the Kramers–Kronig check.
        accuracy: Of the instrument, over |Z|.
    """
    tests = check_many(spectra, space=space, accuracy=accuracy)
    return [_assessed(spectrum, test, accuracy) for spectrum, test in zip(spectra, tests, strict=True)]


def _assessed(spectrum: Spectrum, test: KramersKronig | CannotFit, accuracy: float) -> Quality:
    f, z = spectrum.frequency[spectrum.used], spectrum.impedance[spectrum.used]
    found: list[tuple[str, str]] = []
    if isinstance(test, CannotFit):
        found.append(("check", f"not checked: {test}"))
    else:
        found += _of_test(spectrum, test)
    failed = any(level == "fail" for level, _ in found)
    inductance = None if failed else _inductance(f, z)
    if inductance is not None:
        size = format_value(inductance, unit="H", digits=2)
        found.append(("note", f"leads of about {size} rule the highest frequencies: let the fit have an inductance"))
    drift = _repeat_drift(f, z)
    if drift is not None and drift > max(3 * accuracy, 0.0):
        found.append(("check", f"a frequency measured again differs by {100 * drift:.2g} %: the sample drifts"))
    if spectrum.n_masked:
        found.append(("note", f"{spectrum.n_masked} points are masked"))
    order = ("fail", "check", "note")
    found.sort(key=lambda remark: order.index(remark[0]))
    worst = found[0][0] if found else "note"
    return Quality(
        label=spectrum.label,
        source=str(spectrum.meta.get("source", spectrum.label)),
        spectrum_index=int(spectrum.meta.get("spectrum", 0)),
        frequency=spectrum.frequency,
        verdict="pass" if worst == "note" else worst,
        remarks=tuple(text for _, text in found),
        test=None if isinstance(test, CannotFit) else test,
        inductance=inductance,
        repeat_drift=drift,
    )


def _of_test(spectrum: Spectrum, test: KramersKronig) -> list[tuple[str, str]]:
    found = []
    if not test.consistent:
        size = f"Re and Im contradict each other by {100 * test.contradiction:.2g} % of |Z|"
        if test.usable is None:
            found.append(("fail", f"{size}, and in no window of two decades do they not: drift, or no linear system"))
        else:
            low, high = (format_value(end, unit="Hz", digits=3) for end in test.usable)
            ends = [
                "below " + low if test.usable[0] > spectrum.frequency[spectrum.used].min() else "",
                "above " + high if test.usable[1] < spectrum.frequency[spectrum.used].max() else "",
            ]
            suspect = " and ".join(filter(None, ends))
            why = "drift at low frequencies, leads at high ones"
            if test.contradiction > HOPELESS:
                why = "strong drift, a wrong sign or a wrong column"
            level = "fail" if test.contradiction > HOPELESS else "check"
            found.append((level, f"{size}; suspect {suspect}: {why}"))
    inside = test.usable or (0.0, np.inf)
    lone = test.suspect & (spectrum.frequency >= inside[0]) & (spectrum.frequency <= inside[1])
    if test.usable is not None and lone.any():
        listed = ", ".join(format_value(float(f), unit="Hz", digits=3) for f in spectrum.frequency[lone][:5])
        found.append(("check", f"stands apart: {listed}{', …' if lone.sum() > 5 else ''}"))
    if test.noise > NOISY:
        found.append(("check", f"noise of {100 * test.noise:.2g} % of |Z|: few resistances can be identified"))
    return found


def _inductance(f: NDArray[np.float64], z: NDArray[np.complex128]) -> float | None:
    """Return the median of Im Z/ω over the points at the upper end with Im Z > 0, where they are several in a row."""
    positive = z.imag > 0
    count = int(np.argmin(positive)) if not positive.all() else len(z)
    if count < INDUCTIVE:
        return None
    return float(np.median(z.imag[:count] / (2 * np.pi * f[:count])))


def _repeat_drift(f: NDArray[np.float64], z: NDArray[np.complex128]) -> float | None:
    """Return the largest relative difference of Z between neighbours at one frequency."""
    same = np.abs(np.diff(f)) <= REPEATED * f[1:]
    if not same.any():
        return None
    return float(np.max(np.abs(np.diff(z))[same] / np.abs(z[1:])[same]))
