"""Circuit files: a circuit string in TOML, and what its elements stand for.

``circuits/README.md`` describes the format. Files are data and never executed; a key or a role
that is misspelt is refused with the nearest names, never passed over.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lipon_eis.errors import InvalidCircuit, LiponEisError, nearest
from lipon_eis.model.circuit import Circuit, CircuitParameter
from lipon_eis.model.roles import assign

FORMAT = 1
KEYS = ("format", "name", "title", "circuit", "use-when", "caution", "kinds", "family", "reference")
REQUIRED = ("format", "name", "circuit")
REFERENCE_KEYS = ("cite", "doi", "note")
KINDS = ("blocking", "symmetric-lithium", "full-cell", "cathode-symmetric", "lithium-free")
"""Kinds of stack, as `lipon_eis.sample.Stack` tells them from the layers."""
FAMILIES = ("amorphous", "polycrystalline")

LETTERS = {
    "resistance": "r",
    "capacitance": "c",
    "inductance": "l",
    "admittance": "q",
    "exponent": "n",
    "time": "tau",
    "warburg": "w",
    "ratio": "phi",
}
"""Quantity of a parameter → its key in an element's table, where the element has one such parameter only."""


@dataclass(frozen=True)
class Reference:
    """A work that a circuit rests on, and what it says of it."""

    cite: str
    doi: str = ""
    note: str = ""


@dataclass(frozen=True)
class NamedCircuit:
    """A circuit with a name and a meaning.

    Attributes:
        name: Of the circuit; that of a bare circuit string is its text.
        circuit: The mathematics.
        title: What it describes, in a line.
        roles: Parameter name → role; a parameter without one is missing.
        places: Element name → place, the first half of its role.
        answers: Names of the resistances that a user comes for.
        bounds: Parameter name → (low, high), where narrower than the parameter's own.
        sides: Place → number of equal sides that its arc stands for; 1 where missing.
        kinds: Kinds of stack that it is meant for, of `KINDS`.
        family: Of the film, of `FAMILIES`, or "".
        use_when: When to choose it.
        caution: What everybody has to know who reads a result of it, or "".
        references: Works it rests on.
        source: The file it was read from, or None.
    """

    name: str
    circuit: Circuit
    title: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    sides: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    family: str = ""
    use_when: str = ""
    caution: str = ""
    references: tuple[Reference, ...] = ()
    source: Path | None = None

    def __post_init__(self) -> None:
        for name in ("roles", "places", "bounds", "sides"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __hash__(self) -> int:
        return hash((self.name, self.circuit))

    def __reduce__(self) -> tuple[Any, ...]:
        values = (getattr(self, f.name) for f in fields(self))
        return NamedCircuit, tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)

    @property
    def polycrystalline(self) -> bool:
        """True where the film is said to have grain boundaries."""
        return self.family == "polycrystalline"

    def sides_of(self, parameter: str) -> int:
        """Return how many equal sides the arc of a parameter stands for."""
        return self.sides.get(self.roles.get(parameter, "").partition(".")[0], 1)


