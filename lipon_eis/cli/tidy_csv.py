"""A spectrum as tidy CSV: three columns, full precision, by falling frequency, masked points included."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lipon_eis.spectrum import Spectrum

HEADER = "frequency_hz,z_re_ohm,z_im_ohm"


def tidy_csv(spectrum: Spectrum) -> str:
    """Return the text of the file; every number reads back as the same float."""
    z = spectrum.impedance
    rows = zip(spectrum.frequency.tolist(), z.real.tolist(), z.imag.tolist(), strict=True)
    return "\n".join([HEADER, *(",".join(map(repr, row)) for row in rows)]) + "\n"
