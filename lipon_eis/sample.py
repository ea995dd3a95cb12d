"""Sample: what is known of the film beside its spectrum, and from where.

A `Sample` may be partial: an option gives the thickness, the sample sheet the area, the file
header the temperature, and `merge` puts them together. Each property carries its origin, so
that a report can say why a conductivity is what it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from lipon_eis.errors import InvalidQuantity, InvalidSample, nearest
from lipon_eis.units import Quantity, parse_quantity

PAIRS = {
    "thickness": "thickness_stderr",
    "area": "area_stderr",
    "temperature": "temperature_stderr",
    "lead_resistance": "lead_resistance_stderr",
    "cathode_thickness": "cathode_thickness_stderr",
}
"""Property → its standard error, which a text with ± gives along with it."""

FILE_NAME = "file name"  # origin of a temperature that is not the header's
_NEVER_ALONE = (
    "thickness",
    "area",
    "lead_resistance",
    "cathode_thickness",
)  # a thermometer's scatter may come from elsewhere
_ALWAYS_WRITTEN = ("thickness", "thickness_stderr", "area", "area_stderr", "temperature")


def _number(
    dimension: str, unit: str, low: float = -math.inf, high: float = math.inf, *, above: bool = False, hint: str = ""
) -> Any:
    """Declare a number: its dimension, SI unit, and the values that can be.

    ``above`` excludes ``low`` itself; ``hint`` tells what a value outside probably means.
    """
    limits = {"dimension": dimension, "unit": unit, "low": low, "high": high, "above": above, "hint": hint}
    return field(default=None, metadata=limits)


def _choice(*choices: str, also: Mapping[str, tuple[str, ...]] | None = None, hint: str = "") -> Any:
    """Declare one of several words: ``also`` gives their synonyms, ``hint`` what to do where none fits."""
    return field(default=None, metadata={"choices": choices, "also": also or {}, "hint": hint})


def _count(low: int) -> Any:
    return field(default=None, metadata={"count": low})


_PREPARATIONS = {
    "RF sputtering": ("RF magnetron sputtering", "reactive RF sputtering", "radio frequency sputtering"),
    "PLD": ("pulsed laser deposition",),
    "IBAD": ("ion beam assisted deposition",),
    "e-beam": ("e-beam evaporation", "electron beam evaporation"),
    "ALD": ("atomic layer deposition", "plasma ALD", "thermal ALD"),
    "MOCVD": ("metal-organic CVD", "metal-organic chemical vapor deposition"),
    "polymer precursor": (),
}
"""Ways to make a film, as in section 4 of Dai et al., Materials Futures (2022) → what else they are called."""

_IN_METRES = "numbers are metres: write '1.2 um' or 1.2e-6"
_IN_SQUARE_METRES = "numbers are square metres: write '0.5 cm2' or 5e-5"
_IN_KELVIN = "numbers are kelvin: write '25 degC' or 298.15"


@dataclass(frozen=True)
class Sample:
    """What is known of one film. None is unknown; every number is SI.

    Attributes:
        thickness: Of the electrolyte alone [m].
        thickness_stderr: Its standard error [m].
        thickness_scale_stderr: Relative error that all thicknesses of a series have in common, of the gauge that
            measured them.
        area: Of the smaller electrode [m²].
        area_stderr: Its standard error [m²].
        temperature: Of the film [K].
        temperature_stderr: Scatter of one reading of the thermometer [K].
        temperature_offset_stderr: Error that all readings of a series have in common [K].
        label: Short name for tables and figures.
        group: Name of the series that this film belongs to.
        circuit: Circuit to fit: a name, a path or a circuit string.
        stack: The layers, ``Pt/LiPON/Pt``; see `parse_stack`.
        state: As-deposited, annealed, cycled, …
        preparation: ``RF sputtering``, ``PLD``, ``IBAD``, ``e-beam``, ``ALD``, ``MOCVD`` or ``polymer precursor``.
        electrodes: Shape and making of the electrodes.
        geometry: ``cross-plane`` or ``in-plane``.
        cell_constant: K in σ = K/R of an in-plane cell [1/m].
        gap: Between in-plane electrodes [m].
        width: Length over which they face each other [m].
        fingers: Number of fingers of an interdigitated electrode.
        roughness_factor: True over geometric area, at least 1.
        cathode_thickness: Of one cathode [m].
        cathode_thickness_stderr: Its standard error [m].
        grain_size: Of the grains along the current [m].
        grain_boundary_width: Of the boundaries between them [m].
        thickness_method: How the thickness was measured.
        area_method: How the area was measured.
        soak: Time at temperature before the measurement [s].
        direction: ``heating`` or ``cooling``.
        atmosphere: Argon, vacuum, air, …
        anneal_temperature: [K].
        anneal_time: [s].
        time: Age of the film or cell in a series over time [s].
        cycle: Number of the charging cycle.
        voltage: Of the cell [V].
        soc: State of charge, 0 to 1.
        amplitude: Of the excitation [V].
        bias: DC bias [V].
        lead_resistance: Of leads and contacts, measured apart [Ω].
        lead_resistance_stderr: Its standard error [Ω].
        stray_capacitance: Of fixture and substrate [F].
        open_file: Spectrum of the open fixture.
        short_file: Spectrum of the shorted fixture.
        device: Name of the device on the wafer.
        position_x: Place on the wafer, as the sheet gives it.
        position_y: Likewise.
        notes: What else the sheet says, by the name behind ``note_``.
        origin: Property → where it comes from: ``option``, ``sheet row 3``, ``file header``, …

    Raises:
        InvalidSample: A property that cannot be; the message names it, its value and its unit.
    """

    thickness: float | None = _number("length", "m", 0, 0.1, above=True, hint=_IN_METRES)
    thickness_stderr: float | None = _number("length", "m", 0, above=True)
    thickness_scale_stderr: float | None = _number("dimensionless", "", 0, 1, hint="write 0.02 or '2 %'")
    area: float | None = _number("area", "m2", 0, 0.1, above=True, hint=_IN_SQUARE_METRES)
    area_stderr: float | None = _number("area", "m2", 0, above=True)
    temperature: float | None = _number("temperature", "K", 100, 3000, hint=_IN_KELVIN)
    temperature_stderr: float | None = _number("temperature difference", "K", 0)
    temperature_offset_stderr: float | None = _number("temperature difference", "K", 0)
    label: str | None = None
    group: str | None = None
    circuit: str | None = None
    stack: str | None = None
    state: str | None = None
    preparation: str | None = _choice(
        *_PREPARATIONS, also=_PREPARATIONS, hint="describe another way in a column note_preparation"
    )
    electrodes: str | None = None
    geometry: str | None = _choice("cross-plane", "in-plane")
    cell_constant: float | None = _number("inverse length", "1/m", 0, above=True)
    gap: float | None = _number("length", "m", 0, 0.1, above=True, hint=_IN_METRES)
    width: float | None = _number("length", "m", 0, 10, above=True, hint=_IN_METRES)
    fingers: int | None = _count(1)
    roughness_factor: float | None = _number("dimensionless", "", 1)
    cathode_thickness: float | None = _number("length", "m", 0, 0.1, above=True, hint=_IN_METRES)
    cathode_thickness_stderr: float | None = _number("length", "m", 0, above=True)
    grain_size: float | None = _number("length", "m", 0, 0.1, above=True, hint=_IN_METRES)
    grain_boundary_width: float | None = _number("length", "m", 0, 1e-3, above=True, hint=_IN_METRES)
    thickness_method: str | None = None
    area_method: str | None = None
    soak: float | None = _number("time", "s", 0)
    direction: str | None = _choice("heating", "cooling")
    atmosphere: str | None = None
    anneal_temperature: float | None = _number("temperature", "K", 100, 3000, hint=_IN_KELVIN)
    anneal_time: float | None = _number("time", "s", 0)
    time: float | None = _number("time", "s", 0)
    cycle: int | None = _count(0)
    voltage: float | None = _number("voltage", "V")
    soc: float | None = _number("dimensionless", "", 0, 1, hint="write 0.5 or '50 %'")
    amplitude: float | None = _number("voltage", "V", 0, above=True)
    bias: float | None = _number("voltage", "V")
    lead_resistance: float | None = _number("resistance", "ohm", 0)
    lead_resistance_stderr: float | None = _number("resistance", "ohm", 0, above=True)
    stray_capacitance: float | None = _number("capacitance", "F", 0)
    open_file: str | None = None
    short_file: str | None = None
    device: str | None = None
    position_x: float | None = _number("dimensionless", "")
    position_y: float | None = _number("dimensionless", "")
    notes: Mapping[str, str] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, _checked(name, value, rule))
        for name in _NEVER_ALONE:
            if getattr(self, name) is None and getattr(self, PAIRS[name]) is not None:
                raise InvalidSample(f"{name} has an error but no value: give both in one place")
        for name in ("notes", "origin"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "notes": dict(self.notes), "origin": dict(self.origin)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        proxies = {name: MappingProxyType(state[name]) for name in ("notes", "origin")}
        self.__dict__.update(state, **proxies)

    @classmethod
    def build(cls, *, origin: str = "option", notes: Mapping[str, str] | None = None, **values: Any) -> Sample:
        """Make a sample of what a person gave: strings carry their unit, numbers are SI.

        Args:
            origin: Where all of it comes from.
            notes: As the attribute.
            values: Property → text (``"1.2 um ± 5 %"``), SI number, `Quantity` or None.

        Raises:
            InvalidQuantity: A text is no quantity of the property's dimension.
            InvalidSample: An unknown property, or one that cannot be.

        >>> film = Sample.build(thickness="1.2 um", area=5e-5, temperature="25 degC")
        >>> film.thickness, film.area, film.temperature
        (1.2e-06, 5e-05, 298.15)
        """
        given: dict[str, Any] = {}
        for name, value in values.items():
            if name not in RULES:
                raise InvalidSample(f"a sample has no property {name!r}{nearest(name, RULES)}")
            if value is None:
                continue
            dimension = RULES[name].get("dimension")
            if isinstance(value, str) and dimension:
                value = _parsed(name, value, dimension)
            number, stderr = (value.value, value.stderr) if isinstance(value, Quantity) else (value, None)
            _add(given, name, number)
            if stderr is not None:
                if name not in PAIRS:
                    raise InvalidSample(f"{name} takes no error")
                _add(given, PAIRS[name], stderr)
        return cls(**given, notes=notes or {}, origin=dict.fromkeys(given, origin))

    @classmethod
    def from_meta(
        cls, meta: Mapping[str, Any], temperature: float | None = None, origin: str = "file header"
    ) -> Sample:
        """Make a sample of what a file's header says.

        A value that cannot be (0 K from a thermometer that was not plugged in) is not taken; a note says so.

        Args:
            meta: As in `Spectrum.meta`; keys with their unit as in `to_dict` (``area_m2``) are taken.
            temperature: As in `Spectrum.temperature` [K]; it has precedence over the header's.
            origin: Where all of it comes from.
        """
        found = {name: meta[key] for name, key in KEYS.items() if RULES[name].get("unit") and key in meta}
        if temperature is not None:
            found["temperature"] = temperature
        taken: dict[str, Any] = {}
        notes: dict[str, str] = {}
        for name, value in found.items():
            alone = name.removesuffix("_stderr") in _NEVER_ALONE and name.removesuffix("_stderr") not in {name, *taken}
            if value is None or alone:
                continue
            try:
                taken[name] = _checked(name, value, RULES[name])
            except InvalidSample as problem:
                notes[name] = f"{origin}: {problem}; not taken"
        sample = cls.build(origin=origin, notes=notes, **taken)
        if "temperature" in taken and meta.get("origin", {}).get("temperature_K") == FILE_NAME:
            sample = replace(sample, origin={**sample.origin, "temperature": FILE_NAME})
        return sample

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Sample:
        """Make a sample of its `to_dict` again."""
        names = {key: name for name, key in KEYS.items()}
        values = {names[key]: value for key, value in data.items() if key in names}
        origin = {names[key]: where for key, where in data.get("origin", {}).items() if key in names}
        return cls(**values, notes=data.get("notes", {}), origin=origin)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for results.json; the keys carry the units, origin uses the same keys.

        Thickness, area (with errors) and temperature are always there, None where unknown; the rest only if known.
        """
        known = {
            key: getattr(self, name)
            for name, key in KEYS.items()
            if name in _ALWAYS_WRITTEN or getattr(self, name) is not None
        }
        notes = {"notes": dict(self.notes)} if self.notes else {}
        return known | notes | {"origin": {KEYS[name]: where for name, where in self.origin.items()}}


