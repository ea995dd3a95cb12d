"""From a results document to a PDF, a CSV and a table in the terminal.

Everything here is made from the document of ``results.json`` alone; the measured files are not
opened again. matplotlib and typst are imported by the functions that need them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lipon_eis.report.csv_table import results_rows, write_csv
from lipon_eis.report.tables import results_table

__all__ = ["results_rows", "results_table", "write_csv", "write_report"]


def write_report(results: Any, path: str | Path) -> Path:
    """Write the PDF report of fitted spectra.

    The same document gives the same bytes: the date is that of the results, no font of the
    machine is used unless a label is written in a script that the report's own fonts lack.

    Args:
        results: A document as in ``results.json``, a path to one, a folder that holds one, or
            anything with ``to_document()`` such as a `Batch`.
        path: Of the PDF. An existing file is replaced as a whole, or not at all.

    Returns:
        The path written.

    Raises:
        UnreadableFile: The path holds no results document, or one of another schema.
    """
    from lipon_eis.report.binder import bind
    from lipon_eis.report.document import load
    from lipon_eis.report.whole_file import write_whole

    return write_whole(path, bind(load(results)))
