"""Why names that look like an impedance are none: what to tell with a refusal.

A unit of another dimension (Ω·cm², Ω·cm, a logarithm, dB) is never taken for Ω; the reader says what
it is and how to get the impedance from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lipon_eis.readers.names import TYPOGRAPHY


@dataclass(frozen=True)
class Hint:
    """A word in a column's name or unit, and what it means for the column.

    Attributes:
        pattern: Of the word.
        text: What the column holds and what to do; ``{}`` stands for its name.
    """

    pattern: re.Pattern[str]
    text: str


_OHM = r"(?:\bz?_?[umkµMG]?ohms?|Ω)"
_TIMES = r"[\s·*._x×⋅-]*"
PER_AREA = re.compile(rf"(?i){_OHM}{_TIMES}[cm]?m(?:\^?2|²|\^\{{2\}})|(?<![a-z])ASR(?![a-z])")
HINTS = (
    Hint(PER_AREA, "{} is an impedance times an area: divide it by the area of the electrode and write Ohm"),
    Hint(
        re.compile(rf"(?i){_OHM}{_TIMES}[cm]?m(?![a-z0-9^²])"),
        "{} is a resistivity: multiply it by thickness over area of the sample and write Ohm",
    ),
    Hint(
        re.compile(r"(?i)(?<![a-z])(?:log(?:_?10)?|lg|ln)(?![a-z])"),
        "{} is a logarithm: write the quantity itself",
    ),
    Hint(
        re.compile(r"[(\[/ ]dB[mVµu]*\b"),
        "{} in dB is one of the gains of a frequency-response analyser, not an impedance: compute Z from them and the"
        " resistance of the shunt first",
    ),
    Hint(
        re.compile(r"(?i)^\s*(?:angular.*|omega|ω)\s*[(\[/]\s*Hz"),
        "{} is called an angular frequency and stands in Hz: call it a frequency, or write rad/s",
    ),
    Hint(
        re.compile(r"(?i)^\s*f(?:req(?:uency|uenz)?)?\.?\s*[(\[/]\s*(?:1/s|s\^?-1)"),
        "{} may be a frequency in Hz or an angular frequency in rad/s: write which",
    ),
    Hint(
        re.compile(r"(?i)^\s*capacitance(?=[\s(\[/_]|$)"),
        "{} may be that of an equivalent circuit in parallel or in series: call it Cp or Cs",
    ),
    Hint(
        re.compile(r"^[^()]*\)|^[^\[\]]*\]|^[^()]*\([^()]*$|^[^\[\]]*\[[^\[\]]*$"),
        "{} has a bracket without its other half: correct the name",
    ),
    Hint(
        re.compile(r"[\s(\[/_]+(?:m(?:hz|HZ)|[MT]OHMS?)(?![A-Za-z])"),
        "{} leaves open whether mega or milli is meant: write MHz or mHz, MOhm or mOhm",
    ),
)


def about(names: Iterable[str]) -> str:
    """Return what to do about the columns of a table that is refused, or an empty text.

    Args:
        names: Of the columns, and what stands in a row of units below them.
    """
    said = dict[str, str]()
    for name in names:
        hint = next((h for h in HINTS if h.pattern.search(name.translate(TYPOGRAPHY))), None)
        if hint is not None:
            said.setdefault(hint.text, name.strip())
    return "".join(f". {text.format(repr(name))}" for text, name in said.items())
