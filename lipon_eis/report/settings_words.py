"""What was asked for, in words: the settings of a results document as a person would say them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lipon_eis.report.document import Document, entries
from lipon_eis.report.numbers import celsius, known, measured, plain

WEIGHTINGS = {
    "modulus": "residuals relative to |Z|",
    "proportional": "residuals of Re and Im relative to each",
    "unit": "residuals not weighted",
    "sigma": "residuals weighted by given standard deviations",
}
INTERVALS = {"auto": "", "covariance": "intervals from the covariance", "bootstrap": "intervals by bootstrap"}
COUNTED = ("passed_over",)  # said elsewhere


def settings_words(document: Document) -> str:
    """Return all settings that were made, ``circuit chosen among the library's (auto); residuals relative to |Z|``."""
    settings = (document.get("provenance") or {}).get("settings") or {}
    units = {p.get("name"): str(p.get("unit") or "") for e in entries(document) for p in e.get("parameters") or []}
    words: dict[str, Callable[[Any], str]] = {
        "circuit": lambda v: "circuit chosen from the library (auto)" if v == "auto" else f"circuit {v}",
        "accuracy": lambda v: f"instrument accurate to {plain(100 * v, '', 2)} %" if known(v) else str(v),
        "weighting": lambda v: WEIGHTINGS.get(v, f"weighting {v}"),
        "space": lambda v: {"Z": "", "Y": "fitted as admittance"}.get(v, f"fitted in {v}"),
        "interval": lambda v: INTERVALS.get(v, f"intervals: {v}"),
        "guess": lambda v: f"tried as a start: {_values(v, units)}",
        "fix": lambda v: f"held: {_values(v, units)}",
        "bounds": lambda v: f"kept within limits: {_limits(v, units)}",
        "tie": lambda v: "tied: " + ", ".join(f"{name} = {other}" for name, other in v.items()),
        "roles": lambda v: "roles given: " + ", ".join(f"{name} = {role}" for name, role in v.items()),
        "seed": lambda v: f"seed {v}",
        "range_hz": lambda v: _span(v, "Hz", "frequencies"),
        "mask": lambda v: f"masked: {v if isinstance(v, str) else ', '.join(map(str, v))}",
        "max_work": lambda v: f"at most {v} evaluations a spectrum",
        "elements": lambda v: f"own elements from {v}",
        "format": lambda v: f"read as {v}",
        "imaginary": lambda v: f"imaginary part {v}",
        "samples": lambda v: f"sample sheet {v}",
        "film": _film,
    }
    said = []
    for name in [*words, *(key for key in settings if key not in words)]:
        value = settings.get(name)
        if value in (None, "", [], {}) or name in COUNTED or (name == "accuracy" and settings.get("circuit") != "auto"):
            continue
        try:
            said.append(words[name](value) if name in words else f"{name.replace('_', ' ')} {value}")
        except (TypeError, ValueError, AttributeError):  # a caller's own settings may be of any kind
            said.append(f"{name} {value}")
    return "; ".join(filter(None, said)) or "defaults"


def _values(values: Mapping[str, Any], units: Mapping[Any, str]) -> str:
    return ", ".join(f"{name} = {_number(value, units.get(name, ''))}" for name, value in values.items())


def _limits(limits: Mapping[str, Any], units: Mapping[Any, str]) -> str:
    return ", ".join(
        f"{name} {ends}" if isinstance(ends, str) else _span(ends, units.get(name, ""), name)
        for name, ends in limits.items()
    )


def _span(ends: Any, unit: str, name: str) -> str:
    """Return ``name from 1 Hz to 1 MHz``; an open end is left away."""
    low, high = ends
    words = (("from", low), ("up to" if low is None else "to", high))
    parts = [f"{word} {_number(end, unit)}" for word, end in words if end is not None]
    return f"{name} {' '.join(parts)}"


def _number(value: Any, unit: str) -> str:
    """Return a number as short as it was given; a text as it stands."""
    if isinstance(value, str):
        return value
    number, _, after = plain(value, unit, 6).partition(" ")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{number} {after}".rstrip()


def _film(film: Mapping[str, Any]) -> str:
    """Return what was said of all films at once."""
    parts = [
        f"{word} {measured(film[f'{key}_{unit}'], film.get(f'{key}_stderr_{unit}'), unit)}"
        for word, key, unit in (("thickness", "thickness", "m"), ("area", "area", "m2"))
        if known(film.get(f"{key}_{unit}"))
    ]
    if known(film.get("temperature_K")):
        parts.append(f"temperature {celsius(film['temperature_K'])}")
    named = ("thickness_", "area_", "temperature_K", "origin")
    parts += [f"{key.replace('_', ' ')} {value}" for key, value in film.items() if not key.startswith(named)]
    return ", ".join(parts)
