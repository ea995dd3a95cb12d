"""Reading one file, and reading many without one bad file stopping the others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lipon_eis.errors import InvalidOption, LiponEisError, UnreadableFile, UnrecognisedFile
from lipon_eis.readers.failure import Failure
from lipon_eis.readers.files import find_files
from lipon_eis.readers.format import HEAD_BYTES, MAX_BYTES, File, Format, Head
from lipon_eis.readers.opening import open_file, read_bytes
from lipon_eis.readers.registry import claimed, named, recognise
from lipon_eis.spectrum import Spectrum

_IMAGINARY = ("as-is", "negated")


@dataclass(frozen=True)
class Reading:
    """What came of reading many paths.

    Attributes:
        spectra: In the order of the files and, within each, of the sweeps.
        failures: Files that should have given spectra and did not.
        passed_over: Files in folders that no reader recognises, with ``/``.
    """

    spectra: list[Spectrum]
    failures: list[Failure]
    passed_over: list[str]


def read(
    path: str | Path, *, format: str | None = None, imaginary: str | None = None, temperature_from: str | None = None
) -> list[Spectrum]:
    """Read all spectra of one file.

    Args:
        path: A file of any format in `formats`, recognised by its content.
        format: Name of the format, where it should not be recognised but is known.
        imaginary: For files that do not say whether they store Im or minus Im: ``"as-is"`` or
            ``"negated"``. Files that do say are not affected.
        temperature_from: Regular expression with one group that finds the temperature in the file's name, in
            °C unless a unit follows it in the match: ``"_(-?[0-9]+)C"``. It has precedence over the header.

    Returns:
        One or more spectra. ``Spectrum.meta`` holds what the header said, and in
        ``meta["origin"]`` where; ``meta["ignored"]`` names what was not used.

    Raises:
        UnrecognisedFile: No reader knows the content.
        UnreadableFile: The content is of a known format and cannot be understood.
        InvalidOption: There is no such format, ``imaginary`` is neither word, or ``temperature_from`` is no
            regular expression with one group.
    """
    chosen = _options(format, imaginary, temperature_from)
    path = path if isinstance(path, str | Path) else Path(path)
    try:
        descriptor, size = open_file(path)
        try:
            head = Head(data := read_bytes(descriptor, HEAD_BYTES, size), whole=len(data) < HEAD_BYTES)
            if chosen is None:
                chosen = _recognised(path, head)
            if not head.whole:
                data += _rest(path, descriptor, size)
        finally:
            os.close(descriptor)
    except IsADirectoryError as error:
        raise UnreadableFile(Path(path), "this is a folder, expected a file") from error
    except OSError as error:
        raise UnreadableFile(Path(path), f"cannot be opened: {error.strerror or error}") from error
    spectra = chosen.read(File(path, data, imaginary, head))
    if temperature_from is None:
        return spectra
    from lipon_eis.readers.name_temperature import with_temperature

    return with_temperature(spectra, Path(path), temperature_from)


def _rest(path: str | Path, descriptor: int, size: int) -> bytes:
    """Return what follows the head, or refuse a file that is too large, before it fills the memory."""
    small = size <= MAX_BYTES
    data = read_bytes(descriptor, MAX_BYTES - HEAD_BYTES) if small else b""
    if not small or read_bytes(descriptor, 1):
        limit = f"{MAX_BYTES / 1e6:.0f} MB"
        raise UnreadableFile(Path(path), f"larger than {limit}, which no impedance export is; cut out the spectra")
    return data


def _options(
    format: str | None = None, imaginary: str | None = None, temperature_from: str | None = None
) -> Format | None:
    if temperature_from is not None:
        from lipon_eis.readers.name_temperature import pattern_of

        pattern_of(temperature_from)
    if imaginary is not None and imaginary not in _IMAGINARY:
        raise InvalidOption(f"imaginary must be {' or '.join(_IMAGINARY)}, got {imaginary!r}")
    return None if format is None else named(format)


def _recognised(path: str | Path, head: Head) -> Format:
    if not head.data:
        raise UnrecognisedFile(Path(path), "the file is empty")
    if (found := recognise(head)) is not None:
        return found
    from lipon_eis.readers import strangers
    from lipon_eis.readers.unnamed import explain

    raise UnrecognisedFile(
        Path(path), f"no reader knows this file: {strangers.describe(head.data) or explain(head.text)}"
    )


def gather(paths: str | Path | Iterable[str | Path], **how: str | None) -> Reading:
    """Read files, folders and globs; what cannot be read becomes a `Failure`.

    A file in a folder that no reader recognises is passed over. A file that was named, that bears the
    suffix of an instrument, or that is recognised and cannot be read, is a failure.

    Args:
        paths: What to read.
        how: ``format``, ``imaginary``, ``temperature_from``, as in `read`.

    Raises:
        InvalidOption: A path does not exist, or an option is wrong; nothing has been read then.
    """
    _options(**how)
    spectra: list[Spectrum] = []
    failures: list[Failure] = []
    passed_over: list[str] = []
    for found in find_files(paths):
        try:
            spectra += read(found.given, **how)
        except UnrecognisedFile as error:
            if found.named or found.path.suffix.lower() in claimed():
                failures.append(Failure.of(error, found.path.as_posix()))
            else:
                passed_over.append(found.path.as_posix())
        except LiponEisError as error:
            failures.append(Failure.of(error, found.path.as_posix()))
    return Reading(spectra, failures, passed_over)


def read_many(paths: str | Path | Iterable[str | Path], **how: str | None) -> tuple[list[Spectrum], list[Failure]]:
    """Read files, folders and globs; return (spectra, failures). `gather` also tells what was passed over.

    Args:
        paths: What to read.
        how: ``format``, ``imaginary``, ``temperature_from``, as in `read`.

    Raises:
        InvalidOption: A path does not exist, or an option is wrong; nothing has been read then.
    """
    reading = gather(paths, **how)
    return reading.spectra, reading.failures
