"""The container of BioLogic's binary files: a magic number, then modules one behind the other.

The first 52 bytes are ``BIO-LOGIC MODULAR FILE``, 0x1A, blanks and zeros. A module is the
word ``MODULE``, a short name of 10 bytes (``VMP Set``, ``VMP data``, ``VMP LOG``, ``VMP loop``,
``VMP ExtDev``), a long one of 25, then little-endian

* before EC-Lab 11.50: length (u4), version (u4);
* since: FFFFFFFF, length (u4), an older version number (u4), version (u4);

and the date as 8 characters (``08/01/25``, ``04.14.25``: month, day, year). The body follows, as long as
the length says, then the next module or the end of the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lipon_eis.readers.format import File

MAGIC = b"BIO-LOGIC MODULAR FILE"
_FIRST = 52
_WORD = b"MODULE"
_NAMES = 35  # bytes of the two names
_NEW = b"\xff\xff\xff\xff"


@dataclass(frozen=True)
class Module:
    """One module of a file.

    Attributes:
        name: Its short name, ``VMP data``.
        version: Of its layout.
        date: As written in its head.
        length: Of its body as declared [bytes].
        body: The bytes there are: fewer than `length` where the file was cut.
    """

    name: str
    version: int
    date: str
    length: int
    body: bytes

    def text(self, at: int) -> str:
        """Return the text whose length stands in byte ``at``, empty where it lies outside the body."""
        if at >= len(self.body):
            return ""
        raw = self.body[at + 1 : at + 1 + self.body[at]]
        return raw.decode("cp1252", errors="_latin1").strip(" \0\r\n\t")

    def number(self, at: int, form: str) -> float | None:
        """Return the number of struct format ``form`` at byte ``at``, or None where it lies outside the body."""
        if at + struct.calcsize(form) > len(self.body):
            return None
        return float(struct.unpack_from(form, self.body, at)[0])


def modules(file: File) -> tuple[list[Module], list[str]]:
    """Return the modules of a file, and a note where it does not end with a whole one."""
    found: list[Module] = []
    data, at = file.data, _FIRST
    while at < len(data):
        head = at + len(_WORD) + _NAMES
        new = data[head : head + 4] == _NEW
        start = head + (24 if new else 16)
        if not data.startswith(_WORD, at) or start > len(data):
            break
        length, version = struct.unpack_from("<4x I 4x I" if new else "<2I", data, head)
        name = data[at + len(_WORD) : at + len(_WORD) + 10].decode("latin-1").strip(" \0")
        date = data[start - 8 : start].decode("latin-1").strip(" \0")
        body = data[start : start + length]
        found.append(Module(name, version, date, length, body))
        at = start + length
    if at == len(data):
        return found, []
    return found, ["the file does not end with a whole module: it was cut, or its end is damaged"]
