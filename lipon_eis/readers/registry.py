"""The formats there are, in the order in which they are asked: the most particular first.

To add an instrument, write a module with its ``FORMAT`` and name it here.
"""

from __future__ import annotations

from lipon_eis.errors import InvalidOption, nearest
from lipon_eis.readers import (
    autolab,
    biologic_mpr,
    biologic_mpt,
    chi,
    delimited,
    eclab_p00,
    gamry,
    ivium,
    keysight,
    labone,
    novocontrol,
    palmsens_csv,
    palmsens_session,
    parstat,
    powersuite,
    relaxis,
    solartron_smart,
    squidstat,
    versastudio,
    xlsx,
    zahner_ism,
    zahner_text,
    zplot,
)
from lipon_eis.readers.format import Format, Head

FORMATS: tuple[Format, ...] = (
    gamry.FORMAT,
    biologic_mpr.FORMAT,
    biologic_mpt.FORMAT,
    eclab_p00.FORMAT,
    zahner_ism.FORMAT,
    palmsens_session.FORMAT,
    zplot.FORMAT,
    versastudio.FORMAT,
    relaxis.FORMAT,
    chi.FORMAT,
    autolab.FORMAT,
    squidstat.FORMAT,
    parstat.FORMAT,
    powersuite.FORMAT,
    labone.FORMAT,
    ivium.FORMAT,
    palmsens_csv.FORMAT,
    zahner_text.FORMAT,
    xlsx.FORMAT,
    novocontrol.FORMAT,
    keysight.FORMAT,
    solartron_smart.FORMAT,
    delimited.FORMAT,
)


def formats() -> tuple[str, ...]:
    """Return the names of all formats, as ``--format`` takes them."""
    return tuple(f.name for f in FORMATS)


def named(name: str) -> Format:
    """Return the format of this name.

    Raises:
        InvalidOption: There is none; the message lists the nearest.
    """
    for known in FORMATS:
        if known.name == name:
            return known
    raise InvalidOption(f"no format {name!r}{nearest(name, formats())} (formats: {', '.join(formats())})")


def recognise(head: Head) -> Format | None:
    """Return the first format that recognises the beginning of a file, or None."""
    for known in FORMATS:
        if known.recognises(head):
            return known
    return None


def claimed() -> frozenset[str]:
    """Return the suffixes that belong to one instrument's exports alone."""
    return frozenset(suffix for known in FORMATS for suffix in known.suffixes)
