"""The films of a results document as they can be set beside published ones: σ near room temperature, and Ea.

A temperature series is one film, by its σ(25 °C). A single spectrum is one where its temperature is
near room temperature or not known; what cannot be compared is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from lipon_eis.report.document import Document, derived, entries, headline
from lipon_eis.report.numbers import celsius, known
from lipon_eis.report.series import title

ROOM = (288.15, 303.15)  # K; what may pass for room temperature: at 0.55 eV σ differs by a factor 3 between these


@dataclass(frozen=True)
class FittedFilm:
    """One film of the user's.

    Attributes:
        label: Of the series or of the spectrum.
        sigma: [S/cm].
        stderr: Its standard error [S/cm], or None.
        interval: 95 % [S/cm], or None.
        how: Where σ is from: ``at 22 °C``, ``at 25 °C, extrapolated``, ``temperature not given``.
        energies: Ea of σ and of σT [eV], or None for a single temperature.
    """

    label: str
    sigma: float
    stderr: float | None
    interval: tuple[float, float] | None
    how: str
    energies: tuple[float, float] | None = None


@dataclass(frozen=True)
class Films:
    """The films of a document that can be compared, and (label, why) of what cannot."""

    found: tuple[FittedFilm, ...]
    left_out: tuple[tuple[str, str], ...]


def fitted_films(document: Document) -> Films:
    """Return the films of a results document, series first."""
    series = [one for one in document.get("series") or [] if one.get("kind") == "temperature"]
    verdicts = [_of_series(one) for one in series]
    verdicts += [_of_spectrum(entry) for entry in entries(document) if not _in_some(series, entry)]
    found = tuple(film for _, film in verdicts if isinstance(film, FittedFilm))
    return Films(found, tuple((label, why) for label, why in verdicts if isinstance(why, str)))


def _of_series(series: Mapping[str, Any]) -> tuple[str, FittedFilm | str]:
    label, quantity = title(series), series.get("sigma_25C_S_per_cm") or {}
    if not _positive(quantity.get("value")):
        return label, "its series gives no σ(25 °C)"
    energy = series.get("activation_energy_eV") or {}
    first, second = ((energy.get(name) or {}).get("value") for name in ("sigma", "sigma_T"))
    how = "at 25 °C" + (", extrapolated" if quantity.get("extrapolated") else "")
    return label, _film(label, quantity, how, (first, second) if _positive(first) and _positive(second) else None)


def _of_spectrum(entry: Mapping[str, Any]) -> tuple[str, FittedFilm | str]:
    label, quantity = str(entry.get("label") or entry.get("source")), derived(entry, headline(entry)) or {}
    kelvin = (entry.get("sample") or {}).get("temperature_K")
    if entry.get("verdict") == "fail":
        return label, "judged FAIL"
    if not _positive(quantity.get("value")):
        return label, "no conductivity: thickness and area, or the arc, are not known"
    if not known(kelvin):
        return label, _film(label, quantity, "temperature not given")
    if not ROOM[0] <= kelvin <= ROOM[1]:
        return label, f"measured at {celsius(kelvin)}, not near room temperature"
    return label, _film(label, quantity, f"at {celsius(kelvin)}")


def _film(label: str, quantity: Mapping[str, Any], how: str, energies: tuple[float, float] | None = None) -> FittedFilm:
    sigma, stderr = quantity["value"], quantity.get("stderr")
    low, high = quantity.get("interval") or (None, None)
    interval = (low, high) if _positive(low) and _positive(high) and low <= sigma <= high else None
    return FittedFilm(label, sigma, stderr if known(stderr) else None, interval, how, energies)


def _in_some(series: list[Mapping[str, Any]], entry: Mapping[str, Any]) -> bool:
    """Return whether a spectrum belongs to a series; labels repeat between films, so its group counts too."""
    group = (entry.get("sample") or {}).get("group")
    return any(group in (None, one.get("label")) and entry.get("label") in _labels(one) for one in series)


def _labels(series: Mapping[str, Any]) -> Iterator[Any]:
    yield from series.get("members") or []
    yield from (excluded.get("label") for excluded in series.get("excluded") or [])


def _positive(value: Any) -> TypeGuard[float]:
    return known(value) and value > 0
