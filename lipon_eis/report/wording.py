"""The words of the report: roles, quantities and verdicts in the language of a paper."""

from __future__ import annotations

ROLE_WORDS = {
    "lead": "leads and contacts",
    "series": "series resistance",
    "bulk": "electrolyte bulk",
    "interface_film": "interface film",
    "grain_boundary": "grain boundaries",
    "anode_interface": "anode interface",
    "anode_layer": "layer on the anode",
    "charge_transfer": "charge transfer",
    "cathode_layer": "layer on the cathode",
    "diffusion": "diffusion",
    "electrode": "electrode",
    "leak": "electronic leak",
    "stray": "stray capacitance",
}
ROLE_SYMBOLS = {
    "lead": "lead",
    "series": "s",
    "bulk": "b",
    "interface_film": "film",
    "grain_boundary": "gb",
    "anode_interface": "an",
    "anode_layer": "al",
    "charge_transfer": "ct",
    "cathode_layer": "cl",
    "diffusion": "d",
    "electrode": "el",
    "leak": "e",
    "stray": "st",
}
KIND_WORDS = {"resistance": "resistance", "capacitance": "capacitance", "inductance": "inductance", "time": "time"}
METHOD_WORDS = {
    "covariance": "covariance",
    "profile": "profile likelihood",
    "profile-likelihood": "profile likelihood",
    "bootstrap": "bootstrap",
    "block-bootstrap": "block bootstrap",
}
VERDICT_WORDS = {"pass": "PASS", "check": "CHECK", "fail": "FAIL"}
LEVEL_ORDER = ("fail", "check", "note")

#: Derived quantity of a fixed name → (name in words, formula where the document gives none).
QUANTITIES = {
    "sigma_bulk": ("conductivity, bulk", "σ = d/(R_b A)"),
    "sigma_total": ("conductivity, total", "σ = d/((R_b + R_gb) A)"),
    "sigma_grain_boundary": ("conductivity, grain boundaries", "σ = (C_b/C_gb) d/(R_gb A), brick layer"),
    "sigma_grain_boundary_apparent": ("conductivity, grain boundaries, apparent", "σ = d/(R_gb A)"),
    "sigma_with_film": ("conductivity with interface film", "σ = d/((R_b + R_film) A)"),
    "sigma_interface_film": ("conductivity if the film's arc is the bulk", "σ = d/(R_film A)"),
    "sigma_over_eps_r": ("conductivity over permittivity", "σ/ε_r = ε_0/(R_b C_b)"),
    "eps_r_bulk": ("relative permittivity, bulk", "ε_r = C_b d/(ε_0 A)"),
    "eps_r_grain_boundary": ("permittivity, apparent, grain boundaries", "ε_r = C_gb d/(ε_0 A)"),
    "diffusion_time": ("diffusion time", "a parameter"),
    "diffusion_coefficient": ("diffusion coefficient", "D = L²/τ"),
    "warburg_coefficient": ("Warburg coefficient", "σ_W = Z_0/(2τ)^(1/2)"),
    "capacitance_diffusion": ("limiting capacitance, diffusion", "C = τ/Z_0"),
    "capacitance_per_area_diffusion": ("limiting C/A, diffusion", "c = τ/(Z_0 A)"),
}
#: Start of the name of a derived quantity that exists for many roles → the same; @ is the role's symbol.
FAMILIES = {
    "asr": ("ASR", "ASR = R_@ A/sides"),
    "capacitance_per_area": ("C/A", "c = C_@/A"),
    "capacitance": ("capacitance", "C_@ = Q^(1/n) R_@^((1−n)/n)"),
    "apparent_thickness": ("apparent thickness", "δ = d C_b/C_@"),
    "peak_frequency": ("apex frequency", "f = 1/(2π (R_@ Q)^(1/n))"),
}
#: End of the name of a capacitance by the formula that is not the usual one of its arc → who it is of.
OTHER_FORMULAS = {"_brug": "Brug", "_hsu_mansfeld": "Hsu and Mansfeld"}
SURFACE_FORMULA = "C_@ = Q^(1/n) (1/R_e + 1/R_@)^((n−1)/n)"
SURFACE_ROLES = ("anode_interface", "charge_transfer", "electrode")


def role_words(role: str | None) -> str:
    """Return ``electrolyte bulk`` for ``bulk``, ``electrolyte bulk 2`` for ``bulk_2``, an en dash for None."""
    if not role:
        return "–"
    base, _, count = role.rpartition("_")
    if count.isdigit():
        return f"{ROLE_WORDS.get(base, base)} {count}"
    return ROLE_WORDS.get(role, role.replace("_", " "))


def role_symbol(role: str) -> str:
    """Return the subscript that stands for a role: ``b``, ``gb``, ``ct``, ``ct2``."""
    base, _, count = role.rpartition("_")
    return ROLE_SYMBOLS.get(base, base) + count if count.isdigit() else ROLE_SYMBOLS.get(role, role)


def parameter_words(role: str | None) -> str:
    """Return ``electrolyte bulk, resistance`` for ``bulk.resistance``."""
    if not role:
        return "no role given"
    name, _, kind = role.partition(".")
    return f"{role_words(name)}, {KIND_WORDS.get(kind, kind)}" if kind else role_words(name)


def quantity_words(name: str) -> tuple[str, str]:
    """Return (name in words, formula) of a derived quantity; an unknown one keeps its name and has no formula."""
    if name in QUANTITIES:
        return QUANTITIES[name]
    for end, author in OTHER_FORMULAS.items():
        if name.endswith(end):
            words, _ = quantity_words(name.removesuffix(end))
            return f"{words}, by {author}", ""
    for family, (words, formula) in FAMILIES.items():
        if name.startswith(family + "_"):
            role = name[len(family) + 1 :]
            if family == "capacitance" and role in SURFACE_ROLES:
                formula = SURFACE_FORMULA
            return f"{words}, {role_words(role)}", formula.replace("@", role_symbol(role))
    return name.replace("_", " "), ""


def verdict_words(verdict: str | None) -> str:
    """Return PASS, CHECK or FAIL; ``NOT JUDGED`` where the document has no verdict."""
    return VERDICT_WORDS.get(verdict or "", "NOT JUDGED")
