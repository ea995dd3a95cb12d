"""Page 1 as data: what was done, what not to trust, all spectra in one table, the samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lipon_eis.report import series
from lipon_eis.report.document import (
    Document,
    codes,
    derived,
    entries,
    fit_error_only,
    headline,
    resistances,
    role_order,
)
from lipon_eis.report.formulas import prose
from lipon_eis.report.numbers import UNKNOWN, celsius, known, measured
from lipon_eis.report.settings_words import settings_words
from lipon_eis.report.wording import LEVEL_ORDER, role_symbol, role_words, verdict_words

NAMED = 6
LETTER = 1.2  # width of a letter in the table [mm]
#: Where a sample's value comes from differs from row to row of a sheet; that is no other sample.
SHEET_ROW = re.compile(r"sheet row \d+")


def summary(document: Document) -> dict[str, Any]:
    """Return what the first page shows, as plain texts for the layout."""
    made = document.get("provenance") or {}
    return {
        "created": _date(made.get("created")),
        "version": str(made.get("version") or "unknown version"),
        "command": str(made.get("command") or ""),
        "settings": settings_words(document),
        "counts": _counts(document),
        "failed": _failed(document),
        "passed_over": _passed_over(document),
        "warnings": _warnings(document),
        "failures": [_failure(failure) for failure in document.get("failures") or []],
        "samples": _samples(document),
        "table": _table(document),
        "series": [_series(one) for one in document.get("series") or []],
    }


def _date(created: Any) -> str:
    """Return ``2024-05-17 09:30 UTC``; a date that is none as it stands."""
    try:
        date = datetime.fromisoformat(str(created))
    except ValueError:
        return str(created or "date unknown")
    return f"{date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _counts(document: Document) -> str:
    results = entries(document)
    verdicts = Counter(entry.get("verdict") for entry in results)
    judged = ", ".join(f"{verdicts[v]} {verdict_words(v)}" for v in ("pass", "check", "fail") if verdicts[v])
    return f"{_number_of(len(results), 'spectrum', 'spectra')} fitted" + (f": {judged}" if judged else "")


def _failed(document: Document) -> str:
    failed = len(document.get("failures") or [])
    return f"{failed} not read or not fitted" if failed else ""


def _passed_over(document: Document) -> str:
    passed = ((document.get("provenance") or {}).get("settings") or {}).get("passed_over")
    return f"{_number_of(passed, 'file', 'files')} passed over, known to no reader" if passed else ""


def _number_of(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _warnings(document: Document) -> list[dict[str, Any]]:
    """Return one warning a reason code, the gravest first, with the spectra it concerns."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for entry in entries(document):
        first: dict[tuple[str, str], str] = {}
        for reason in entry.get("reasons") or []:
            if reason.get("level") in ("fail", "check"):
                first.setdefault((reason["level"], str(reason.get("code") or "")), str(reason.get("message") or ""))
        for key, message in first.items():
            found.setdefault(key, []).append((str(entry.get("label")), message))
    rows = []
    for (level, code), who in sorted(found.items(), key=lambda item: (LEVEL_ORDER.index(item[0][0]), -len(item[1]))):
        labels = [label for label, _ in who]
        more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
        messages = {message for _, message in who}
        text = who[0][1] if len(messages) == 1 else f"{who[0][1]} ({who[0][0]}; the others on their pages)"
        rows.append({"level": level, "code": code, "labels": ", ".join(labels[:NAMED]) + more, "text": prose(text)})
    return rows


def _failure(failure: Mapping[str, Any]) -> dict[str, Any]:
    place = str(failure.get("source") or "unknown source")
    if failure.get("spectrum") is not None:
        place += f", spectrum {failure['spectrum']}"
    message = str(failure.get("message") or "no message").removeprefix(str(failure.get("source") or "\0"))
    message = re.sub(r"^:(\d+):", r"line \1:", message).lstrip(": ")
    return {"source": place, "error": str(failure.get("error") or ""), "message": prose(message)}


