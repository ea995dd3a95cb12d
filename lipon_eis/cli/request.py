"""What `lipon-eis fit` was asked to do: options, sample sheet and ``lipon-eis.toml`` in one place.

Making a `Request` reads no spectrum and writes nothing, and every mistake that can be seen
without the data is found here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lipon_eis.cli.output import refuse_unwritable
from lipon_eis.sample import Sample, merge
from lipon_eis.settings import Settings

if TYPE_CHECKING:
    from lipon_eis.analysis import Task
    from lipon_eis.sheet import SampleSheet
    from lipon_eis.spectrum import Spectrum

DEFAULT_OUTPUT = Path("lipon-eis-results")


@dataclass(frozen=True)
class Request:
    """A job, checked.

    Attributes:
        circuit: As typed, or ``auto``.
        circuit_is_option: Whether it was given on the command line; then it has precedence over the sheet's.
        film: What options say of every film.
        defaults: What ``lipon-eis.toml`` says of it.
        sheet: The sample sheet, or None.
        how: ``guess``, ``fix``, … as `lipon_eis.fit_batch` takes them.
        window: (low, high) [Hz]; an open end is None.
        output: Folder for the results, or None where nothing is to be written.
        report: Whether to make the PDF.
        jobs: Number of processes.
        settings: All of it as plain values, for the provenance.
    """

    circuit: str
    circuit_is_option: bool
    film: Sample
    defaults: Sample
    sheet: SampleSheet | None
    how: Mapping[str, Any]
    window: tuple[float | None, float | None]
    output: Path | None
    report: bool
    jobs: int
    settings: Mapping[str, Any]

    def films(self, spectra: Sequence[Spectrum]) -> list[Sample]:
        """Return what is known of each film: option, then sheet, then ``lipon-eis.toml``, then file header."""
        from lipon_eis.batch import films_of

        films = films_of(spectra, self.sheet, self.film, self.defaults)
        return [_without_circuit(film) for film in films] if self.circuit_is_option else films


def request(options: Mapping[str, Any], settings: Settings) -> Request:
    """Put options and settings together and check them.

    Args:
        options: Of the command line, by the names of `lipon_eis.cli.options.fitting`; missing or None is not given.
        settings: Of ``lipon-eis.toml``.

    Raises:
        LiponEisError: An unknown circuit or parameter, a bad sheet, …
        click.BadParameter: The output folder cannot be written to.
    """
    from lipon_eis.batch import make_task
    from lipon_eis.element_file import load_elements
    from lipon_eis.sheet import read_sheet

    def chosen(name: str, default: Any = None) -> Any:
        given = (options.get(name), getattr(settings, name))
        return next((value for value in given if value is not None), default)

    def assigned(name: str, of_settings: Mapping[str, str]) -> dict[str, str]:
        return {**of_settings, **options.get(name, {})}

    if options.get("elements") is not None:
        load_elements(options["elements"])
    own_circuit = options.get("circuit") is not None
    circuit = str(chosen("circuit", "auto"))
    how = {
        "guess": assigned("guess", settings.guess),
        "fix": assigned("fix", settings.fix),
        "bounds": assigned("bounds", settings.bounds),
        "tie": assigned("tie", settings.tie),
        "roles": assigned("roles", settings.role),
        "weighting": chosen("weighting", "modulus"),
        "space": chosen("space", "Z"),
        "interval": chosen("interval", "auto"),
        "mask": list(options.get("mask") or settings.mask or ()),
        "max_work": chosen("max_work"),
        "seed": chosen("seed", 0),
    }
    if (accuracy := chosen("accuracy")) is not None:
        how["accuracy"] = accuracy
    task = make_task(circuit, **how)
    sheet_path = chosen("samples")
    sheet = read_sheet(sheet_path) if sheet_path else None
    if sheet and not own_circuit:
        _check_circuits_of(sheet, task)
    output = options.get("output") if options.get("as_json") else chosen("output", DEFAULT_OUTPUT)
    if output is not None:
        refuse_unwritable(output)
    known: dict[str, Any] = {name: options.get(name) for name in ("thickness", "area", "temperature")}
    film = Sample.build(**known)
    window = options.get("window") or settings.range or (None, None)
    return Request(
        circuit=circuit,
        circuit_is_option=own_circuit,
        film=film,
        defaults=settings.sample,
        sheet=sheet,
        how=how,
        window=window,
        output=output,
        report=not chosen("no_report", False),
        jobs=chosen("jobs", 1),
        settings={
            **_recorded(circuit, task),
            "roles": how["roles"],
            "mask": how["mask"],
            "range_hz": None if window == (None, None) else list(window),
            "format": chosen("format"),
            "imaginary": chosen("imaginary"),
            "temperature_from": chosen("temperature_from"),
            "elements": _as_posix(options.get("elements")),
            "samples": _as_posix(sheet_path),
            "film": _known(merge(film, settings.sample)),
        },
    )


def _as_posix(path: Path | None) -> str | None:
    return None if path is None else path.as_posix()


def _recorded(circuit: str, task: Task) -> dict[str, Any]:
    """Return how the fit was asked for, as plain values in SI."""
    return {
        "circuit": circuit,
        "weighting": task.options.weighting,
        "guess": dict(task.options.guess),
        "fix": dict(task.options.fix),
        "bounds": {name: list(ends) for name, ends in task.options.bounds.items()},
        "tie": dict(task.options.tie),
        "space": task.options.space,
        "interval": task.options.interval,
        "max_work": task.options.max_work,
        "seed": task.options.seed,
        "accuracy": task.accuracy,
    }


def _check_circuits_of(sheet: SampleSheet, task: Task) -> None:
    """Refuse a sheet's circuit that does not exist, or that lacks a parameter named by an option."""
    from lipon_eis.cli.terminal import sentence
    from lipon_eis.errors import InvalidSheet, LiponEisError
    from lipon_eis.library import load_circuit

    for row in sheet.rows:
        if row.sample.circuit in (None, "auto"):
            continue
        try:
            task.options.check(load_circuit(str(row.sample.circuit)).circuit)
        except LiponEisError as error:
            raise InvalidSheet(sheet.path, f"column 'circuit': {sentence(error)}", row.line) from error


def _without_circuit(film: Sample) -> Sample:
    return replace(film, circuit=None, origin={k: v for k, v in film.origin.items() if k != "circuit"})


def _known(film: Sample) -> dict[str, Any]:
    return {name: value for name, value in film.to_dict().items() if value not in (None, {})}
