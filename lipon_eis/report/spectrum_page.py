"""The page of one spectrum as data: figure, circuit, tables, verdict, provenance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lipon_eis.errors import LiponEisError
from lipon_eis.report import style
from lipon_eis.report.circuit_drawing import circuit_svg, circuit_tree
from lipon_eis.report.curves import curves
from lipon_eis.report.document import reduced_chi2
from lipon_eis.report.figure import spectrum_figure
from lipon_eis.report.formulas import formula as typeset
from lipon_eis.report.formulas import prose
from lipon_eis.report.numbers import UNKNOWN, celsius, interval_text, known, measured, plain
from lipon_eis.report.wording import LEVEL_ORDER, METHOD_WORDS, parameter_words, quantity_words

#: Heights of a page's parts [mm], so that the figure takes what the tables leave.
PAGE, TOP, PARAMETER_ROW, DERIVED_ROW, REASON, GAP, FOOT = 268.0, 14.0, 3.95, 3.4, 3.9, 5.0, 18.0
LOWEST, HIGHEST = 66.0, 168.0
LETTERS_A_LINE, NOTE_LETTERS_A_LINE, REASON_LETTERS = 112, 130, 24
MOST_METADATA = 300
BOOKKEEPING = ("origin", "lines", "ignored")
HEADER_UNITS = ("m2", "Hz", "ohm", "K", "V", "A", "m", "s")


def spectrum_page(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of one entry of ``results`` shows; to be called inside `style.settings`."""
    parameters = [_parameter(p) for p in entry.get("parameters") or []]
    derived = [_derived(q) for q in entry.get("derived") or []]
    reasons = _reasons(entry)
    drawing = _drawing(entry)
    drawn = curves(entry)
    height = _figure_height(entry, drawing)
    circuit = entry.get("circuit") or {}
    return {
        "label": str(entry.get("label") or "unnamed"),
        "verdict": entry.get("verdict") or "",
        "reasons": reasons,
        "sample": _sample(entry),
        "circuit_name": str(circuit.get("name") or ""),
        "circuit_text": str(circuit.get("text") or ""),
        "figure": style.svg(spectrum_figure(drawn, height)) if drawn.f.size else None,
        "drawing": drawing,
        "parameters": parameters,
        "derived": derived,
        "fit_only": _fit_error_only(entry),
        "statistics": _statistics(entry),
        "source": str(entry.get("source") or "unknown source"),
        "spectrum": entry.get("spectrum") or 0,
        "sha256": str(entry.get("sha256") or UNKNOWN),
        "format": str(entry.get("format") or UNKNOWN),
        "metadata": _metadata(entry.get("metadata") or {}),
    }


