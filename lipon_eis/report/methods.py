"""The last page as data: definitions, formulas, circuits and versions, fit for supplementary information."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lipon_eis.report.document import Document, entries
from lipon_eis.report.formulas import between_dollars
from lipon_eis.report.wording import role_words

WEIGHTS = {
    "modulus": "$w = 1/|Z|^2$ on both parts",
    "proportional": "$w = 1/(Re Z)^2$ and $1/(Im Z)^2$, each part apart",
    "unit": "$w = 1$ on both parts",
    "sigma": "$w = 1/s^2$ with the standard deviations s given with the data; the covariance is not rescaled",
}
FORMULAS = (
    ("constant phase element", "$Z = 1/(Q (jω)^n)$"),
    ("arc", "$Z = R/(1 + R Q (jω)^n)$, with its apex at $f = 1/(2π (R Q)^(1/n))$"),
    ("conductivity", "$σ = d/(R A)$"),
    ("capacitance of an arc through the film", "$C = Q^(1/n) R^((1−n)/n)$ (Hsu and Mansfeld 2001)"),
    (
        "capacitance of an interface",
        "$C = Q^(1/n) (1/R_e + 1/R)^((n−1)/n)$, $R_e$ the resistances before it (Brug et al. 1984)",
    ),
    ("relative permittivity", "$ε_r = (C d)/(ε_0 A)$"),
    ("grain boundary, brick layer", "$σ_gb = C_b/C_gb d/(R_gb A)$, for equal permittivities"),
    ("area-specific resistance", "$ASR = (R A)/N$, where one arc stands for $N$ equal sides"),
    ("activation energy", "$σ = σ_0 exp(−E_a/(k T))$, and the same of $σT$; the two differ by about $k T$ = 0.026 eV"),
)


def methods(document: Document) -> dict[str, Any]:
    """Return the sections of the methods page."""
    made, results = document.get("provenance") or {}, entries(document)
    weightings = dict.fromkeys(str(entry.get("weighting")) for entry in results if entry.get("weighting"))
    version = str(made.get("version") or "unknown version")
    paragraphs = [
        ["Fit", _fit_text(list(weightings), len(results))],
        ["Errors", _errors_text()],
        ["Verdict", "A spectrum's verdict is the worst of its reasons: FAIL, CHECK, or PASS; a note passes."],
    ]
    software = [["lipon_eis", version]]
    software += [[name, str(made[name])] for name in ("python", "numpy", "scipy") if made.get(name)]
    return {
        "paragraphs": [[title, between_dollars(text)] for title, text in paragraphs if text],
        "formulas": [[words, between_dollars(text)] for words, text in FORMULAS],
        "circuits": _circuits(document),
        "software": software,
        "schema": str(document.get("schema") or ""),
        "cite": f"Spectra were fitted with lipon_eis {version}; name this version, the circuit, the weighting and "
        "whether an error is one standard error or a 95 % interval wherever a number of this report is quoted.",
    }


def _fit_text(weightings: list[str], count: int) -> str:
    if not count:
        return ""
    rules = "; ".join(f"{name}: {WEIGHTS[name]}" for name in weightings if name in WEIGHTS) or "not stated"
    return (
        "Complex non-linear least squares: $χ^2 = Σ w |Z − Z_fit|^2$ over the points that are not masked, from several "
        f"automatic starts. Weighting {rules}. The degrees of freedom $ν$ are 2 × points − free parameters; "
        "$χ^2/ν$ is the reduced $χ^2$, under modulus weighting the squared relative misfit of each part of Z."
    )


def _errors_text() -> str:
    return (
        "After ± stands one standard error, rounded by the rule of the Particle Data Group. The covariance of the "
        "parameters is $χ^2/ν (Re J^H W J)^(−1)$. Intervals are 95 %: $exp(ln v ± t s/v)$ with Student's t from the "
        "covariance, or by profile likelihood or bootstrap where the table says so; where neighbouring residuals err "
        "alike they are widened, and a note says by how much. Derived quantities carry the whole covariance and, to "
        "first order, the errors of thickness d and area A; “fit” and “geom.” are the two parts. Where d and A carry "
        "no error, the error is that of the fit only. An en dash stands for what is not known."
    )


def _circuits(document: Document) -> list[dict[str, Any]]:
    """Return each circuit used once: name, text, what its parts are, how many spectra."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries(document):
        circuit = entry.get("circuit") or {}
        key = str(circuit.get("name") or "as given"), str(circuit.get("text") or "")
        row = found.setdefault(key, {"name": key[0], "text": key[1], "parts": _parts(entry), "count": 0})
        row["count"] += 1
    return list(found.values())


def _parts(entry: Mapping[str, Any]) -> str:
    """Return what each element stands for, ``leads and contacts: R0; electrolyte bulk: R1, CPE1``."""
    elements: dict[str, dict[str, None]] = {}
    for parameter in entry.get("parameters") or []:
        role = (parameter.get("role") or "").partition(".")[0]
        if role:
            elements.setdefault(role, {})[str(parameter["name"]).split("_")[0]] = None
    shown = [f"{role_words(role)}: {', '.join(names)}" for role, names in elements.items()]
    return "; ".join([*shown, *map(_own, (entry.get("circuit") or {}).get("own_elements") or [])])


def _own(element: Mapping[str, Any]) -> str:
    """Return what an element that the user registered is, in the user's words."""
    source = f" ({element['source']})" if element.get("source") else ""
    numeric = ", derivatives taken numerically" if element.get("derivatives") == "numeric" else ""
    return f"own element {element.get('symbol')}: {str(element.get('description') or '').rstrip('.')}{source}{numeric}"
