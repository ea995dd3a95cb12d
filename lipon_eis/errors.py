"""Every error this package raises on purpose.

One base, `LiponEisError`; each error is also the builtin a caller would expect to
catch, keeps its facts as attributes, and says what was found, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any


def nearest(name: str, known: Iterable[str], count: int = 3) -> str:
    """Return ``"; did you mean a, b?"`` for the closest known names, or an empty string."""
    folded = {k.casefold(): k for k in known}
    close = [folded[k] for k in get_close_matches(name.casefold(), folded, n=count, cutoff=0.5)]
    return f"; did you mean {' or '.join(close)}?" if close else ""


class LiponEisError(Exception):
    """Base of every error this package raises on purpose."""


class InvalidQuantity(LiponEisError, ValueError):
    """A text that should be a number with a unit is not, or is one of the wrong dimension."""


class InvalidSpectrum(LiponEisError, ValueError):
    """Arrays that are no impedance spectrum: of unequal lengths, or without a usable point."""


class InvalidSample(LiponEisError, ValueError):
    """A property of a sample that cannot be, such as a negative thickness."""


class UnreadableFile(LiponEisError, ValueError):
    """A file whose content cannot be understood, with the place and the remedy where there is one."""

    def __init__(self, path: str | Path, problem: str, line: int | None = None):
        self.path, self.problem, self.line = path, problem, line
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{place}: {problem}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.problem, self.line)


class UnrecognisedFile(UnreadableFile):
    """A file that no reader knows; in a folder it is passed over, by name it is a failure."""


class InvalidSheet(UnreadableFile):
    """A sample sheet or settings file with an unknown header, a bad cell, a missing column."""


class InvalidCircuit(LiponEisError, ValueError):
    """A circuit string or circuit file that is not well formed.

    Attributes:
        text: The circuit string.
        position: Index of the first character that could not be understood, or None.
    """

    def __init__(self, problem: str, text: str = "", position: int | None = None):
        self.problem, self.text, self.position = problem, text, position
        shown = f"\n  {text}\n  {' ' * position}^" if position is not None else ""
        super().__init__(problem + shown)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.text, self.position)


class UnknownName(LiponEisError, LookupError):
    """A name that does not exist where it was looked for; the message lists the nearest."""


class UnknownCircuit(UnknownName):
    """There is no circuit of this name."""


class UnknownParameter(UnknownName):
    """The circuit has no parameter of this name."""


class CannotFit(LiponEisError, ValueError):
    """This spectrum cannot determine this circuit: too few points, or no range of frequencies."""


class InvalidOption(LiponEisError, ValueError):
    """An option whose value makes no sense; nothing has been done yet."""