RULES: dict[str, Mapping[str, Any]] = {f.name: f.metadata for f in fields(Sample) if f.name not in ("notes", "origin")}
"""Property → its dimension, unit and limits, its choices, or nothing for a text."""


def _key(name: str, unit: str) -> str:
    return f"{name}_{unit.replace('1/', 'per_')}" if unit else name


KEYS = {name: _key(name, rule.get("unit", "")) for name, rule in RULES.items()}
"""Property → its name in results.json, with the unit: ``thickness_m``."""


def merge(*samples: Sample | None) -> Sample:
    """Put partial samples together, property by property: the first that knows it wins.

    A value and its error travel together: the thickness of an option never takes the error
    that the sheet gives for another thickness.

    Args:
        samples: By falling precedence: option, sample sheet, ``lipon-eis.toml``, file header.
    """
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    notes: dict[str, str] = {}
    for sample in samples:
        if sample is None:
            continue
        blocked = {PAIRS[name] for name in _NEVER_ALONE if name in values}
        for name in RULES:
            value = getattr(sample, name)
            if value is None or name in values or name in blocked:
                continue
            values[name] = value
            if name in sample.origin:
                origin[name] = sample.origin[name]
        notes = {**sample.notes, **notes}
    return Sample(**values, notes=notes, origin=origin)


