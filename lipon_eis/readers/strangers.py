"""Files that are known but not read: a refusal that names them helps more than "not recognised"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stranger:
    """A signature at the start of a file, what it is, and what to do."""

    signature: bytes
    what: str
    remedy: str = ""


_UNPACK = "unpack it"
_NUMBERS = "export the numbers as text"
_BESIDE = "give the .mpr or .mpt beside it"
_STRANGERS = (
    Stranger(b"\xff\xfe{\x00", "JSON"),
    Stranger(b"PK\x03\x04", "a zip archive", "unpack it, or save a sheet as csv"),
    Stranger(b"\x1f\x8b", "a gzip archive", _UNPACK),
    Stranger(b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    Stranger(b"Rar!", "a rar archive", _UNPACK),
    Stranger(b"BZh", "a bzip2 archive", _UNPACK),
    Stranger(b"\xd0\xcf\x11\xe0", "an old Office file", "save the sheet as csv"),
    Stranger(b"\x89HDF", "an HDF5 file", _NUMBERS),
    Stranger(b"MATLAB 5.0", "a MATLAB file", _NUMBERS),
    Stranger(b"\x93NUMPY", "a numpy array", _NUMBERS),
    Stranger(b"%PDF", "a PDF", _NUMBERS),
    Stranger(b"{\\rtf", "a text with formats (RTF)", "save it as plain text"),
    Stranger(b"\x89PNG", "a picture", _NUMBERS),
    Stranger(b"\xff\xd8\xff", "a picture", _NUMBERS),
    Stranger(b"GIF8", "a picture", _NUMBERS),
    Stranger(b"II*\x00", "a picture", _NUMBERS),
    Stranger(b"EC-LAB SETTING FILE", "EC-Lab's settings without data (.mps)", _BESIDE),
    Stranger(b"BT-LAB SETTING FILE", "BT-Lab's settings without data (.mps)", _BESIDE),
    Stranger(b"EC-Lab LOG FILE", "EC-Lab's log without data (.mpl)", _BESIDE),
    Stranger(b"BT-Lab LOG FILE", "BT-Lab's log without data (.mpl)", _BESIDE),
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
