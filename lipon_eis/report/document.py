"""The results document: where it comes from, and the few questions that every page asks of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lipon_eis.errors import UnreadableFile
from lipon_eis.model.roles import PLACES

SCHEMA = "lipon-eis/results/1"
Document = Mapping[str, Any]

#: Roles whose resistance is no result of the film or cell itself, unless the circuit calls it an answer.
SHORT_ROLES = ("lead", "series", "stray")


def load(results: Any) -> Document:
    """Return the results document of a dict, a path, a folder or an object with ``to_document()``.

    Raises:
        UnreadableFile: There is no such file, it is not JSON, or it is not of schema ``lipon-eis/results/1``.
    """
    if hasattr(results, "to_document"):
        results = results.to_document()
    place: str | Path = "results"
    if isinstance(results, (str, Path)):
        place = Path(results) / "results.json" if Path(results).is_dir() else Path(results)
        results = _read(place)
    if not isinstance(results, Mapping) or results.get("schema") != SCHEMA:
        found = results.get("schema") if isinstance(results, Mapping) else type(results).__name__
        raise UnreadableFile(place, f"expected a results document of schema {SCHEMA}, found {found!r}")
    return results


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(path, f"cannot be opened ({error.strerror}); run `lipon-eis fit` first?") from error
    except ValueError as error:
        raise UnreadableFile(path, f"is not JSON ({error}); was it written by `lipon-eis fit`?") from error


def entries(document: Document) -> list[Mapping[str, Any]]:
    """Return the fitted spectra, in the order of the document."""
    return list(document.get("results") or [])


def by_role(entry: Mapping[str, Any], kind: str = "resistance") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (role, parameter) for each parameter of a kind; a repeated role comes as ``bulk_2``, ``bulk_3``."""
    seen: dict[str, int] = {}
    for parameter in entry.get("parameters") or []:
        role, _, what = (parameter.get("role") or "").partition(".")
        if what != kind:
            continue
        seen[role] = seen.get(role, 0) + 1
        yield (role if seen[role] == 1 else f"{role}_{seen[role]}"), parameter


def resistances(entry: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (role, parameter) of every resistance that means something: the circuit's answers and all arcs.

    Where no role says which these are, all resistances are returned, each with an empty role.
    """
    answers = (entry.get("circuit") or {}).get("answers") or []
    found = [(role, p) for role, p in by_role(entry) if role]
    found = [(role, p) for role, p in found if p.get("name") in answers or _base(role) not in SHORT_ROLES]
    if found:
        return sorted(found, key=lambda pair: role_order(pair[0]))
    return [("", p) for p in entry.get("parameters") or [] if p.get("unit") == "ohm"]


def quoted_error(entry: Mapping[str, Any]) -> float | None:
    """Return the standard error of the quoted conductivity [S/cm], None where there is none."""
    error: float | None = (derived(entry, headline(entry)) or {}).get("stderr")
    return error


def fit_error_only(entry: Mapping[str, Any]) -> bool:
    """Return whether the quoted conductivity has an error that thickness and area have no part in."""
    quantity = derived(entry, headline(entry)) or {}
    return quoted_error(entry) is not None and quantity.get("stderr_geometry") is None


def role_order(role: str) -> tuple[int, str]:
    """Return a sort key that puts roles in the order of `PLACES`, repeated ones behind the first."""
    base = _base(role)
    return (PLACES.index(base) if base in PLACES else len(PLACES), role)


def _base(role: str) -> str:
    """Return ``bulk`` of ``bulk_2``."""
    base, _, count = role.rpartition("_")
    return base if count.isdigit() else role


def derived(entry: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return the derived quantity of a name, or None where the document does not list it."""
    return next((row for row in entry.get("derived") or [] if row.get("name") == name), None)


def codes(entry: Mapping[str, Any]) -> list[str]:
    """Return the codes of all reasons that are no notes, each once."""
    grave = (reason for reason in entry.get("reasons") or [] if reason.get("level") != "note")
    return list(dict.fromkeys(str(reason["code"]) for reason in grave if reason.get("code")))


def reduced_chi2(entry: Mapping[str, Any]) -> float | None:
    """Return χ²/ν, or None where either is unknown or no degree of freedom is left."""
    chi2, dof = entry.get("chi2"), entry.get("degrees_of_freedom")
    return chi2 / dof if chi2 is not None and dof and dof > 0 else None


def headline(entry: Mapping[str, Any]) -> str:
    """Return the name of the conductivity to quote: the total one where grain boundaries count, else the bulk's."""
    boundary = any(role.startswith("grain_boundary") for role, _ in by_role(entry))
    return "sigma_total" if boundary and derived(entry, "sigma_total") else "sigma_bulk"