def _add(given: dict[str, Any], name: str, value: Any) -> None:
    if name in given:
        raise InvalidSample(f"{name} is given twice, once behind ±")
    given[name] = value


def _parsed(name: str, text: str, dimension: str) -> Quantity:
    try:
        return parse_quantity(text, dimension)
    except InvalidQuantity as problem:
        raise InvalidQuantity(f"{name}: {problem}") from None


def _checked(name: str, value: Any, rule: Mapping[str, Any]) -> Any:
    """Return the value in its type, or refuse it by name, value and unit."""
    if "choices" in rule:
        return _chosen(name, value, rule)
    if "count" in rule:
        return _counted(name, value, rule["count"])
    if "dimension" not in rule:
        if not isinstance(value, str):
            raise InvalidSample(f"{name} has to be a text, found {value!r}")
        return value
    try:
        number = math.nan if isinstance(value, (str, bool)) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidSample(f"{name} has to be a finite number [{rule['unit'] or '1'}], found {value!r}")
    low, high, unit = rule["low"], rule["high"], rule["unit"]
    if number < low or number > high or (rule["above"] and number == low):
        if number <= 0 == low:
            must = "positive" if rule["above"] else "zero or more"
        else:
            end, word = (low, "at least") if number <= low else (high, "at most")
            must = f"{word} {end:g} {unit}".strip()
        hint = f" ({rule['hint']})" if rule["hint"] and number > 0 else ""
        raise InvalidSample(f"{name} has to be {must}, found {number:g} {unit}".rstrip() + hint)
    return number


def _chosen(name: str, value: Any, rule: Mapping[str, Any]) -> str:
    """Return the word that is meant, whatever its case, hyphens and spaces, or by a synonym."""
    choices: tuple[str, ...] = rule["choices"]
    meant = {_plain(word): choice for choice in choices for word in (choice, *rule["also"].get(choice, ()))}
    found = meant.get(_plain(str(value)))
    if found is None:
        close = nearest(str(value), [*choices, *(word for words in rule["also"].values() for word in words)])
        hint = f" ({rule['hint']})" if rule["hint"] else ""
        raise InvalidSample(f"{name} has to be {_either(choices)}, found {value!r}{close}{hint}")
    return found


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word.casefold())


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _counted(name: str, value: Any, low: int) -> int:
    number = int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or number != number // 1 or number < low:
        raise InvalidSample(f"{name} has to be a whole number, at least {low}, found {value!r}")
    return int(number)