def _figure_height(entry: Mapping[str, Any], drawing: Any) -> float:
    """Return about what the tables leave [mm]; the layout scales the figure where this was too much."""
    reasons, quantities = _reasons(entry), entry.get("derived") or []
    notes = sum(_length(r) for r in reasons if r["level"] == "note")
    lines = sum(1 + _length(r) // LETTERS_A_LINE for r in reasons if r["level"] != "note") + notes / NOTE_LETTERS_A_LINE
    taken = TOP + REASON * lines + max(20.0, drawing["height"] + 6.0 if drawing else 0.0) + FOOT
    for count, row in ((len(entry.get("parameters") or []), PARAMETER_ROW), (len(quantities), DERIVED_ROW)):
        taken += (count + 1) * row + GAP if count else 0.0
    taken += 2.9 * sum(len(str(q.get("reason") or "")) // REASON_LETTERS for q in quantities)
    return min(max(PAGE - taken, LOWEST), HIGHEST)


def _length(reason: Mapping[str, Any]) -> int:
    return len("CHECK : ") + len(reason["code"]) + len(reason["message"])


def _sample(entry: Mapping[str, Any]) -> list[list[str]]:
    sample = entry.get("sample") or {}
    rows = [
        ["T", celsius(sample.get("temperature_K"))],
        ["d", measured(sample.get("thickness_m"), sample.get("thickness_stderr_m"), "m")],
        ["A", measured(sample.get("area_m2"), sample.get("area_stderr_m2"), "m2")],
    ]
    rows += [[key, str(sample[key])] for key in ("stack", "state", "group") if sample.get(key)]
    return rows


def _reasons(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "level": str(r.get("level") or "note"),
            "code": str(r.get("code") or ""),
            "message": str(r.get("message") or ""),
            "text": prose(str(r.get("message") or "")),
        }
        for r in entry.get("reasons") or []
    ]
    return sorted(rows, key=lambda row: LEVEL_ORDER.index(row["level"]) if row["level"] in LEVEL_ORDER else 9)


def _parameter(p: Mapping[str, Any]) -> list[str]:
    unit = p.get("unit") or ""
    how = METHOD_WORDS.get(p.get("interval_method") or "", str(p.get("interval_method") or ""))
    if p.get("fixed"):
        how = "fixed"
    elif p.get("interval_method") == "bound":
        how = "at its bound"
    value = measured(p.get("value"), p.get("stderr"), unit, p.get("interval"))
    interval = interval_text(p.get("interval"), unit)
    return [str(p.get("name") or ""), parameter_words(p.get("role")), value, interval, how]


def _derived(q: Mapping[str, Any]) -> dict[str, Any]:
    """Return one derived quantity; the formula that was used stands in the document, else the usual one is shown."""
    unit = q.get("unit") or ""
    name = str(q.get("name") or "")
    words, formula = quantity_words(name)
    above = name.startswith("capacitance_per_area_")  # the capacitance itself has the row before
    return {
        "words": words,
        "formula": typeset("c = C/A" if above else str(q.get("formula") or formula)),
        "value": measured(q.get("value"), q.get("stderr"), unit, q.get("interval")),
        "interval": interval_text(q.get("interval"), unit),
        "share": _share(q) if known(q.get("value")) else prose(str(q.get("reason") or "")),
    }


def _share(q: Mapping[str, Any]) -> list[Any]:
    """Return the two parts of an error in percent of the value, ``fit 0.2 %, geom. 3.6 %``."""
    value = q.get("value")
    if not known(value) or value == 0:
        return []
    parts = [(q.get("stderr_fit"), "fit"), (q.get("stderr_geometry"), "geom.")]
    return prose(", ".join(f"{word} {plain(100 * abs(s / value), '', 2)} %" for s, word in parts if known(s)))


def _fit_error_only(entry: Mapping[str, Any]) -> str:
    """Say which of thickness and area was given without an error, where a quantity on the page needs it."""
    geometric = ("sigma_", "asr_", "eps_", "capacitance_per_area_")
    rows = [q for q in entry.get("derived") or [] if str(q.get("name")).startswith(geometric)]
    sample = entry.get("sample") or {}
    needed = [("thickness", "m"), ("area", "m2")]
    if any(q.get("name") == "diffusion_coefficient" and known(q.get("stderr")) for q in entry.get("derived") or []):
        needed.append(("cathode_thickness", "m"))
    bare = [
        what.replace("_", " ")
        for what, unit in needed
        if known(sample.get(f"{what}_{unit}")) and not known(sample.get(f"{what}_stderr_{unit}"))
    ]
    if not bare or not any(known(q.get("stderr")) for q in rows):
        return ""
    carry = "carry no error, and none of theirs is" if len(bare) > 1 else "carries no error, and none is"
    alone = "Fit error only: " if {"thickness", "area"} <= set(bare) else ""
    return f"{alone}{' and '.join(bare)} {carry} in the errors above.".capitalize()


def _metadata(metadata: Mapping[str, Any]) -> str:
    """Return what the header said, ``amplitude 10 mV, comment …``, without where it stood and what was not used."""
    parts = []
    for key, value in metadata.items():
        if key in BOOKKEEPING or value in (None, "", [], {}):
            continue
        unit = next((unit for unit in HEADER_UNITS if key.endswith(f"_{unit}")), None)
        if unit and isinstance(value, int | float):
            number, _, after = plain(value, unit, 6).partition(" ")
            key = key.removesuffix(f"_{unit}")
            value = f"{number.rstrip('0').rstrip('.') if '.' in number else number} {after}"
        elif isinstance(value, list | tuple):
            value = " to ".join(map(str, value))
        parts.append(f"{key.replace('_', ' ')} {value}")
    text = ", ".join(parts)
    return text if len(text) <= MOST_METADATA else f"{text[: MOST_METADATA - 2].rpartition(', ')[0]}, …"


def _statistics(entry: Mapping[str, Any]) -> list[list[str]]:
    points, masked = entry.get("n_points"), entry.get("n_masked") or 0
    starts, agreeing = entry.get("starts"), entry.get("starts_agreeing")
    reduced = reduced_chi2(entry)
    rows = [
        ["weighting", str(entry.get("weighting") or UNKNOWN)],
        ["points", f"{points if points is not None else UNKNOWN}" + (f", {masked} masked" if masked else "")],
        ["χ²", plain(entry.get("chi2"), "", 4)],
        ["ν", str(entry.get("degrees_of_freedom") if entry.get("degrees_of_freedom") is not None else UNKNOWN)],
        ["χ²/ν", plain(reduced, "", 4)],
        ["starts agreeing", f"{agreeing} of {starts}" if starts is not None and agreeing is not None else UNKNOWN],
    ]
    if entry.get("weighting") == "modulus" and reduced is not None and reduced >= 0:
        rows.insert(5, ["rms misfit", f"{plain(100 * reduced**0.5, '', 2)} % of |Z|"])
    return rows


def _drawing(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        tree = circuit_tree(entry.get("circuit") or {})
    except LiponEisError:
        return None
    roles: dict[str, str] = {}
    for parameter in entry.get("parameters") or []:
        role, _, kind = (parameter.get("role") or "").partition(".")
        if role and (kind == "resistance" or "_" in str(parameter.get("name"))):
            roles.setdefault(str(parameter["name"]).split("_")[0], role)
    svg, width, height = circuit_svg(tree, roles)
    millimetres = 25.4 / 72
    scale = min(1.0, 126.0 / (width * millimetres))
    return {"svg": svg, "width": width * millimetres * scale, "height": height * millimetres * scale}
