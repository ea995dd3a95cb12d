"""The circuits there are: shipped ones by name, a user's own by path, and bare circuit strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from lipon_eis.circuit_file import NamedCircuit, Reference, read_circuit_file
from lipon_eis.errors import InvalidCircuit, UnknownCircuit, nearest
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.elements import ELEMENTS
from lipon_eis.model.roles import assign

__all__ = ["NamedCircuit", "Reference", "circuit_names", "circuits", "load_circuit", "with_roles"]


def circuit_names() -> tuple[str, ...]:
    """Return the names of the shipped circuits, sorted."""
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in files("lipon_eis.circuits").iterdir() if _is_toml(f.name))
    )


def circuits() -> tuple[NamedCircuit, ...]:
    """Return the shipped circuits, sorted by name."""
    return tuple(map(_shipped, circuit_names()))


def load_circuit(spec: str | Path | Circuit | NamedCircuit, roles: Mapping[str, str] | None = None) -> NamedCircuit:
    """Return the circuit that a user means.

    A text that ends in ``.toml``, or holds a slash and exists, is a file; then a name of the library; then,
    where it parses or plainly tries to, a circuit string; and else a name that does not exist.

    Args:
        spec: A name, a path, a circuit string, or a circuit.
        roles: Element or parameter name → role, added to those that the circuit has.

    Raises:
        UnknownCircuit: No circuit or file of this name; the message lists the nearest.
        InvalidCircuit: The circuit string or file is not well formed, or a role cannot be.
        UnknownParameter: `roles` names what the circuit has not.

    >>> load_circuit("R0-p(R1,CPE1)", roles={"R1": "bulk.resistance"}).roles["R1"]
    'bulk.resistance'
    """
    named = _found(spec)
    return with_roles(named, roles) if roles else named


def with_roles(named: NamedCircuit, roles: Mapping[str, str]) -> NamedCircuit:
    """Return the circuit with roles added; one that an element had before gives way.

    Raises:
        InvalidCircuit, UnknownParameter: As `lipon_eis.model.roles.assign` does.
    """
    new_roles, new_places = assign(named.circuit, roles)
    return replace(named, roles={**named.roles, **new_roles}, places={**named.places, **new_places})


def _found(spec: str | Path | Circuit | NamedCircuit) -> NamedCircuit:
    if isinstance(spec, NamedCircuit):
        return spec
    if isinstance(spec, Circuit):
        return NamedCircuit(spec.text, spec)
    text = str(spec).strip()
    if isinstance(spec, Path) or _is_toml(text) or (re.search(r"[/\\]", text) and Path(text).exists()):
        if not Path(text).is_file():
            raise UnknownCircuit(f"there is no circuit file {text}{nearest(Path(text).stem, circuit_names())}")
        return read_circuit_file(text)
    if text in circuit_names():
        return _shipped(text)
    try:
        return _found(Circuit(text))
    except InvalidCircuit:
        if _tries_to_be_a_circuit(text):
            raise
    known = circuit_names()
    raise UnknownCircuit(f"there is no circuit {text!r}{nearest(text, known)} (known: {', '.join(known)})")


def _tries_to_be_a_circuit(text: str) -> bool:
    """Tell a circuit string with a mistake in it from a misspelt name.

    Names have no brackets or commas, and none of their words is an element (``R``, ``R1``, ``CPE_2``).
    """
    words = [re.fullmatch(r"([A-Za-z]+)(_?\d+)?", word.strip()) for word in text.split("-")]
    return (
        not text
        or bool(re.search("[(),]", text))
        or any(word is not None and word[1] in ELEMENTS for word in words)
        or all(word is not None and word[2] and len(word[1]) <= 4 for word in words)
    )


def _is_toml(name: str) -> bool:
    return name.lower().endswith(".toml")


@cache
def _shipped(name: str) -> NamedCircuit:
    with as_file(files("lipon_eis.circuits") / f"{name}.toml") as path:
        return read_circuit_file(path)
