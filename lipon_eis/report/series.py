"""The series of a document in words: what was found of each, for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lipon_eis.report.document import Document
from lipon_eis.report.numbers import celsius, interval_text, known, measured
from lipon_eis.report.wording import role_words

INDENT = "    "
#: What joint fits share → symbol, unit.
SHARED = {"capacitance": ("C", "F"), "exponent": ("n", ""), "lead": ("R", "ohm"), "inductance": ("L", "H")}
NAMED = 6
ENERGIES = {"sigma": "Ea(σ)", "sigma_T": "Ea(σT)"}
#: Quantity of a temperature series → how it is called, unit; those of other kinds bring both along.
QUANTITIES = {
    "sigma_25C_S_per_cm": ("σ(25 °C)", "S/cm"),
    "asr_25C_ohm_cm2": ("ASR(25 °C)", "ohm cm2"),
}


@dataclass(frozen=True)
class Fact:
    """One quantity of a series as texts; ``how`` is ``interpolated``, ``extrapolated`` or empty."""

    name: str
    value: str
    interval: str
    how: str = ""


def facts(series: Mapping[str, Any]) -> list[Fact]:
    """Return all that a series was made for, whatever its kind carries."""
    energies = series.get("activation_energy_eV") or {}
    found = [_fact(name, energies[key], "eV") for key, name in ENERGIES.items() if energies.get(key)]
    for key, quantity in series.items():
        if key != "activation_energy_eV" and isinstance(quantity, Mapping) and "value" in quantity:
            name, unit = QUANTITIES.get(key, (key.replace("_", " "), ""))
            found.append(_fact(str(quantity.get("words") or name), quantity, str(quantity.get("unit") or unit)))
    return found


def title(series: Mapping[str, Any]) -> str:
    """Return the label, with the role where it is not the bulk's: ``film-B, total``."""
    label, role = str(series.get("label") or "series"), series.get("role")
    return label if role in (None, "", "bulk") else f"{label}, {role_words(role)}"


def size(series: Mapping[str, Any]) -> str:
    """Return ``7 spectra, −10 to 40 °C``."""
    count = len(series.get("members") or [])
    text = f"{count} {'spectrum' if count == 1 else 'spectra'}"
    low, high = series.get("temperature_range_K") or (None, None)
    if known(low) and known(high):
        text += f", {celsius(low).removesuffix(' °C')} to {celsius(high)}"
    return text


def details(series: Mapping[str, Any]) -> list[str]:
    """Return what a series has beside its result: what it says in words, what spectra share, what two steps give."""
    found = sentences(series)
    values = []
    for one in series.get("shared") or []:
        symbol, unit = SHARED.get(str(one.get("quantity")), (str(one.get("name")), ""))
        name = f"{symbol}({str(one['role']).replace('_', ' ')})" if one.get("role") else str(one.get("name"))
        values.append(f"{name} = {measured(one.get('value'), one.get('stderr'), unit, one.get('interval'))}")
    if values:
        found.append(f"shared: {', '.join(values)}")
    if two := series.get("two_step"):
        texts = [f"{fact.name} = {fact.value}" for fact in facts(two)]
        found.append(f"in two steps, {size({'members': two.get('members')})}: {', '.join(texts)}")
    return found


def sentences(series: Mapping[str, Any]) -> list[str]:
    """Return what a series says of itself in words."""
    return [str(text) for text in series.get("findings") or []]


def left_out(series: Mapping[str, Any]) -> str:
    """Return ``A3, A4 (judged FAIL); A7 (no thickness)``, empty where all spectra are on the line."""
    why: dict[str, list[str]] = {}
    for excluded in series.get("excluded") or []:
        why.setdefault(str(excluded.get("why") or "no reason given"), []).append(str(excluded.get("label") or "–"))
    parts = []
    for reason, labels in why.items():
        more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
        parts.append(f"{', '.join(labels[:NAMED])}{more} ({reason})")
    return "; ".join(parts)


def doubts(series: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the reasons why a series is not to be trusted without looking."""
    return [reason for reason in series.get("reasons") or [] if reason.get("level") in ("check", "fail")]


def series_lines(document: Document, width: int) -> Iterator[str]:
    """Yield what a terminal shows of each series: one line where it is wide enough, breaks between quantities."""
    for series in document.get("series") or []:
        texts = [f"{fact.name} = {fact.value}" + (f", {fact.how}" if fact.how else "") for fact in facts(series)]
        pieces = [f"{title(series)}:", *(f"{text}," for text in texts[:-1]), *(f"{text};" for text in texts[-1:])]
        pieces.append(size(series))
        if codes := ", ".join(dict.fromkeys(str(reason.get("code")) for reason in doubts(series))):
            pieces[-1] += ";"
            pieces.append(f"CHECK: {codes}")
        yield from _filled(pieces, width)
        for text in sentences(series):
            yield from _filled([f"{INDENT}{text.split(' ')[0]}", *text.split(" ")[1:]], width)
        for text in details(series)[len(sentences(series)) :]:
            head, _, rest = text.partition(": ")
            *parts, last = rest.split(", ")
            yield from _filled([f"{INDENT}{head}:", *(f"{part}," for part in parts), last], width)
        if missing := left_out(series):
            yield from _filled([f"{INDENT}left out:", *missing.split(" ")], width)


def _fact(name: str, quantity: Mapping[str, Any], unit: str) -> Fact:
    value = measured(quantity.get("value"), quantity.get("stderr"), unit, quantity.get("interval"))
    if quantity.get("reason"):
        value = f"{value} ({quantity['reason']})"
    how = "" if "extrapolated" not in quantity else "extrapolated" if quantity["extrapolated"] else "interpolated"
    return Fact(name, value, interval_text(quantity.get("interval"), unit), how)


def _filled(pieces: list[str], width: int) -> Iterator[str]:
    """Put pieces into lines, the later ones indented; a quantity is never torn from its error and unit."""
    line = ""
    for piece in pieces:
        if line and len(line) + 1 + len(piece) > width:
            yield line
            line = f"{INDENT}{piece}"
        else:
            line = f"{line} {piece}" if line else piece
    if line:
        yield line
