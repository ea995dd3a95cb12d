"""The main job: spectra and what is known of their films in, a `Batch` of results out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lipon_eis.analysis import AUTO, Task, analyse
from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import InvalidOption, InvalidQuantity, LiponEisError, UnknownParameter, nearest
from lipon_eis.fitting.fit import Options
from lipon_eis.fitting.masking import Mask, Wish
from lipon_eis.fitting.options import INTERVALS
from lipon_eis.fitting.ranking import ACCURACY
from lipon_eis.library import circuits, load_circuit
from lipon_eis.model.circuit import Circuit
from lipon_eis.readers.failure import Failure
from lipon_eis.report.document import SCHEMA
from lipon_eis.result import FitResult, plain
from lipon_eis.sample import Sample, merge
from lipon_eis.selection import only_known
from lipon_eis.sheet import SampleSheet, read_sheet
from lipon_eis.spectrum import Spectrum
from lipon_eis.temperature_series import TemperatureSeries, temperature_series
from lipon_eis.units import PARAMETER_DIMENSIONS, parse_number, parse_range
from lipon_eis.version import VERSION

if TYPE_CHECKING:
    import pandas

PORTION = 64  # spectra that one process fits at a time

AnyCircuit = str | Path | Circuit | NamedCircuit
Number = float | str
Bounds = tuple[Number | None, Number | None] | str
Samples = str | Path | SampleSheet | Sample | Sequence[Sample] | None


@dataclass(frozen=True, eq=False)
class Batch:
    """Results of many spectra, and what failed.

    Attributes:
        results: In the order of the spectra.
        failures: Files that could not be read, spectra that could not be fitted.
        command: What was called, for the provenance.
        settings: With which settings.
        created: When, ISO 8601.
    """

    results: tuple[FitResult, ...]
    failures: tuple[Failure, ...] = ()
    command: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    created: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return everything as plain values, as it stands in results.json."""
        return self._document

    @cached_property
    def series(self) -> tuple[TemperatureSeries, ...]:
        """Activation energies of the groups that were measured at three or more temperatures."""
        return temperature_series(self.results)

    @cached_property
    def _document(self) -> dict[str, Any]:
        import scipy

        return {
            "schema": SCHEMA,
            "provenance": {
                "version": VERSION,
                "command": self.command,
                "created": self.created,
                "python": ".".join(map(str, sys.version_info[:3])),
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "settings": plain(self.settings),
            },
            "results": [result.to_dict() for result in self.results],
            "series": [series.to_dict() for series in self.series],
            "failures": [f.to_dict() for f in self.failures],
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one row a spectrum, as in results.csv."""
        from lipon_eis.report.csv_table import results_rows

        return results_rows(self.to_document())

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the rows as a pandas DataFrame."""
        import pandas

        return pandas.DataFrame(self.to_rows())

    def write(self, folder: str | Path, *, report: bool = True) -> Path:
        """Write results.csv, results.json and report.pdf; each is whole or not there.

        Args:
            folder: Made if missing; earlier results in it are replaced.
            report: Whether to make the PDF. An earlier one is removed either way: it would belong to other results.

        Returns:
            The folder.
        """
        import json

        from lipon_eis.report import write_csv, write_report
        from lipon_eis.report.whole_file import write_whole

        folder, document = Path(folder), self.to_document()
        text = json.dumps(document, allow_nan=False, ensure_ascii=False, indent=1) + "\n"
        (folder / "report.pdf").unlink(missing_ok=True)
        # A file name that is no Unicode comes as lone surrogates; JSON has an escape for them.
        write_whole(folder / "results.json", text.encode(errors="backslashreplace"))
        write_csv(document, folder / "results.csv")
        if report:
            write_report(document, folder / "report.pdf")
        return folder


def fit(
    spectrum: Spectrum,
    circuit: AnyCircuit = AUTO,
    *,
    thickness: str | float | None = None,
    area: str | float | None = None,
    temperature: str | float | None = None,
    sample: Sample | None = None,
    **how: Any,
) -> FitResult:
    """Fit one spectrum, convert it, judge it.

    Args:
        spectrum: What was measured.
        circuit: A name, a circuit string, a path, a `Circuit`, or ``auto``.
        thickness: Of the film, ``"1.2 um ± 5 %"`` or [m].
        area: Of the smaller electrode, ``"0.5 cm2"`` or [m²].
        temperature: ``"25 degC"`` or [K].
        sample: More that is known of the film; the three above have precedence.
        how: ``guess``, ``fix``, ``bounds``, ``roles``, ``weighting``, ``seed``, ``accuracy``,
            ``interval``, ``tie``, ``space``, ``mask``, ``max_work``; see `make_task`.

    Raises:
        CannotFit: The spectrum cannot determine the circuit.
        LiponEisError: An unknown circuit, parameter, unit, …

    >>> z = Circuit("R0-p(R1,CPE1)-CPE2").impedance(f := np.logspace(6, 0, 50), [10, 1e3, 1e-9, 0.95, 1e-6, 0.9])
    >>> round(fit(Spectrum(f, z), "lipon-blocking").values["R1"], 6)
    1000.0
    """
    if not isinstance(spectrum, Spectrum):
        raise InvalidOption(
            f"fit takes one Spectrum, got {type(spectrum).__name__}: le.read(path) returns a list of them, "
            "le.fit(le.read(path)[0]) fits the first, le.fit_batch(le.read(path)) all"
        )
    given = Sample.build(thickness=thickness, area=area, temperature=temperature)
    film = merge(given, sample, Sample.from_meta(spectrum.meta, spectrum.temperature))
    (result,) = analyse([spectrum], [film], make_task(circuit, **how))
    if isinstance(result, LiponEisError):
        raise result
    return result


def fit_batch(
    spectra: Sequence[Spectrum],
    circuit: AnyCircuit = AUTO,
    *,
    samples: Samples = None,
    thickness: str | float | None = None,
    area: str | float | None = None,
    temperature: str | float | None = None,
    defaults: Sample | None = None,
    failures: Sequence[Failure] = (),
    jobs: int = 1,
    command: str = "lipon_eis.fit_batch",
    settings: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
    **how: Any,
) -> Batch:
    """Fit many spectra; what fails is recorded and costs the others nothing.

    Args:
        spectra: What was measured.
        circuit: As in `fit`.
        samples: A sample sheet (or its path), one `Sample` for all, or one for each spectrum.
        thickness: As in `fit`; has precedence over the samples, these over ``defaults``, these over file headers.
        area: Likewise.
        temperature: Likewise.
        defaults: What holds where neither option nor sheet says anything (``lipon-eis.toml``).
        failures: Earlier ones, of reading, to be carried along.
        jobs: Number of processes; the results do not depend on it.
        command: For the provenance.
        settings: For the provenance.
        progress: Called with the number of spectra done since the last call.
        how: As in `fit`.

    Raises:
        LiponEisError: The request itself is wrong: an unknown circuit, a bad sheet, …
    """
    task = make_task(circuit, **how)
    films = films_of(spectra, samples, Sample.build(thickness=thickness, area=area, temperature=temperature), defaults)
    for spec in {film.circuit for film in films} - {None, AUTO}:
        load_circuit(str(spec))
    portions = [slice(first, first + PORTION) for first in range(0, len(spectra), PORTION)]
    outcome: list[FitResult | LiponEisError] = []
    for found in _each(spectra, films, task, portions, jobs):
        outcome += found
        if progress:
            progress(len(found))

    fitted = tuple(result for result in outcome if isinstance(result, FitResult))
    failed = [
        Failure.of(error, str(spectrum.meta.get("source", spectrum.label)), int(spectrum.meta.get("spectrum", 0)))
        for spectrum, error in zip(spectra, outcome, strict=True)
        if isinstance(error, LiponEisError)
    ]
    shown = {"circuit": str(circuit) if not isinstance(circuit, NamedCircuit) else circuit.name, **how}
    return Batch(
        results=fitted,
        failures=(*failures, *failed),
        command=command,
        settings=shown if settings is None else settings,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def films_of(
    spectra: Sequence[Spectrum], samples: Samples, given: Sample, defaults: Sample | None = None
) -> list[Sample]:
    """Return what is known of each spectrum's film: option, then sheet, then defaults, then file header.

    Raises:
        InvalidOption: A list of samples of another length than the spectra.
        InvalidSheet: The sheet cannot be read, or is ambiguous.
    """
    if isinstance(samples, str | Path):
        samples = read_sheet(samples)
    listed: list[Sample | None]
    if samples is None or isinstance(samples, Sample):
        listed = [samples] * len(spectra)
    elif isinstance(samples, SampleSheet):
        listed = [
            samples.sample_for(str(s.meta.get("source", s.label)), int(s.meta.get("spectrum", 0))) for s in spectra
        ]
    else:
        if len(samples) != len(spectra):
            raise InvalidOption(f"{len(samples)} samples for {len(spectra)} spectra: give one for each")
        listed = list(samples)
    return [
        merge(given, film, defaults, Sample.from_meta(spectrum.meta, spectrum.temperature))
        for spectrum, film in zip(spectra, listed, strict=True)
    ]


def make_task(
    circuit: AnyCircuit = AUTO,
    *,
    guess: Mapping[str, Number] | None = None,
    fix: Mapping[str, Number] | None = None,
    bounds: Mapping[str, Bounds] | None = None,
    roles: Mapping[str, str] | None = None,
    weighting: str = "modulus",
    seed: int = 0,
    accuracy: float = ACCURACY,
    interval: str = "auto",
    tie: Mapping[str, str] | None = None,
    space: str = "Z",
    mask: Wish | Sequence[Wish] | None = None,
    max_work: int | None = None,
) -> Task:
    """Check a request before any work is done.

    Args:
        circuit: As in `fit`.
        guess: One more start, by parameter name; numbers in SI or texts such as ``"4k"``.
        fix: Parameters that are held at a value.
        bounds: Parameter → (low, high), an open end None, or ``"0.7..1"``.
        roles: Parameter → role, for a bare circuit string: ``{"R1": "bulk.resistance"}``.
        weighting: ``modulus``, ``proportional``, ``unit`` or ``sigma``.
        seed: For circuits whose starts are quasi-random.
        accuracy: Of the instrument, relative, for ``auto``.
        interval: ``auto`` (covariance, and profile likelihood where a parameter is weakly determined),
            ``covariance`` or ``bootstrap``.
        tie: Parameter → one of its kind that it follows: ``{"CPE1_1": "CPE2_1"}`` estimates one exponent for both.
        space: ``Z``, or ``Y`` for residuals and weights of the admittance.
        mask: Points to leave out: ``"outliers"`` (points that stand apart are masked and the rest is fitted again),
            ``"50Hz"`` or a number [Hz], ``"45Hz..55Hz"`` or (low, high), or a list of these.
        max_work: Limit of the evaluations of the circuit that one spectrum may take, from all starts together; one
            that reaches it is marked ``not-converged``.

    Raises:
        UnknownCircuit, InvalidCircuit, UnknownParameter, InvalidQuantity, InvalidOption: What is wrong.
    """
    from lipon_eis.fitting.weights import SPACES, WEIGHTINGS

    if weighting not in WEIGHTINGS:
        raise InvalidOption(
            f"no weighting {weighting!r}{nearest(weighting, WEIGHTINGS)}; there are {', '.join(WEIGHTINGS)}"
        )
    if interval not in INTERVALS:
        raise InvalidOption(f"no interval {interval!r}{nearest(interval, INTERVALS)}; there are {', '.join(INTERVALS)}")
    if space not in SPACES:
        raise InvalidOption(f"no space {space!r}; there are {' and '.join(f'{k} ({v})' for k, v in SPACES.items())}")
    if max_work is not None and not max_work >= 1:
        raise InvalidOption(f"max_work is a number of evaluations of at least 1, not {max_work!r}")
    if not 0 <= accuracy < 1:
        raise InvalidOption(f"accuracy is a fraction such as 0.002, not {accuracy!r}")
    candidates = circuits() if circuit == AUTO else (load_circuit(circuit, roles),)
    units = {parameter.name: parameter.unit for named in candidates for parameter in named.circuit.parameters}
    options = Options(
        weighting=weighting,
        guess={name: _number("guess", name, value, units) for name, value in (guess or {}).items()},
        fix={name: _number("fix", name, value, units) for name, value in (fix or {}).items()},
        bounds={name: _bounds(name, value, units) for name, value in (bounds or {}).items()},
        seed=seed,
        interval=interval,
        tie=dict(tie or {}),
        space=space,
        max_work=max_work,
    )
    masked = Mask.of(mask)
    if circuit == AUTO:
        if roles:
            raise InvalidOption("roles belong to a circuit string: name it, auto chooses circuits that have roles")
        for name in {*options.guess, *options.fix, *options.bounds, *options.tie, *options.tie.values()} - set(units):
            known = ", ".join(sorted(units))
            raise UnknownParameter(f"no circuit has a parameter {name!r}{nearest(name, units)} (there are {known})")
        for named in candidates:
            only_known(options, named).check(named.circuit)
        return Task(AUTO, options=options, accuracy=accuracy, mask=masked)
    options.check(candidates[0].circuit)
    return Task(candidates[0], options=options, accuracy=accuracy, mask=masked)


def _each(
    spectra: Sequence[Spectrum], films: Sequence[Sample], task: Task, portions: Sequence[slice], jobs: int
) -> Iterable[list[FitResult | LiponEisError]]:
    if jobs <= 1 or len(portions) <= 1:
        return (analyse(spectra[part], films[part], task) for part in portions)
    from joblib import Parallel, delayed

    calls = (delayed(analyse)(spectra[part], films[part], task) for part in portions)
    found: Iterable[list[FitResult | LiponEisError]] = Parallel(n_jobs=jobs, return_as="generator")(calls)
    return found


def _number(what: str, name: str, value: Number, units: Mapping[str, str]) -> float:
    """Return a value in SI; a text may carry a prefix or the parameter's unit, ``4k`` or ``4 kohm``."""
    if not isinstance(value, str):
        return float(value)
    unit = units.get(name)
    try:
        return parse_number(value, unit if unit in PARAMETER_DIMENSIONS else None)
    except InvalidQuantity as error:
        raise InvalidQuantity(f"{what} {name}: {error}") from error


def _bounds(name: str, value: Bounds, units: Mapping[str, str]) -> tuple[float | None, float | None]:
    if not isinstance(value, str):
        low, high = (None if end is None else _number("bounds", name, end, units) for end in value)
        return low, high
    try:
        return parse_range(value, PARAMETER_DIMENSIONS.get(units.get(name, ""), "dimensionless"))
    except InvalidQuantity as error:
        raise InvalidQuantity(f"bounds {name}: {error}") from error
