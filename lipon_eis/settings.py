"""``lipon-eis.toml``: the options a folder of measurements always needs, written down once.

The keys are the long options of the command line without their dashes. An option given on
the command line has precedence; the sample sheet does too, for thickness, area and
temperature::

    thickness = "1.2 um ± 5 %"
    area = "0.5 cm2"
    samples = "samples.csv"
    circuit = "lipon-blocking"
    range = "1Hz..1MHz"
    fix = ["R0=0"]

    [bounds]
    CPE1_1 = "0.7..1"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from lipon_eis.errors import InvalidQuantity, InvalidSample, InvalidSheet, nearest
from lipon_eis.sample import Sample, merge
from lipon_eis.units import parse_assignment, parse_range

FILE_NAME = "lipon-eis.toml"

NO_PROGRAM = (
    "key 'elements' would run a program because of a file that lies in the current folder, which may be somebody "
    "else's data: name it on the command line, --elements FILE.py"
)
_EXAMPLES = {"thickness": "1.2 um", "area": "0.5 cm2", "temperature": "25 degC"}
_SAMPLE_KEYS = tuple(_EXAMPLES)
_ASSIGNMENTS = ("guess", "fix", "bounds", "tie", "role")
_PATHS = ("samples", "output")


@dataclass(frozen=True)
class Settings:
    """What ``lipon-eis.toml`` says; None where it says nothing.

    Attributes:
        path: Of the file, or None where there is none.
        sample: Thickness, area and temperature, with the file as their origin.
        circuit: Name, circuit string or path, as given.
        samples: Path of the sample sheet, relative to the file's folder.
        weighting: ``modulus``, ``proportional``, ``unit`` or ``sigma``.
        space: ``Z`` or ``Y``.
        interval: ``auto``, ``covariance`` or ``bootstrap``.
        range: (low, high) [Hz]; an open end is None.
        mask: ``outliers``, frequencies and bands, as texts.
        format: Name of the files' format.
        imaginary: ``as-is`` or ``negated``.
        temperature_from: Regular expression that finds the temperature in a file's name.
        output: Folder for results, relative to the file's folder.
        jobs: Number of processes.
        no_report: Whether to leave the PDF away.
        seed: Of everything random.
        max_work: Limit of evaluations for one spectrum.
        accuracy: Of the instrument, as a fraction, for choosing a circuit.
        guess: Parameter → start value, as text (``"4k"``).
        fix: Parameter → fixed value, as text.
        bounds: Parameter → ``low..high``, as text.
        tie: Parameter → the parameter that it follows.
        role: Parameter → role.
    """

    path: Path | None = None
    sample: Sample = field(default_factory=Sample)
    circuit: str | None = None
    samples: Path | None = None
    weighting: Literal["modulus", "proportional", "unit", "sigma"] | None = None
    space: Literal["Z", "Y"] | None = None
    interval: Literal["auto", "covariance", "bootstrap"] | None = None
    range: tuple[float | None, float | None] | None = None
    mask: tuple[str, ...] | None = None
    format: str | None = None
    imaginary: Literal["as-is", "negated"] | None = None
    temperature_from: str | None = None
    output: Path | None = None
    jobs: int | None = None
    no_report: bool | None = None
    seed: int | None = None
    max_work: int | None = None
    accuracy: float | None = None
    guess: Mapping[str, str] = field(default_factory=dict)
    fix: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, str] = field(default_factory=dict)
    tie: Mapping[str, str] = field(default_factory=dict)
    role: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in _ASSIGNMENTS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


KEYS = (*_SAMPLE_KEYS, *(f.name.replace("_", "-") for f in fields(Settings) if f.name not in ("path", "sample")))
"""Every key that the file may hold."""


def read_settings(path: str | Path | None = None) -> Settings:
    """Read a settings file, or that of the current folder if there is one.

    Args:
        path: Of the file; None looks for ``lipon-eis.toml`` in the current folder.

    Returns:
        The settings; empty ones where no path was given and there is no file.

    Raises:
        InvalidSheet: No TOML, an unknown key, or a value that cannot be: with file, line and key.
    """
    if path is None:
        path = Path(FILE_NAME)
        if not path.exists():
            return Settings()
    path = Path(path)
    text, table = _loaded(path)
    for key in table:
        if key == "elements":
            raise InvalidSheet(path, NO_PROGRAM, _line_of(key, text))
        if key not in KEYS:
            raise InvalidSheet(path, f"key {key!r} is not known{nearest(key, KEYS)}", _line_of(key, text))
    values: dict[str, Any] = {"path": path}
    for key, raw in table.items():
        try:
            if key not in _SAMPLE_KEYS:
                values[key.replace("-", "_")] = _value(key, raw, path.parent)
        except (InvalidQuantity, InvalidSample, ValueError) as error:
            raise InvalidSheet(path, f"key {key!r}: {error}", _line_of(key, text)) from error
    values["sample"] = _sample(path, text, table)
    return Settings(**values)


def _loaded(path: Path) -> tuple[str, dict[str, Any]]:
    import tomllib

    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise InvalidSheet(path, f"cannot be opened: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InvalidSheet(path, "is not UTF-8, as TOML has to be") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise InvalidSheet(path, f"is no TOML: {error}", int(place.group(1)) if place else None) from error


def _line_of(key: str, text: str) -> int | None:
    """Return the line on which a top-level key or table stands."""
    pattern = re.compile(rf"""\s*\[?\s*["']?{re.escape(key)}["']?\s*[\].=]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line)), None)


def _sample(path: Path, text: str, table: Mapping[str, Any]) -> Sample:
    sample = Sample()
    for key in _SAMPLE_KEYS:
        value = table.get(key)
        try:
            if value is not None and not isinstance(value, str):
                raise InvalidQuantity(
                    f'{key}: {value!r} has no unit: write it as a text, such as {key} = "{_EXAMPLES[key]}"'
                )
            one: dict[str, Any] = {key: value}
            sample = merge(sample, Sample.build(origin=path.name, **one))
        except (InvalidQuantity, InvalidSample) as error:
            raise InvalidSheet(path, str(error), _line_of(key, text)) from error
    return sample


def _value(key: str, raw: Any, folder: Path) -> Any:
    """Return a key's value in its type, relative paths from the file's folder."""
    from typing import Annotated

    import msgspec

    types: dict[str, Any] = {
        **{f.name.replace("_", "-"): str for f in fields(Settings)},
        "weighting": Literal["modulus", "proportional", "unit", "sigma"],
        "space": Literal["Z", "Y"],
        "interval": Literal["auto", "covariance", "bootstrap"],
        "mask": str | list[str],
        "imaginary": Literal["as-is", "negated"],
        "max-work": Annotated[int, msgspec.Meta(ge=1)],
        "jobs": Annotated[int, msgspec.Meta(ge=1)],
        "seed": Annotated[int, msgspec.Meta(ge=0)],
        "accuracy": Annotated[float, msgspec.Meta(ge=0, lt=1)],
        "no-report": bool,
        **dict.fromkeys(_ASSIGNMENTS, list[str] | dict[str, str | int | float | list[float]]),
    }
    try:
        value = msgspec.convert(raw, types[key], strict=True)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error}, found {raw!r}") from error
    if key in _ASSIGNMENTS:
        return _assignments(value)
    if key in _PATHS:
        return folder / value
    if key == "mask":
        return (value,) if isinstance(value, str) else tuple(value)
    return parse_range(value, "frequency") if key == "range" else value


def _assignments(value: list[str] | dict[str, str | int | float | list[float]]) -> dict[str, str]:
    """Return name → text, whether written as a list of ``NAME=VALUE`` or as a table."""
    if isinstance(value, dict):
        pairs = [(name, _as_text(item)) for name, item in value.items()]
    else:
        pairs = [parse_assignment(item) for item in value]
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise InvalidQuantity(f"{next(n for n in names if names.count(n) > 1)} is given twice")
    return dict(pairs)


def _as_text(item: str | int | float | list[float]) -> str:
    return "..".join(map(repr, item)) if isinstance(item, list) else str(item)
