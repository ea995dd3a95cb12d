r"""The temperature in a file's name, where the user says how to find it: ``_(\d+)C`` for ``film_25C.mpt``.

The one group of the regular expression holds the number, perhaps with its unit; else the unit is
what follows it in the match. Without a unit it is °C. A minus may be written ``-``, ``minus``,
``neg`` or ``m``, since names of files often cannot begin with the sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from lipon_eis.errors import InvalidOption
from lipon_eis.readers.names import unit
from lipon_eis.sample import FILE_NAME
from lipon_eis.spectrum import Spectrum

_QUANTITY = re.compile(
    r"\s*(?P<sign>[-−+]|minus|neg|m)?[\s_]*(?P<number>[0-9]+(?:[.,][0-9]+)?)[\s_]*(?P<unit>[°º]?[^\W\d_]*)",
    re.IGNORECASE,
)
_MINUS = re.compile(r"(?:^|[\s_])[-−]$")  # behind a letter it joins two words
_APART = 1.0  # [K]: a header that differs by more is spoken of


@lru_cache
def pattern_of(regex: str) -> re.Pattern[str]:
    """Compile what the user gave.

    Raises:
        InvalidOption: It is no regular expression, or has not just one group.
    """
    try:
        pattern = re.compile(regex)
    except re.error as error:
        raise InvalidOption(f"{regex!r} is no regular expression: {error}") from None
    if pattern.groups != 1:
        found = "no group" if not pattern.groups else f"{pattern.groups} groups, make the others (?:…)"
        raise InvalidOption(f"{regex!r} has {found}: put the number of the temperature in one, such as '_(-?[0-9]+)C'")
    return pattern


def with_temperature(spectra: Sequence[Spectrum], path: Path, regex: str) -> list[Spectrum]:
    """Return the spectra of a file with the temperature in its name, or with a note why it is not taken.

    The name has precedence over one temperature in the file, but not where the file has several.
    """
    kelvin, problem = _temperature(path.name, pattern_of(regex))
    if kelvin is not None and len({s.temperature for s in spectra}) > 1:
        problem = "the spectra of this file have temperatures of their own: that in the file name is not taken"
    if kelvin is None or problem:
        return [replace(s, notes=(*s.notes, problem)) for s in spectra]
    return [_at(kelvin, spectrum) for spectrum in spectra]


def _at(kelvin: float, spectrum: Spectrum) -> Spectrum:
    before, origin = spectrum.temperature, spectrum.meta.get("origin", {})
    notes = spectrum.notes
    if before is not None and abs(before - kelvin) > _APART:
        where = origin.get("temperature_K", "file")
        notes = (*notes, f"temperature {kelvin:.2f} K from the file name; the {where} says {before:.2f} K")
    meta = {**spectrum.meta, "temperature_K": kelvin, "origin": {**origin, "temperature_K": FILE_NAME}}
    return replace(spectrum, temperature=kelvin, meta=meta, notes=notes)


def _temperature(name: str, pattern: re.Pattern[str]) -> tuple[float | None, str]:
    """Return the temperature in a name [K] and an empty text, or None and why there is none."""
    match = pattern.search(name)
    if match is None or match.group(1) is None:
        return None, f"the file name does not match {pattern.pattern!r}: no temperature taken from it"
    group, written = match.group(1), name[match.start(1) : match.end()]
    if _MINUS.search(name[: match.start(1)]):
        problem = (
            f"{written!r} in the file name follows a minus: not taken; let the expression take it, as in '(-?[0-9]+)C'"
        )
        return None, problem
    found = _QUANTITY.match(written)
    known = unit(found["unit"] or "°C") if found and found.end("number") <= len(group) else None
    if found is None or known is None or known[0] != "temperature":
        return None, f"{written!r} in the file name is no temperature in °C or K: not taken"
    value = float(found["number"].replace(",", "."))
    kelvin = (-value if found["sign"] not in (None, "+") else value) + known[2]
    if kelvin <= 0:
        return None, f"{written!r} in the file name is below absolute zero: not taken"
    return round(kelvin, 6), ""
