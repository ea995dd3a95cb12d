"""Files of published values: TOML, described in docs/literature.md.

They are data and never executed; a misspelt key is refused with the nearest that exist.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lipon_eis.errors import UnreadableFile, nearest
from lipon_eis.physics.formula import elements_of
from lipon_eis.physics.literature import KINDS, LiteratureRow, Publication, Range

FORMAT = 1
TEXT, TRUTH, WHOLE = (str,), (bool,), (int,)
KEYS = {"format": WHOLE, "title": TEXT, "temperature": TEXT, "row": (list,), "reference": (dict,)}
ROW_KEYS = {
    **dict.fromkeys(("formula", "name", "family", "method", "kind", "temperature", "reference", "note"), TEXT),
    "approximate": TRUTH,
    "sigma_S_per_cm": (int, float, list),
    "activation_energy_eV": (int, float, list),
    "printed": (dict,),
}
REQUIRED = ("formula", "sigma_S_per_cm", "reference")
PRINTED_KEYS = {"sigma": TEXT, "activation-energy": TEXT}
REFERENCE_KEYS = {"year": WHOLE, **dict.fromkeys(("authors", "title", "journal", "volume", "pages", "doi"), TEXT)}
WORDS = {str: "a text", bool: "true or false", int: "an integer", float: "a number", list: "a list", dict: "a table"}


class _Misfit(Exception):
    """What is wrong with a file, and in which of its entries; the reader adds the file's name."""


def read_literature(path: str | Path) -> tuple[LiteratureRow, ...]:
    """Read one file of published values.

    Returns:
        Its rows, in its order; ranges that run backwards are turned.

    Raises:
        UnreadableFile: It cannot be opened, is no TOML, lacks or misspells a key, or holds a value that cannot be.
            The message names the row by its formula.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(path, f"cannot be opened ({error.strerror})") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise UnreadableFile(path, f"is no TOML file ({error})") from error
    try:
        return _rows(content)
    except _Misfit as error:
        raise UnreadableFile(path, str(error)) from error


def _rows(content: dict[str, Any]) -> tuple[LiteratureRow, ...]:
    _check(content, KEYS, ("format", "row"), "the file")
    if content["format"] != FORMAT:
        raise _Misfit(f"format = {content['format']!r} is not known; this version reads format = {FORMAT}")
    works = {key: _publication(key, table) for key, table in content.get("reference", {}).items()}
    shared = {"table": content.get("title", ""), "temperature": content.get("temperature", "")}
    return tuple(_row(number, entry, works, shared) for number, entry in enumerate(content["row"], 1))


def _row(number: int, entry: Any, works: dict[str, Publication], shared: dict[str, str]) -> LiteratureRow:
    formula = entry.get("formula") if isinstance(entry, dict) else None
    where = f"row {number}" + (f" ({formula})" if formula else "")
    _check(entry, ROW_KEYS, REQUIRED, where)
    if not elements_of(entry["formula"]):
        raise _Misfit(f"{where}: {formula!r} is no chemical formula: write 'LiPON' or 'Li2.9PO3.3N0.4'")
    if entry.get("kind", "film") not in KINDS:
        found = str(entry["kind"])
        raise _Misfit(f"{where}: unknown kind {found!r}{nearest(found, KINDS)} (known: {', '.join(KINDS)})")
    if entry["reference"] not in works:
        key = str(entry["reference"])
        raise _Misfit(f"{where}: there is no [reference.{key}]{nearest(key, works)}; add one with its authors")
    energy = entry.get("activation_energy_eV")
    printed = entry.get("printed", {})
    _check(printed, PRINTED_KEYS, (), f"{where}, printed")
    plain = ("formula", "name", "family", "method", "kind", "temperature", "approximate", "note")
    return LiteratureRow(
        **(shared | {key: entry[key] for key in plain if key in entry}),
        sigma=_range(entry["sigma_S_per_cm"], f"{where}, sigma_S_per_cm"),
        activation_energy=None if energy is None else _range(energy, f"{where}, activation_energy_eV"),
        reference=works[entry["reference"]],
        printed_sigma=printed.get("sigma", ""),
        printed_activation_energy=printed.get("activation-energy", ""),
    )


def _publication(key: str, table: Any) -> Publication:
    _check(table, REFERENCE_KEYS, (), f"[reference.{key}]")
    if not (table.get("authors") or table.get("title")):
        raise _Misfit(f"[reference.{key}]: authors or title is missing")
    return Publication(key, **table)


def _range(value: Any, where: str) -> Range:
    """Return a number or two as a range, turned where it runs backwards."""
    ends = value if isinstance(value, list) else [value]
    if len(ends) not in (1, 2) or any(type(end) not in (int, float) for end in ends):
        raise _Misfit(f"{where}: expected a number or [low, high], found {value!r}")
    low, high = (ends[0], ends[-1]) if ends[0] <= ends[-1] else (ends[-1], ends[0])
    try:
        return Range(float(low), float(high))
    except (ValueError, OverflowError) as error:
        raise _Misfit(f"{where}: {error}") from error


def _check(table: Any, keys: Mapping[str, tuple[type, ...]], required: Iterable[str], where: str) -> None:
    """Refuse a table that lacks a key, has one too many, or a value of another type."""
    if not isinstance(table, dict):
        raise _Misfit(f"{where} must be a table, found {table!r}")
    for key, value in table.items():
        if key not in keys:
            raise _Misfit(f"{where}: unknown key {key!r}{nearest(key, keys)} (known: {', '.join(keys)})")
        if type(value) not in keys[key]:
            words = " or ".join(WORDS[kind] for kind in keys[key] if kind is not int or float not in keys[key])
            raise _Misfit(f"{where}: {key} must be {words}, found {value!r}")
    for key in required:
        if key not in table:
            raise _Misfit(f"{where}: the key {key!r} is missing")
