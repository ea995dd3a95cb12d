"""The formats there are, in the order in which they are asked: the most particular first.

To add an instrument, write a module with its ``FORMAT`` and name it here. A module is loaded when its format is asked:
reading a file of the first formats does not wait for all the others.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from lipon_eis.errors import InvalidOption, nearest
from lipon_eis.readers.format import Format, Head

MODULES = (
    "gamry",
    "biologic_mpr",
    "biologic_mpt",
    "eclab_p00",
    "zahner_ism",
    "palmsens_session",
    "zplot",
    "versastudio",
    "relaxis",
    "chi",
    "autolab",
    "squidstat",
    "parstat",
    "powersuite",
    "labone",
    "ivium",
    "ivium_text",
    "palmsens_csv",
    "zahner_text",
    "zahner_bin2txt",
    "xlsx",
    "novocontrol",
    "keysight",
    "solartron_smart",
    "delimited",
)


@cache
def _format(module: str) -> Format:
    found: Format = import_module(f"lipon_eis.readers.{module}").FORMAT
    return found


def all_formats() -> tuple[Format, ...]:
    """Return all formats."""
    return tuple(map(_format, MODULES))


def formats() -> tuple[str, ...]:
    """Return the names of all formats, as ``--format`` takes them."""
    return tuple(f.name for f in all_formats())


def named(name: str) -> Format:
    """Return the format of this name.

    Raises:
        InvalidOption: There is none; the message lists the nearest.
    """
    for known in all_formats():
        if known.name == name:
            return known
    raise InvalidOption(f"no format {name!r}{nearest(name, formats())} (formats: {', '.join(formats())})")


def recognise(head: Head) -> Format | None:
    """Return the first format that recognises the beginning of a file, or None."""
    for module in MODULES:
        if (known := _format(module)).recognises(head):
            return known
    return None


def claimed() -> frozenset[str]:
    """Return the suffixes that belong to one instrument's exports alone."""
    return frozenset(suffix for known in all_formats() for suffix in known.suffixes)
