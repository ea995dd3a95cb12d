"""Page 1 as data: what was done, what not to trust, all spectra in one table, the samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from lipon_eis.report.document import Document, by_role, derived, entries, headline, role_order
from lipon_eis.report.numbers import UNKNOWN, celsius, interval_text, known, measured
from lipon_eis.report.wording import LEVEL_ORDER, SHORT_ROLES, role_symbol, role_words, verdict_words

#: Columns of resistances that fit on a page beside label, temperature, conductivity and verdict.
MOST_ROLES = 3
NAMED = 6
#: Where a sample's value comes from differs from row to row of a sheet; that is no other sample.
SHEET_ROW = re.compile(r"sheet row \d+")


def summary(document: Document) -> dict[str, Any]:
    """Return what the first page shows, as plain texts for the layout."""
    made = document.get("provenance") or {}
    return {
        "created": str(made.get("created") or "date unknown"),
        "version": str(made.get("version") or "unknown version"),
        "command": str(made.get("command") or ""),
        "settings": _settings(made.get("settings") or {}),
        "counts": _counts(document),
        "warnings": _warnings(document),
        "failures": [_failure(failure) for failure in document.get("failures") or []],
        "samples": _samples(document),
        "table": _table(document),
        "series": [_series(series) for series in document.get("series") or []],
    }


def _settings(settings: Mapping[str, Any]) -> str:
    parts = [f"{name} {_setting(value)}" for name, value in settings.items() if value not in (None, "", [], {})]
    return ", ".join(parts) or "defaults"


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name} = {_setting(item)}" for name, item in value.items() if name != "origin")
    if isinstance(value, list | tuple):
        return " to ".join("…" if item is None else str(item) for item in value)
    return str(value)


def _counts(document: Document) -> str:
    results, failed = entries(document), len(document.get("failures") or [])
    verdicts = Counter(entry.get("verdict") for entry in results)
    parts = [f"{len(results)} {'spectrum' if len(results) == 1 else 'spectra'} fitted"]
    parts += [f"{verdicts[v]} {verdict_words(v)}" for v in ("pass", "check", "fail") if verdicts[v]]
    return ", ".join(parts) + (f"; {failed} not read or not fitted" if failed else "")


def _warnings(document: Document) -> list[dict[str, Any]]:
    """Return one warning a reason code, the gravest first, with the spectra it concerns."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for entry in entries(document):
        for reason in entry.get("reasons") or []:
            if reason.get("level") in ("fail", "check"):
                key = (reason["level"], reason.get("code") or "")
                found.setdefault(key, []).append((str(entry.get("label")), str(reason.get("message") or "")))
    rows = []
    for (level, code), who in sorted(found.items(), key=lambda item: (LEVEL_ORDER.index(item[0][0]), -len(item[1]))):
        labels = [label for label, _ in who]
        more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
        messages = {message for _, message in who}
        text = who[0][1] if len(messages) == 1 else f"{who[0][1]} ({who[0][0]}; the others on their pages)"
        rows.append({"level": level, "code": code, "labels": ", ".join(labels[:NAMED]) + more, "text": text})
    return rows


def _failure(failure: Mapping[str, Any]) -> dict[str, str]:
    place = str(failure.get("source") or "unknown source")
    if failure.get("spectrum") is not None:
        place += f", spectrum {failure['spectrum']}"
    message = str(failure.get("message") or "no message").removeprefix(str(failure.get("source") or "\0"))
    message = re.sub(r"^:(\d+):", r"line \1:", message).lstrip(": ")
    return {"source": place, "error": str(failure.get("error") or ""), "message": message}


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
    """Return the table of all spectra: header texts, rows of texts, how many role columns."""
    results = entries(document)
    count = Counter(role for entry in results for role, _ in by_role(entry) if role and role not in SHORT_ROLES)
    columns = sorted((role for role, _ in count.most_common(MOST_ROLES)), key=role_order)
    rows = []
    for entry in results:
        values = dict(by_role(entry))
        quantity = derived(entry, headline(entry)) or {}
        resistances = [_measured(values[role], "ohm") if role in values else "" for role in columns]
        rows.append(
            {
                "label": str(entry.get("label") or ""),
                "temperature": celsius((entry.get("sample") or {}).get("temperature_K")),
                "resistances": resistances,
                "sigma": _measured(quantity, "S/cm").removesuffix(" S/cm"),
                "total": headline(entry) == "sigma_total",
                "verdict": entry.get("verdict") or "",
                "codes": [r.get("code") or "" for r in entry.get("reasons") or [] if r.get("level") != "note"],
            }
        )
    return {
        "roles": [{"symbol": role_symbol(role), "words": role_words(role)} for role in columns],
        "left_out": ", ".join(role_words(role) for role in sorted(count, key=role_order) if role not in columns),
        "any_total": any(row["total"] for row in rows),
        "rows": rows,
    }


def _measured(quantity: Mapping[str, Any], unit: str) -> str:
    unit = quantity.get("unit") or unit
    return measured(quantity.get("value"), quantity.get("stderr"), unit, quantity.get("interval"))


def _series(series: Mapping[str, Any]) -> dict[str, Any]:
    """Return one series as name → text, whatever its kind carries."""
    facts = []
    energies = series.get("activation_energy_eV") or {}
    for key, words in (("sigma", "Ea from ln σ"), ("sigma_T", "Ea from ln σT")):
        if energies.get(key):
            facts.append([words, *_both(energies[key], "eV")])
    words_of = {
        "sigma_25C_S_per_cm": ("σ at 25 °C", "S/cm"),
        "sigma_S_per_cm": ("σ", "S/cm"),
        "asr_interface_ohm_cm2": ("interface, area-specific", "ohm cm2"),
    }
    for key, quantity in series.items():
        if key != "activation_energy_eV" and isinstance(quantity, Mapping) and "value" in quantity:
            words, unit = words_of.get(key, (key.replace("_", " "), ""))
            facts.append([words + (" (extrapolated)" if quantity.get("extrapolated") else ""), *_both(quantity, unit)])
    excluded = "; ".join(f"{e.get('label')}: {e.get('why')}" for e in series.get("excluded") or [])
    method = f"{series.get('kind')} series, {series.get('method') or 'method not stated'}"
    method += f", {role_words(series['role'])}" if series.get("role") else ""
    count = len(series.get("members") or [])
    return {
        "label": str(series.get("label") or ""),
        "method": f"{method}; {count} spectra",
        "facts": facts,
        "excluded": excluded,
    }


def _both(quantity: Mapping[str, Any], unit: str) -> tuple[str, str]:
    value = measured(quantity.get("value"), quantity.get("stderr"), unit, quantity.get("interval"))
    return value, interval_text(quantity.get("interval"), unit)
