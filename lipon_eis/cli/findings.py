"""What a fit found to be wrong or doubtful, on stderr: a line a failure, a line a kind of doubt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from lipon_eis.cli import terminal
from lipon_eis.cli.reading import line_of, source_of
from lipon_eis.errors import nearest

if TYPE_CHECKING:
    from lipon_eis.batch import Batch
    from lipon_eis.readers import Failure
    from lipon_eis.sheet import SampleSheet
    from lipon_eis.spectrum import Spectrum
    from lipon_eis.verdict import Reason

NAMED = 3


def say_failures(failures: Sequence[Failure], batch: Batch) -> None:
    """Name every spectrum that could not be fitted, and every one that is judged FAIL."""
    for failure in failures:
        terminal.error(line_of(failure))
    for result in batch.results:
        if result.verdict == "fail":
            source, index = source_of(result.spectrum)
            which = f", spectrum {index}" if index else ""
            reason = next((r.message for r in result.reasons if r.level == "fail"), "")
            terminal.error(f"{source}{which}: judged FAIL: {reason}")


def say_doubts(batch: Batch) -> None:
    """Say each reason for CHECK once, with the spectra or series that have it and the sentence of the first."""
    _say_each_code([(r.sample.label or r.spectrum.label, r.reasons) for r in batch.results if r.verdict == "check"])
    _say_each_code([(s.label, s.reasons) for s in batch.series if s.verdict == "check"], "series")


def _say_each_code(judged: Sequence[tuple[str, Sequence[Reason]]], things: str = "spectra") -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for label, reasons in judged:
        sentences: dict[str, str] = {}
        for reason in reasons:
            if reason.level == "check":
                sentences.setdefault(reason.code, reason.message)
        for code, sentence in sentences.items():
            found.setdefault(code, []).append((label, sentence))
    for code, cases in found.items():
        labels = [label for label, _ in cases]
        who = labels[0] if len(cases) == 1 else f"{len(cases)} {things} ({_some(labels)}); of the first"
        terminal.warning(f"{code}: {who}: {cases[0][1]}")


def say_unused_rows(sheet: SampleSheet, spectra: Sequence[Spectrum]) -> None:
    """Count the sheet's rows that fit no spectrum, and name the first: probably misspelt."""
    sources = [source_of(spectrum) for spectrum in spectra]
    rows = sheet.unused(sources)
    if not rows:
        return
    without_row = {PurePosixPath(source).name for source, k in sources if sheet.sample_for(source, k) is None}
    hint = nearest(PurePosixPath(rows[0].pattern).name, without_row, count=1)
    places = [f"{row.line} ({row.pattern}{'' if row.spectrum is None else f', {row.spectrum}'})" for row in rows]
    what, lines = ("1 row fits", "line") if len(rows) == 1 else (f"{len(rows)} rows fit", "lines")
    terminal.warning(f"{sheet.path}: {what} no spectrum that was read: {lines} {_some(places)}{hint}")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
