"""What could not be read or fitted, as a record: one bad file never stops the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """One file or spectrum that gave no result.

    Attributes:
        source: Path as given, with ``/``.
        spectrum: Index in the file, from 0; None where the whole file failed.
        error: Class name of the error.
        message: What was found, where, and what to do.
    """

    source: str
    spectrum: int | None
    error: str
    message: str

    @classmethod
    def of(cls, error: Exception, source: str, spectrum: int | None = None) -> Failure:
        """Record an error that was raised while working on ``source``."""
        return cls(source, spectrum, type(error).__name__, str(error))

    def to_dict(self) -> dict[str, Any]:
        """Return the record as it stands in results.json and in the JSON of other commands."""
        return asdict(self)