def _samples(document: Document) -> list[list[str]]:
    """Return one row a distinct geometry: spectra, thickness, area, temperatures, where these come from."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for entry in entries(document):
        sample = entry.get("sample") or {}
        origin = sample.get("origin") or {}
        thickness = measured(sample.get("thickness_m"), sample.get("thickness_stderr_m"), "m")
        area = measured(sample.get("area_m2"), sample.get("area_stderr_m2"), "m2")
        words = {"thickness_m": "d", "area_m2": "A", "temperature_K": "T"}
        named = {
            word: SHEET_ROW.sub("sample sheet", str(origin[key])) for key, word in words.items() if origin.get(key)
        }
        source = ", ".join(f"{word}: {place}" for word, place in named.items())
        if len(set(named.values())) == 1 and len(named) == len(words):
            source = named["T"]
        groups.setdefault((thickness, area, source or UNKNOWN), []).append(entry)
    rows = []
    for (thickness, area, source), members in groups.items():
        labels = [str(member.get("label")) for member in members]
        shown = ", ".join(labels) if len(labels) <= 3 else f"{labels[0]}, {labels[1]} … {labels[-1]} ({len(labels)})"
        rows.append([shown, thickness, area, _temperatures(members), source])
    return rows


def _temperatures(members: list[Mapping[str, Any]]) -> str:
    found = {(member.get("sample") or {}).get("temperature_K") for member in members}
    kelvin = sorted(t for t in found if known(t))
    if not kelvin:
        return UNKNOWN
    text = celsius(kelvin[0])
    if len(kelvin) > 1:
        text = f"{text.removesuffix(' °C')} to {celsius(kelvin[-1])}"
    return text + ("; some unknown" if len(kelvin) < len(found) else "")


def _table(document: Document) -> dict[str, Any]:
    """Return the table of all spectra: a row each, with every resistance that means something."""
    rows: list[dict[str, Any]] = []
    used: dict[str, str] = {}
    for entry in entries(document):
        values = resistances(entry)
        used |= {role: role_words(role) for role, _ in values if role}
        quantity = derived(entry, headline(entry)) or {}
        rows.append(
            {
                "label": str(entry.get("label") or ""),
                "temperature": celsius((entry.get("sample") or {}).get("temperature_K")),
                "resistances": [[_resistance_symbol(role, p), _measured(p, "ohm")] for role, p in values],
                "sigma": _measured(quantity, "S/cm").removesuffix(" S/cm"),
                "total": headline(entry) == "sigma_total",
                "fit_only": fit_error_only(entry),
                "verdict": entry.get("verdict") or "",
                "codes": codes(entry),
            }
        )
    longest = max((len(value) for row in rows for _, value in row["resistances"]), default=0)
    return {
        "value_width": min(max(LETTER * longest + 0.8, 16.0), 30.0),
        "slots": 2 if any(len(row["resistances"]) > 1 for row in rows) else 1,
        "roles": [{"symbol": role_symbol(role), "words": used[role]} for role in sorted(used, key=role_order)],
        "any_total": any(row["total"] for row in rows),
        "any_fit_only": any(row["fit_only"] for row in rows),
        "any_geometry": any(not row["fit_only"] and "±" in row["sigma"] for row in rows),
        "rows": rows,
    }


def _resistance_symbol(role: str, parameter: Mapping[str, Any]) -> list[str]:
    """Return letter and subscript, ``R`` and ``gb``; a parameter without a role keeps its name."""
    return ["R", role_symbol(role)] if role else [str(parameter.get("name") or ""), ""]


def _measured(quantity: Mapping[str, Any], unit: str) -> str:
    unit = quantity.get("unit") or unit
    return measured(quantity.get("value"), quantity.get("stderr"), unit, quantity.get("interval"))


def _unbroken(text: str) -> str:
    """Return a list of quantities whose values stay on one line each."""
    pieces = [piece.partition(" = ") for piece in text.split(", ")]
    return ", ".join(name + (equals + value).replace(" ", "\u00a0") for name, equals, value in pieces)


def _series(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return one series as texts, whatever its kind carries."""
    kind = f"{one.get('kind') or 'unknown kind of'} series"
    return {
        "label": series.title(one),
        "kind": str(one.get("kind") or ""),
        "method": f"{kind}, {one.get('method') or 'method not stated'}: {series.size(one)}",
        "facts": [[prose(f.name.replace("Ea", "E_a")), f.value, f.interval, f.how] for f in series.facts(one)],
        "doubts": [
            {"level": str(r.get("level")), "code": str(r.get("code")), "text": prose(str(r.get("message") or ""))}
            for r in series.doubts(one)
        ],
        "left_out": series.left_out(one),
        "details": [prose(_unbroken(text).replace("Ea", "E_a")) for text in series.details(one)],
    }
