"""Bytes to lines, for every encoding and line end that instrument PCs write.

Encodings: UTF-8 with or without byte order mark, UTF-16 of either order with or without
one, else cp1252 (bytes it leaves undefined become their Latin-1 characters). Line ends:
LF, CR LF, CR, and the CR CR LF that a text file gains when it passes twice through a
Windows program; a file may mix them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ANY_MARK = tuple(mark for mark, _ in _MARKS)
_NOT_WRITTEN = bytes(8)  # zeros at the end of a file that the disk has not written to its end
_REPLACEMENT = "\ufffd"  # of what is no character
_LINE_END = re.compile(r"\r\r\n|\r\n|\r|\n")


@dataclass(frozen=True)
class Text:
    """A text file as lines without their ends.

    Attributes:
        lines: The lines; the first is line 1 for people.
        encoding: What it was decoded from.
        ended: False where the last line has no line end, so that it may have been cut.
    """

    lines: tuple[str, ...]
    encoding: str
    ended: bool

    def numbered(self, start: int = 0) -> Iterator[tuple[int, str]]:
        """Yield (line number, line) from index ``start`` on; numbers count from 1."""
        return enumerate(self.lines[start:], start + 1)


def encoding_of(data: bytes) -> str | None:
    """Name the encoding of a text, or None where the bytes are no text.

    ``data`` may be the beginning of a file, cut anywhere.
    """
    if data.startswith(_ANY_MARK):
        return next(name for mark, name in _MARKS if data.startswith(mark))
    if b"\0" in data:
        return _utf16_without_mark(data)
    decoded = data.decode("utf-8", "replace")
    if _REPLACEMENT not in decoded:
        return "utf-8"
    if _REPLACEMENT in decoded[:-1] and _REPLACEMENT.encode() not in data:
        return "cp1252"  # for short texts, the exception below is what takes longest
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that is cut at the end is none that is wrong.
        return "utf-8" if error.reason == "unexpected end of data" and error.end == len(data) else "cp1252"
    return "utf-8"


def _utf16_without_mark(data: bytes) -> str | None:
    # Western text in UTF-16 is zero in nearly every second byte, binary files are not.
    half = max(len(data) // 2, 1)
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def text_of(data: bytes) -> Text | None:
    """Decode bytes in the encoding that they are in, or return None where they are no text.

    The same as `decode` after `encoding_of`, with one pass over the bytes where they are plain UTF-8.
    """
    if data.endswith(_NOT_WRITTEN) and (text := data.rstrip(b"\0")) and b"\0" not in text:
        data = text
    if b"\0" not in data and not data.startswith(_ANY_MARK):
        try:
            return _text(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(data) - 3:  # no character cut at the end
                return decode(data, "cp1252")
    encoding = encoding_of(data)
    return None if encoding is None else decode(data, encoding)


def decode(data: bytes, encoding: str) -> Text:
    """Decode a whole text; a character cut at the end of the file is left out."""
    for mark, name in _MARKS:
        if name == encoding:
            data = data.removeprefix(mark)
    if encoding == "cp1252":
        text = data.decode("ascii", errors="_cp1252")
    else:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(data, False)
    return _text(text, encoding)


def _text(text: str, encoding: str) -> Text:
    lines = _lines(text)
    ended = len(lines) > 1 and not lines[-1]
    return Text(tuple(lines[:-1] if ended else lines), encoding, ended)


def _lines(text: str) -> list[str]:
    if "\r" not in text:
        return text.split("\n")
    lines = text.split("\r\n")
    rest = "".join(lines)
    if "\r" in rest or "\n" in rest:  # not all line ends are CR LF
        return _LINE_END.sub("\n", text).split("\n")
    return lines


def _rest_of_line_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Decode from a byte that is not ASCII to the end of its line: few lines hold one, and ASCII is decoded quickly."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, start = error.object, error.start
    end = data.find(b"\n", start)
    rest = data[start : end if end >= 0 else len(data)]
    return rest.decode("cp1252", errors="_latin1"), start + len(rest)


def _undefined_as_latin1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("_latin1", _undefined_as_latin1)
codecs.register_error("_cp1252", _rest_of_line_as_cp1252)
