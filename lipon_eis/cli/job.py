"""The main job as the command line does it: read, fit, write, print, say what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lipon_eis.cli import terminal
from lipon_eis.cli.exits import Exit
from lipon_eis.cli.findings import say_doubts, say_failures, say_unused_rows
from lipon_eis.cli.reading import RESULTS, left_aside, say_what_was_not_read, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from lipon_eis.batch import Batch
    from lipon_eis.cli.request import Request
    from lipon_eis.readers import Failure, Reading
    from lipon_eis.spectrum import Spectrum


def run(
    request: Request,
    reading: Reading,
    command: str,
    *,
    as_json: bool = False,
    then: Callable[[Batch], Batch] | None = None,
) -> Exit:
    """Fit what was read, write and print the results, and name on stderr what failed.

    Args:
        request: What was asked for.
        reading: What was read.
        command: As typed.
        as_json: Print the results document and nothing else.
        then: What is done with the fitted spectra before they are written: a joint fit.

    Returns:
        The exit code.
    """
    from lipon_eis.batch import fit_batch

    spectra, outside = within(request.window, reading.spectra)
    with terminal.progress("fitting", total=len(spectra)) as done:
        batch = fit_batch(
            spectra,
            request.circuit,
            samples=request.films(spectra),
            failures=[*reading.failures, *outside],
            jobs=request.jobs,
            command=command,
            settings={**request.settings, "passed_over": len(left_aside(reading, _sheet_of(request)))},
            progress=done,
            **request.how,
        )
    if then is not None:
        batch = then(batch)
    written = bool(reading.spectra) and _write(batch, request)
    if as_json:
        terminal.print_json(batch.to_document())
    elif batch.results:
        _print_results(batch)
    code = say_what_was_not_read(reading, _sheet_of(request))
    if not reading.spectra:
        return code
    say_failures(batch.failures[len(reading.failures) :], batch)
    say_doubts(batch)
    if request.sheet is not None:
        say_unused_rows(request.sheet, reading.spectra)
    _say_what_was_done(batch, request, written=written)
    lost = request.output is not None and not written
    some_fail = any(result.verdict == "fail" for result in batch.results)
    return Exit.INCOMPLETE if lost or batch.failures or some_fail else code


def within(
    window: tuple[float | None, float | None], spectra: Sequence[Spectrum]
) -> tuple[list[Spectrum], list[Failure]]:
    """Mask the points outside a window [Hz]; a spectrum with none inside becomes a failure."""
    from lipon_eis.errors import InvalidSpectrum
    from lipon_eis.readers import Failure
    from lipon_eis.units import format_quantity

    if window == (None, None):
        return list(spectra), []
    low, high = (0.0 if window[0] is None else window[0]), (float("inf") if window[1] is None else window[1])
    kept: list[Spectrum] = []
    outside: list[Failure] = []
    for spectrum in spectra:
        try:
            kept.append(spectrum.between(low, high))
        except InvalidSpectrum:
            used = spectrum.frequency[spectrum.used]
            span = " to ".join(format_quantity(float(f"{f:.4g}"), "Hz") for f in (used.min(), used.max()))
            problem = InvalidSpectrum(f"no point inside --range: the data span {span}")
            outside.append(Failure.of(problem, *source_of(spectrum)))
    return kept, outside


def _write(batch: Batch, request: Request) -> bool:
    """Write the results and tell whether it was done; what the disk refuses is said, and costs no table."""
    if request.output is None:
        return False
    try:
        with terminal.progress("writing results and report" if request.report else "writing results"):
            batch.write(request.output, report=request.report)
    except OSError as problem:
        terminal.error(f"results were not written: {problem.filename or request.output}: {problem.strerror or problem}")
        return False
    return True


def _print_results(batch: Batch) -> None:
    """Print the table, what to know of its numbers, and the activation energies."""
    from rich.text import Text

    from lipon_eis.report import results_table
    from lipon_eis.report.series import series_lines
    from lipon_eis.report.tables import table_notes

    document = batch.to_document()
    with terminal.page() as screen:
        screen.print(results_table(document, width=screen.width))
        for line in (*table_notes(document), *series_lines(document, screen.width)):
            screen.print(Text(line))


def _sheet_of(request: Request) -> Path | None:
    return None if request.sheet is None else request.sheet.path


def _say_what_was_done(batch: Batch, request: Request, *, written: bool) -> None:
    """Count the verdicts and say where the results are."""
    count, verdicts = len(batch.results), Counter(result.verdict for result in batch.results)
    judged = ", ".join(f"{verdicts[v]} {v.upper()}" for v in ("pass", "check", "fail") if verdicts[v])
    failed = f"; {len(batch.failures)} not read or not fitted" if batch.failures else ""
    terminal.note(f"{count} {'spectrum' if count == 1 else 'spectra'} fitted{judged and ': '}{judged}{failed}")
    if written and request.output is not None:
        files = RESULTS if request.report else RESULTS[:-1]
        terminal.note(f"written to {request.output.as_posix()}: {', '.join(files)}")
