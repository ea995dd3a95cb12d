"""The spectra of open and shorted fixtures that a sample sheet names, and what they take from a spectrum."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from lipon_eis.errors import UnreadableFile
from lipon_eis.physics.fixture import DONE, compensate
from lipon_eis.readers import read
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum


def without_fixture(spectrum: Spectrum, sample: Sample) -> Spectrum:
    """Return a spectrum without what its fixture added, as far as the sample tells.

    Raises:
        UnreadableFile: An open or short file cannot be read, or holds several spectra.
    """
    if DONE in spectrum.meta:
        return spectrum
    return compensate(
        spectrum,
        open_fixture=_fixture(sample.open_file, "open_file"),
        short_fixture=_fixture(sample.short_file, "short_file"),
        stray_capacitance=sample.stray_capacitance,
    )


def _fixture(path: str | None, what: str) -> Spectrum | None:
    if path is None:
        return None
    try:
        changed = os.stat(path).st_mtime_ns
    except OSError as error:
        raise UnreadableFile(path, f"the {what} of a sample cannot be read: {error.strerror}") from error
    return _read(path, changed, what)


@lru_cache(maxsize=32)
def _read(path: str, changed: int, what: str) -> Spectrum:
    """Read a fixture's file once, unless it changed since."""
    spectra = read(Path(path))
    if len(spectra) != 1:
        raise UnreadableFile(path, f"the {what} of a sample has to hold one spectrum, found {len(spectra)}")
    return spectra[0]
