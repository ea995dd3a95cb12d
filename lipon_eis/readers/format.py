"""What a format is: a name, a test of the first bytes, and a function that reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers.text import Text, text_of
from lipon_eis.spectrum import Spectrum

HEAD_BYTES = 1 << 16
MAX_BYTES = 100_000_000


@dataclass(eq=False)
class Head:
    """The first bytes of a file: all that a format may look at to recognise it.

    Attributes:
        data: Up to `HEAD_BYTES` bytes.
        whole: True where that is the whole file.
    """

    data: bytes
    whole: bool

    @cached_property
    def text(self) -> Text | None:
        """The lines, or None where the bytes are no text; a line cut by the limit is left out."""
        text = text_of(self.data)
        return text if text is None or self.whole or text.ended else Text(text.lines[:-1], text.encoding, True)

    @cached_property
    def first_line(self) -> str:
        """The first line that is not blank; empty where there is none or the bytes are no text."""
        return next((line for line in self.text.lines if line.strip()), "") if self.text else ""

    def starts_with(self, *words: str) -> bool:
        """Tell whether the first line that is not blank begins with one of ``words``."""
        return self.first_line.lstrip().startswith(words)


@dataclass(eq=False)
class File:
    """A file being read: its bytes once, and what the user said about it.

    Attributes:
        given: Its path.
        data: All bytes.
        imaginary: ``"as-is"``, ``"negated"`` or None, for files that do not state the sign.
        head: What it was recognised by; where that is the whole file, it is not decoded again.
    """

    given: str | Path
    data: bytes
    imaginary: str | None = None
    head: Head | None = None

    @cached_property
    def path(self) -> Path:
        """As given."""
        return Path(self.given)

    @property
    def stem(self) -> str:
        """Name without folder and suffix."""
        if not isinstance(self.given, str):
            return self.given.stem
        name = os.path.basename(self.given)  # to make a path of it would take as long as opening the file
        dot = name.rfind(".")
        return name[:dot] if 0 < dot < len(name) - 1 else name

    @cached_property
    def sha256(self) -> str:
        """Of all bytes."""
        import hashlib

        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def text(self) -> Text:
        """The decoded lines.

        Raises:
            UnreadableFile: The bytes are no text.
        """
        text = self.head.text if self.head and self.head.whole else text_of(self.data)
        if text is None:
            raise UnreadableFile(self.path, "expected text, found binary data")
        return text

    @property
    def source(self) -> str:
        """Path as given, with ``/``."""
        return self.path.as_posix()

    def refuse(self, problem: str, line: int | None = None) -> UnreadableFile:
        """Return the error that says what is wrong with this file; the caller raises it."""
        return UnreadableFile(self.path, problem, line)


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes:
        name: For ``--format`` and ``Spectrum.meta["format"]``.
        title: For people.
        recognises: Tells the format from the first bytes, whatever the file is called.
        read: Reads a file of this format; raises `UnreadableFile`, never another error for bad content.
        suffixes: That belong to this format alone, lower case. They recognise nothing; a file that has one and
            is not recognised is a failure even in a folder.
    """

    name: str
    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[File], list[Spectrum]]
    suffixes: tuple[str, ...] = ()
