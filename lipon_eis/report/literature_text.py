"""Published values in words, as plain values for JSON, and as CSV; digits are those of the table, none is rounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lipon_eis.physics.literature import LiteratureRow, Range
from lipon_eis.physics.standing import Standing
from lipon_eis.report.csv_table import FORMULA
from lipon_eis.report.fitted_films import FittedFilm
from lipon_eis.report.numbers import UNKNOWN, measured, superscript

COLUMNS = (
    *("formula", "name", "family", "method", "kind", "sigma_low_S_per_cm", "sigma_high_S_per_cm"),
    *("activation_energy_low_eV", "activation_energy_high_eV", "approximate", "temperature"),
    *("sigma_printed", "activation_energy_printed", "reference", "doi", "note", "table"),
)
#: What JSON says of the published film nearest to a fitted one.
NEAREST = ("formula", "name", "sigma_S_per_cm", "activation_energy_eV", "reference")


def sigma_text(row: LiteratureRow) -> str:
    """Return ``3.23–9.75 × 10⁻⁶``, with ``~`` before what is approximate."""
    low, high = (Decimal(repr(end)) for end in (row.sigma.low, row.sigma.high))
    power = high.adjusted()
    ends = dict.fromkeys(_plain(end.scaleb(-power)) for end in (low, high))
    return f"{'~' if row.approximate else ''}{'–'.join(ends)} × 10{superscript(power)}"


def energy_text(row: LiteratureRow) -> str:
    """Return ``0.44–0.63``, or a dash where none is known."""
    if row.activation_energy is None:
        return UNKNOWN
    ends = (row.activation_energy.low, row.activation_energy.high)
    return "–".join(dict.fromkeys(_plain(Decimal(repr(end))) for end in ends))


def film_text(film: FittedFilm) -> str:
    """Return ``σ = (2.31 ± 0.03) × 10⁻⁶ S/cm at 25 °C; Ea = 0.550 eV (σ) or 0.577 eV (σT)``."""
    text = f"σ = {measured(film.sigma, film.stderr, 'S/cm', film.interval)} {_in_brackets(film.how)}"
    if film.energies:
        text += "; Ea = {:.3f} eV (σ) or {:.3f} eV (σT)".format(*film.energies)
    return text


def standing_text(place: Standing) -> str:
    """Return where a film stands as one sentence without a full stop."""
    total = len(place.below) + len(place.level) + len(place.above)
    if place.nearest is None:
        return "no published film to compare with"
    near = place.nearest
    level = f", level with {len(place.level)}" if place.level else ""
    text = f"above {len(place.below)}{level} and below {len(place.above)} of {total} published films"
    return f"{text}; nearest: {near.name or near.formula} [{near.reference.key}], {sigma_text(near)} S/cm"


def plain_row(row: LiteratureRow) -> dict[str, Any]:
    """Return a row for JSON; what is not known is null."""
    return {
        "formula": row.formula,
        "name": row.name or None,
        "family": row.family,
        "method": row.method or None,
        "kind": row.kind,
        "film": row.is_film,
        "sigma_S_per_cm": _ends(row.sigma),
        "approximate": row.approximate,
        "activation_energy_eV": None if row.activation_energy is None else _ends(row.activation_energy),
        "temperature": row.temperature or None,
        "printed": {
            "sigma": row.printed_sigma or None,
            "activation_energy": row.printed_activation_energy or None,
        },
        "reference": str(row.reference),
        "doi": row.reference.doi or None,
        "note": row.note or None,
        "table": row.table or None,
    }


def plain_film(film: FittedFilm, place: Standing) -> dict[str, Any]:
    """Return a film and its place among the published ones for JSON."""
    sigma_energy, sigma_t_energy = film.energies or (None, None)
    return {
        "label": film.label,
        "sigma_S_per_cm": {
            "value": film.sigma,
            "stderr": film.stderr,
            "interval": list(film.interval) if film.interval else None,
        },
        "how": film.how,
        "activation_energy_eV": {"sigma": sigma_energy, "sigma_T": sigma_t_energy},
        "below": len(place.below),
        "level": len(place.level),
        "above": len(place.above),
        "nearest": None if place.nearest is None else {key: plain_row(place.nearest)[key] for key in NEAREST},
    }


def literature_csv(rows: Sequence[LiteratureRow]) -> str:
    """Return rows as CSV under `COLUMNS`; an unknown value is an empty cell, and no text runs as a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in _flat(row).items()} for row in rows)
    return text.getvalue()


def _flat(row: LiteratureRow) -> Mapping[str, Any]:
    values = plain_row(row)
    sigma, energy, printed = values["sigma_S_per_cm"], values["activation_energy_eV"] or {}, values["printed"]
    values |= {"sigma_low_S_per_cm": sigma["low"], "sigma_high_S_per_cm": sigma["high"]}
    values |= {f"activation_energy_{end}_eV": energy.get(end) for end in ("low", "high")}
    values |= {"sigma_printed": printed["sigma"], "activation_energy_printed": printed["activation_energy"]}
    values["approximate"] = "yes" if row.approximate else "no"
    return {column: values[column] for column in COLUMNS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    return "'" + value if value.startswith(FORMULA) else str(value)


def _ends(values: Range) -> dict[str, float]:
    return {"low": values.low, "high": values.high}


def _plain(number: Decimal) -> str:
    """Return a number without superfluous zeros and without exponent."""
    return f"{number.normalize():f}"


def _in_brackets(how: str) -> str:
    return how if how.startswith("at ") else f"({how})"
