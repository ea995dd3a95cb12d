"""Files that are known but not read: a refusal that names them helps more than "not recognised"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stranger:
    """A signature at the start of a file, what it is, and what to do."""

    signature: bytes
    what: str
    remedy: str = ""


_STRANGERS = (
    Stranger(b"\xff\xfe{\x00", "JSON"),
    Stranger(b"PK\x03\x04", "a zip archive", "unpack it, or save a sheet as csv"),
    Stranger(b"\xd0\xcf\x11\xe0", "an old Office file", "save the sheet as csv"),
    Stranger(b"%PDF", "a PDF"),
    Stranger(b"\x89PNG", "a picture"),
    Stranger(b"\xff\xd8\xff", "a picture"),
    Stranger(b"{", "JSON"),
    Stranger(b"<?xml", "XML"),
    Stranger(b"<html", "a web page"),
    Stranger(b"<!DOCTYPE", "a web page"),
)


def describe(head: bytes) -> str:
    """Return what a file is and what to do with it, or an empty text."""
    for stranger in _STRANGERS:
        if head.startswith(stranger.signature):
            return stranger.what + (f", which is not read; {stranger.remedy}" if stranger.remedy else "")
    return ""
