"""What the exit code says."""

from enum import IntEnum

from lipon_eis.errors import (
    InvalidCircuit,
    InvalidOption,
    InvalidQuantity,
    InvalidSample,
    InvalidSheet,
    LiponEisError,
    UnknownName,
    UnreadableFile,
)


class Exit(IntEnum):
    """Exit codes of every command."""

    FINE = 0
    INCOMPLETE = 1  # some file or spectrum failed, or a fit is FAIL; the rest is done
    USAGE = 2  # nothing was read or written
    NOTHING_READ = 3
    INTERRUPTED = 130


WRONG_REQUEST = (InvalidOption, InvalidQuantity, InvalidSample, InvalidSheet, InvalidCircuit, UnknownName)


def code_of(error: LiponEisError) -> Exit:
    """Return the exit code for an error that ended a command."""
    if isinstance(error, WRONG_REQUEST):
        return Exit.USAGE
    return Exit.NOTHING_READ if isinstance(error, UnreadableFile) else Exit.INCOMPLETE
