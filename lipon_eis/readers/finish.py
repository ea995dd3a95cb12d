"""The last step of every reader: sweeps and header to `Spectrum`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from lipon_eis.errors import InvalidSpectrum
from lipon_eis.readers.deferred import Deferred
from lipon_eis.readers.format import HEAD_BYTES, File
from lipon_eis.readers.header import Header
from lipon_eis.readers.table import Sweep
from lipon_eis.spectrum import Spectrum


def spectra(
    file: File,
    format_name: str,
    header: Header | Callable[[], Header],
    sweeps: Sequence[Sweep],
    notes_of_header: Sequence[str] = (),
) -> list[Spectrum]:
    """Make the spectra of one file, labelled by its stem and, where there are several, their index.

    Args:
        file: Where they are from.
        format_name: For ``meta["format"]``.
        header: Or what finds it, for a file whose header says nothing more that has to be known at once, a
            temperature or a note. Small files are then kept until somebody asks what their header said.
        sweeps: At least one.
        notes_of_header: Where that is found later.

    Raises:
        UnreadableFile: A sweep has no usable point.
    """
    if not isinstance(header, Header) and len(file.data) > HEAD_BYTES:
        header = header()
    stem, made = file.stem, []
    for index, sweep in enumerate(sweeps):
        meta: Mapping[str, Any]
        if isinstance(header, Header):
            meta, notes = (
                _meta(file, format_name, header, index, sweep.meta, sweep.origin),
                (*header.notes, *sweep.notes),
            )
            temperature = meta.get("temperature_K")
        else:
            meta = Deferred(_meta, file, format_name, header, index, sweep.meta, sweep.origin)
            temperature, notes = sweep.meta.get("temperature_K"), (*notes_of_header, *sweep.notes)
        try:
            make = Spectrum.of_usable_points if sweep.ordinary else partial(Spectrum, sigma=sweep.sigma)
            spectrum = make(
                frequency=sweep.frequency,
                impedance=sweep.impedance,
                label=stem if len(sweeps) == 1 else f"{stem}#{index}",
                temperature=temperature,
                meta=meta,
                notes=notes,
            )
        except InvalidSpectrum as error:
            raise file.refuse(f"spectrum {index}: {error}") from error
        made.append(spectrum)
    return made


def _meta(
    file: File,
    format_name: str,
    header: Header | Callable[[], Header],
    index: int,
    own: Mapping[str, object],
    origin: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the header says, what is the spectrum's own, where each was found, and what was not used."""
    said = header if isinstance(header, Header) else header()
    return {
        "format": format_name,
        "source": file.source,
        "sha256": file.sha256,
        "spectrum": index,
        **said.meta,
        **own,
        "origin": {**said.origin, **origin},
        "ignored": list(said.ignored),
    }
