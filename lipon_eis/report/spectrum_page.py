"""The page of one spectrum as data: figure, circuit, tables, verdict, provenance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lipon_eis.errors import LiponEisError
from lipon_eis.model.circuit import Circuit
from lipon_eis.report import style
from lipon_eis.report.circuit_drawing import circuit_svg
from lipon_eis.report.curves import curves
from lipon_eis.report.document import reduced_chi2
from lipon_eis.report.figure import spectrum_figure
from lipon_eis.report.numbers import UNKNOWN, celsius, interval_text, known, measured, plain
from lipon_eis.report.wording import LEVEL_ORDER, METHOD_WORDS, formula_parts, parameter_words, quantity_words

#: Heights of a page's parts [mm], so that the figure takes what the tables leave.
PAGE, TOP, ROW, REASON, FOOT = 262.0, 17.0, 3.85, 4.4, 12.0
LOWEST, HIGHEST = 96.0, 168.0
LETTERS_A_LINE = 118


def spectrum_page(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of one entry of ``results`` shows; to be called inside `style.settings`."""
    parameters = [_parameter(p) for p in entry.get("parameters") or []]
    derived = [_derived(q) for q in entry.get("derived") or []]
    reasons = _reasons(entry)
    drawing = _drawing(entry)
    drawn = curves(entry)
    height = _figure_height(parameters, derived, reasons, drawing)
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
        "fit_only": any(known(q.get("value")) and not known(q.get("stderr_geometry")) for q in _geometric(entry)),
        "statistics": _statistics(entry),
        "source": str(entry.get("source") or "unknown source"),
        "spectrum": entry.get("spectrum") or 0,
        "sha256": str(entry.get("sha256") or UNKNOWN),
        "format": str(entry.get("format") or UNKNOWN),
        "metadata": ", ".join(f"{key} {value}" for key, value in (entry.get("metadata") or {}).items())[:240],
    }


def _figure_height(parameters: list[Any], derived: list[Any], reasons: list[Any], drawing: Any) -> float:
    lines = sum(1 + len(reason["text"]) // LETTERS_A_LINE for reason in reasons)
    rows = len(parameters) + len(derived) + 2 + (1.5 if derived else 0)
    taken = TOP + REASON * lines + ROW * rows + FOOT + 12 + max(16.0, drawing["height"] if drawing else 0.0)
    return min(max(PAGE - taken, LOWEST), HIGHEST)


def _sample(entry: Mapping[str, Any]) -> list[list[str]]:
    sample = entry.get("sample") or {}
    rows = [
        ["T", celsius(sample.get("temperature_K"))],
        ["d", measured(sample.get("thickness_m"), sample.get("thickness_stderr_m"), "m")],
        ["A", measured(sample.get("area_m2"), sample.get("area_stderr_m2"), "m2")],
    ]
    rows += [[key, str(sample[key])] for key in ("stack", "state", "group") if sample.get(key)]
    return rows


def _reasons(entry: Mapping[str, Any]) -> list[dict[str, str]]:
    rows = [
        {"level": str(r.get("level") or "note"), "code": str(r.get("code") or ""), "text": str(r.get("message") or "")}
        for r in entry.get("reasons") or []
    ]
    return sorted(rows, key=lambda row: LEVEL_ORDER.index(row["level"]) if row["level"] in LEVEL_ORDER else 9)


def _parameter(p: Mapping[str, Any]) -> list[str]:
    unit = p.get("unit") or ""
    how = METHOD_WORDS.get(p.get("interval_method") or "", str(p.get("interval_method") or ""))
    if p.get("fixed"):
        how = "fixed"
    elif p.get("at_bound"):
        how = f"at its bound; {how}" if how else "at its bound"
    value = measured(p.get("value"), p.get("stderr"), unit, p.get("interval"))
    interval = interval_text(p.get("interval"), unit)
    return [str(p.get("name") or ""), parameter_words(p.get("role")), value, interval, how]


def _derived(q: Mapping[str, Any]) -> dict[str, Any]:
    """Return one derived quantity; the formula that was used stands in the document, else the usual one is shown."""
    unit = q.get("unit") or ""
    words, formula = quantity_words(str(q.get("name") or ""))
    return {
        "words": words,
        "formula": formula_parts(str(q.get("formula") or formula)),
        "value": measured(q.get("value"), q.get("stderr"), unit, q.get("interval")),
        "interval": interval_text(q.get("interval"), unit),
        "share": _share(q) if known(q.get("value")) else str(q.get("reason") or ""),
    }


def _share(q: Mapping[str, Any]) -> str:
    """Return the two parts of an error in percent of the value, ``fit 0.2 %, geom. 3.6 %``."""
    value = q.get("value")
    if not known(value) or value == 0:
        return ""
    parts = [(q.get("stderr_fit"), "fit"), (q.get("stderr_geometry"), "geom.")]
    return ", ".join(f"{word} {plain(100 * abs(s / value), '', 2)} %" for s, word in parts if known(s))


def _geometric(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [q for q in entry.get("derived") or [] if str(q.get("name")).startswith(("sigma_", "asr_", "eps_"))]


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
        circuit = Circuit((entry.get("circuit") or {}).get("text") or "")
    except LiponEisError:
        return None
    roles: dict[str, str] = {}
    for parameter in entry.get("parameters") or []:
        role, _, kind = (parameter.get("role") or "").partition(".")
        if role and (kind == "resistance" or "_" in str(parameter.get("name"))):
            roles.setdefault(str(parameter["name"]).split("_")[0], role)
    svg, width, height = circuit_svg(circuit.tree, roles)
    millimetres = 25.4 / 72
    scale = min(1.0, 126.0 / (width * millimetres))
    return {"svg": svg, "width": width * millimetres * scale, "height": height * millimetres * scale}
