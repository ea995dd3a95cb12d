"""A figure as the bytes of an image file, the same for the same figure."""

from __future__ import annotations

import io
from typing import Any

FORMATS = ("svg", "pdf", "png")
DATELESS = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
DOTS_PER_INCH = 200


def image(figure: Any, form: str) -> bytes:
    """Return a figure in one of `FORMATS`; to be called inside `lipon_eis.report.style.settings`.

    Letters of an SVG are drawn as outlines, so that it looks alike wherever it is shown.
    """
    import matplotlib

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        figure.savefig(stream, format=form, dpi=DOTS_PER_INCH, metadata=DATELESS[form])
    return stream.getvalue()
