"""The last step of every reader: sweeps and header to `Spectrum`."""

from __future__ import annotations

from collections.abc import Sequence

from lipon_eis.errors import InvalidSpectrum
from lipon_eis.readers.format import File
from lipon_eis.readers.header import Header
from lipon_eis.readers.table import Sweep
from lipon_eis.spectrum import Spectrum


def spectra(file: File, format_name: str, header: Header, sweeps: Sequence[Sweep]) -> list[Spectrum]:
    """Make the spectra of one file, labelled by its stem and, where there are several, their index.

    Raises:
        UnreadableFile: A sweep has no usable point.
    """
    made = []
    for index, sweep in enumerate(sweeps):
        meta = {
            "format": format_name,
            "source": file.source,
            "sha256": file.sha256,
            "spectrum": index,
            **header.meta,
            **sweep.meta,
            "origin": {**header.origin, **sweep.origin},
            "ignored": list(header.ignored),
        }
        stem = file.path.stem
        try:
            spectrum = Spectrum(
                frequency=sweep.frequency,
                impedance=sweep.impedance,
                sigma=sweep.sigma,
                label=stem if len(sweeps) == 1 else f"{stem}#{index}",
                temperature=meta.get("temperature_K"),  # type: ignore[arg-type]  # a float where it is set
                meta=meta,
                notes=(*header.notes, *sweep.notes),
            )
        except InvalidSpectrum as error:
            raise file.refuse(f"spectrum {index}: {error}") from error
        made.append(spectrum)
    return made
