"""Numbers as the report prints them: `lipon_eis.rounding`, made safe for whatever a document holds.

A document may hold null, NaN, an error of the wrong sign or an interval that runs backwards; none
of them may keep the other pages from being printed. What is not known is an en dash, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

from lipon_eis.rounding import UNKNOWN, format_interval, format_value, superscript

__all__ = ["PREFIXES", "UNKNOWN", "celsius", "interval_text", "known", "measured", "plain", "prefix_for", "superscript"]

Interval = Sequence[float | None] | None
PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def known(value: Any) -> TypeGuard[float]:
    """Return whether a number is there: neither null nor NaN nor infinite."""
    return value is not None and math.isfinite(value)


def measured(value: float | None, stderr: float | None, unit: str, interval: Interval = None) -> str:
    """Return ``4.07 ± 0.03 kΩ``, or the bound ``> 3.2 kΩ`` where only an interval is known.

    A value that is smaller than its error is shown as its interval: ``0.0 ± 1.5`` would say nothing.
    """
    error = stderr if stderr is not None and known(stderr) and stderr > 0 else None
    vague = known(value) and error is not None and error > abs(value) and interval is not None
    if not known(value) or vague:
        return interval_text(interval, unit)
    return _minus(format_value(value, error, unit))


def interval_text(interval: Interval, unit: str) -> str:
    """Return ``4.01 – 4.13 kΩ``, or a bound where one end is missing."""
    low, high = interval or (None, None)
    if low is not None and high is not None and known(low) and known(high):
        low, high = min(low, high), max(low, high)
    return _minus(format_interval(low, high, unit))


def plain(value: float | None, unit: str, figures: int = 4) -> str:
    """Return a number without error, to so many significant figures."""
    return _minus(format_value(value, unit=unit, digits=figures))


def celsius(kelvin: float | None) -> str:
    """Return a temperature as ``25 °C``, with two decimals at most."""
    if kelvin is None or not known(kelvin):
        return UNKNOWN
    text = f"{kelvin - 273.15:.2f}".rstrip("0").rstrip(".")
    return _minus("0" if text == "-0" else text) + " °C"


def prefix_for(value: float) -> int:
    """Return the power of ten of the SI prefix that brings ``|value|`` between 1 and 1000, for axes."""
    if not value or not math.isfinite(value):
        return 0
    power = 3 * math.floor(math.log10(abs(value)) / 3 + 1e-9)
    return min(max(power, min(PREFIXES)), max(PREFIXES))


def _minus(text: str) -> str:
    return text.replace("-", "−")
