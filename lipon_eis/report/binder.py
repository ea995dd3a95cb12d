"""Pages to PDF: gathers their data, draws their figures, hands all to the layout in ``report.typ``.

Nothing is written but the PDF: layout, texts and figures go to typst in memory, texts as data
that is never read as markup. One function a page; a new page is named in `pages`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import COLOURS, MARKERS, MOST, Line, arrhenius_figure, lines
from lipon_eis.report.document import Document, entries
from lipon_eis.report.methods import methods
from lipon_eis.report.overview import overview_figure
from lipon_eis.report.published import published
from lipon_eis.report.series_plot import legend, series_figure
from lipon_eis.report.spectrum_page import spectrum_page
from lipon_eis.report.summary import summary

#: Last character of the scripts that the layout's own fonts cover: Latin, Greek, Cyrillic.
COVERED = 0x052F
COVERED_SYMBOLS = ((0x1E00, 0x2BFF), (0xFB00, 0xFB06), (0xFFFD, 0xFFFD))


def pages(document: Document) -> dict[str, Any]:
    """Return everything that the layout shows."""
    with style.settings():
        films = lines(document)
        plots = [films[k : k + MOST] for k in range(0, len(films), MOST)]
        overview = overview_figure(document)
        return {
            "overview": None if overview is None else style.svg(overview),
            "summary": summary(document),
            "arrhenius": [{"svg": style.svg(arrhenius_figure(plot)), "legend": _legend(plot)} for plot in plots],
            "drawn": [_drawn(one) for one in document.get("series") or []],
            "published": published(document),
            "spectra": [spectrum_page(entry) for entry in entries(document)],
            "methods": methods(document),
        }


def _legend(plot: list[Line]) -> list[dict[str, Any]]:
    """Return mark, colour and what is known of each line of a plot; the layout writes it beside the plot."""
    return [
        {"mark": mark, "colour": colour, "label": line.label, "series": line.index}
        for line, colour, (_, mark) in zip(plot, COLOURS, MARKERS, strict=False)
    ]


def _drawn(series: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the figure that a series brings along and the names of its lines, None where it brings none."""
    figure = series.get("figure")
    return None if not figure else {"svg": style.svg(series_figure(figure)), "legend": legend(figure)}


def bind(document: Document) -> bytes:
    """Return the report of a results document as PDF."""
    import typst

    data = json.dumps(pages(document), ensure_ascii=False)
    made: bytes = typst.compile(
        files("lipon_eis.report").joinpath("report.typ").read_bytes(),
        sys_inputs={"data": data},
        ignore_system_fonts=_is_covered(data),
        timestamp=_timestamp(document),
    )
    return made


def _timestamp(document: Document) -> int:
    """Return the date of the results in seconds since 1970; 0 where they carry none."""
    try:
        created = datetime.fromisoformat(str((document.get("provenance") or {}).get("created")))
    except ValueError:
        return 0
    return max(0, int(created.replace(tzinfo=created.tzinfo or UTC).timestamp()))


def _is_covered(text: str) -> bool:
    """Return whether the layout's own fonts have every letter, so that no font of the machine is looked at."""
    return all(ord(c) <= COVERED or any(a <= ord(c) <= b for a, b in COVERED_SYMBOLS) for c in set(text))