def read_circuit_file(path: str | Path) -> NamedCircuit:
    """Read one circuit file.

    Raises:
        InvalidCircuit: It is no TOML, or says something that no circuit file says. The message names the
            file, the key, and the nearest that exist.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidCircuit(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise InvalidCircuit(f"{path}: no TOML file: {error}") from error
    try:
        return _named(content, path)
    except InvalidCircuit as error:
        raise InvalidCircuit(f"{path}: {error.problem}", error.text, error.position) from error
    except LiponEisError as error:
        raise InvalidCircuit(f"{path}: {error}") from error


def _named(content: dict[str, Any], path: Path) -> NamedCircuit:
    for key in REQUIRED:
        if key not in content:
            raise InvalidCircuit(f"the key {key!r} is missing")
    if content["format"] != FORMAT:
        raise InvalidCircuit(f"format = {content['format']!r} is not known; this version reads format = {FORMAT}")
    circuit = Circuit(_typed(content, "circuit", str))
    tables = {key: value for key, value in content.items() if key not in KEYS}
    _known(tables, (*KEYS, *circuit.elements), "key or element")

    given: dict[str, str] = {}
    answers: set[str] = set()
    bounds: dict[str, tuple[float, float]] = {}
    sides: dict[str, int] = {}
    for element, table in tables.items():
        if not isinstance(table, dict):
            raise InvalidCircuit(f"{element} must be a table, [{element}], with a role")
        parameters = [p for p in circuit.parameters if p.element == element]
        keyed = _keyed(parameters)
        _known(table, ("role", "answer", "sides", *keyed), f"key in [{element}]")
        if "role" in table:
            given[element] = _typed(table, "role", str, element)
        if table.get("answer") is not None and _typed(table, "answer", bool, element):
            answers.add(_resistance(element, parameters))
        if "sides" in table:
            sides[element] = _count(table, element)
        for key in table.keys() & keyed.keys():
            bounds[keyed[key].name] = _bounds(table[key], keyed[key], f"[{element}] {key}")

    roles, places = assign(circuit, given)
    return NamedCircuit(
        name=_typed(content, "name", str),
        circuit=circuit,
        title=_typed(content, "title", str, default=""),
        roles=roles,
        places=places,
        answers=frozenset(answers),
        bounds=bounds,
        sides=_by_place(sides, places),
        kinds=_choices(content, "kinds", KINDS),
        family=_choice(content, "family", FAMILIES),
        use_when=_typed(content, "use-when", str, default=""),
        caution=_typed(content, "caution", str, default=""),
        references=tuple(_reference(entry) for entry in _typed(content, "reference", list, default=[])),
        source=path,
    )


def _keyed(parameters: list[CircuitParameter]) -> dict[str, CircuitParameter]:
    """Return the parameters of one element by the letter of their quantity where only one has it, or by an own name."""
    letters = [LETTERS.get(p.quantity, "") for p in parameters]
    own_names = {p.name.removeprefix(p.element)[1:]: p for p in parameters}
    by_letter = {k: p for k, p in zip(letters, parameters, strict=True) if k and letters.count(k) == 1}
    return {**by_letter, **{name: p for name, p in own_names.items() if name and not name.isdigit()}}


def _known(found: Iterable[str], known: Iterable[str], what: str) -> None:
    known = tuple(known)
    for key in found:
        if key not in known:
            raise InvalidCircuit(f"unknown {what} {key!r}{nearest(key, known)} (known: {', '.join(known)})")


def _typed(table: dict[str, Any], key: str, kind: type, element: str = "", default: Any = None) -> Any:
    value = table.get(key, default)
    if not isinstance(value, kind):
        words = {str: "a text", bool: "true or false", list: "a list"}
        raise InvalidCircuit(f"{f'[{element}] ' if element else ''}{key} must be {words[kind]}, found {value!r}")
    return value


def _count(table: dict[str, Any], element: str) -> int:
    value = table["sides"]
    if type(value) is not int or value not in (1, 2):
        raise InvalidCircuit(f"[{element}] sides must be 1 or 2, found {value!r}")
    return value


def _resistance(element: str, parameters: list[CircuitParameter]) -> str:
    for p in parameters:
        if p.quantity == "resistance":
            return p.name
    raise InvalidCircuit(f"[{element}] answer marks a resistance, and {element} has none")


def _bounds(table: Any, parameter: CircuitParameter, where: str) -> tuple[float, float]:
    if not isinstance(table, dict) or set(table) != {"bounds"}:
        raise InvalidCircuit(f"{where} must be {{ bounds = [low, high] }}, found {table!r}")
    pair = table["bounds"]
    numbers = isinstance(pair, list) and len(pair) == 2 and all(type(v) in (int, float) for v in pair)
    if not numbers or not parameter.lower <= pair[0] < pair[1] <= parameter.upper:
        limits = f"between {parameter.lower:g} and {parameter.upper:g}"
        raise InvalidCircuit(f"{where}: bounds must be two rising numbers {limits}, found {pair!r}")
    return float(pair[0]), float(pair[1])


def _by_place(sides: dict[str, int], places: dict[str, str]) -> dict[str, int]:
    """Return sides by place, so that an arc's capacitance shares those of its resistance."""
    found: dict[str, int] = {}
    for element, count in sides.items():
        if element not in places:
            raise InvalidCircuit(f"[{element}] sides needs a role to belong to")
        if found.setdefault(places[element], count) != count:
            raise InvalidCircuit(f"[{element}] sides = {count} contradicts another element of {places[element]}")
    return found


def _choices(content: dict[str, Any], key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    values = _typed(content, key, list, default=[])
    _known(map(str, values), known, f"value of {key}:")
    return tuple(values)


def _choice(content: dict[str, Any], key: str, known: tuple[str, ...]) -> str:
    value: str = _typed(content, key, str, default="")
    _known([value] if value else [], known, f"value of {key}:")
    return value


def _reference(entry: Any) -> Reference:
    if not isinstance(entry, dict) or "cite" not in entry:
        raise InvalidCircuit("a [[reference]] needs a cite")
    _known(entry, REFERENCE_KEYS, "key in [[reference]]")
    return Reference(**{key: _typed(entry, key, str, "reference") for key in entry})
