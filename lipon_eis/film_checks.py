"""Checks of a verdict that have to do with the film: its geometry, its permittivity, the roles of its arcs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from lipon_eis.case import Case, Reason
from lipon_eis.physics.cell import PLANE, cell_of, thin_film_excess
from lipon_eis.physics.conductivity import COLUMNAR
from lipon_eis.physics.fixture import DONE
from lipon_eis.physics.leads import lead_parameter
from lipon_eis.physics.normalise import VAGUE
from lipon_eis.physics.plausibility import POSSIBLE_EPS, STRAY, TYPICAL_EPS
from lipon_eis.rounding import format_value
from lipon_eis.sample import RULES, Sample
from lipon_eis.stack import parse_stack
from lipon_eis.units import format_quantity

USUAL_DIFFUSION = (1e-15, 1e-8)  # cm2/s, of lithium in films of cathodes, wide on purpose
NARROW = 0.05  # share of a film's resistance that enters below the edges of in-plane electrodes
_ALIKE: dict[str, Callable[[float, float], bool]] = {  # within 1 %, and 2 K
    "thickness": lambda a, b: math.isclose(a, b, rel_tol=0.01),
    "area": lambda a, b: math.isclose(a, b, rel_tol=0.01),
    "temperature": lambda a, b: abs(a - b) <= 2,
}
WRONG_UNIT = 3.0  # factor within which a permittivity is explained by a power of ten of the geometry


def permittivity(case: Case) -> Iterator[Reason]:
    """A permittivity of the bulk that its family of materials does not have, or one that holds a cable's share."""
    eps, capacitance = case.derived.get("eps_r_bulk"), case.derived.get("capacitance_bulk")
    if capacitance is None or not np.isfinite(capacitance.value):
        return
    stray_known = DONE in case.spectrum.meta or case.sample.stray_capacitance is not None
    includes_stray = capacitance.value < STRAY and not stray_known
    known = eps is not None and np.isfinite(eps.value)
    if includes_stray:
        size = format_value(capacitance.value, unit="F", digits=3)
        what = f"the relative permittivity {_shown(eps)} and the" if known and eps is not None else "the"
        text = f"{what} frequency of the bulk arc include the stray capacitance of cable and fixture ({size} in all)"
        yield Reason("includes-stray", "note", text)
    if eps is None or not known or eps.stderr_fit > VAGUE * eps.value:
        return  # an arc that the fit does not know accuses no geometry
    family = case.named.family or "amorphous"
    typical, possible = TYPICAL_EPS[family], POSSIBLE_EPS[family]
    low, high = (end if np.isfinite(end) else eps.value for end in eps.interval)
    if high >= typical[0] and (low <= typical[1] or includes_stray):
        return
    outside = f"outside {typical[0]:g} to {typical[1]:g} of {'an' if family == 'amorphous' else 'a'} {family} film"
    level = "check" if possible[0] <= eps.value <= possible[1] else "fail"
    yield Reason(
        "eps-r-implausible",
        level,
        f"the relative permittivity {_shown(eps)} is {outside}: wrong thickness or area (or its unit), "
        f"or this arc is not the bulk{_unit_hint(eps.value, typical)}; "
        f"sigma_over_eps_r holds whatever the geometry",
    )


def _shown(eps: object) -> str:
    value, stderr = getattr(eps, "value", math.nan), getattr(eps, "stderr", math.nan)
    return format_value(value, stderr if np.isfinite(stderr) else None, "")


def _unit_hint(eps: float, typical: tuple[float, float]) -> str:
    """Name the mistake of a unit that would explain a permittivity: ε_r goes with thickness over area."""
    ratio = eps / math.sqrt(typical[0] * typical[1])
    for factor, one, other in (
        (
            1e3,
            "the thickness would be right in nm where it says µm",
            "the thickness would be right in µm where it says nm",
        ),
        (1e2, "the area would be right in cm² where it says mm²", "the area would be right in mm² where it says cm²"),
        (1e4, "the area would be right in m² where it says cm²", "the area would be right in cm² where it says m²"),
    ):
        if 1 / WRONG_UNIT < ratio / factor < WRONG_UNIT:
            return f" ({one})"
        if 1 / WRONG_UNIT < ratio * factor < WRONG_UNIT:
            return f" ({other})"
    return ""


def diffusion(case: Case) -> Iterator[Reason]:
    """A diffusion coefficient, or a bound of it, that no cathode film has."""
    found = case.derived.get("diffusion_coefficient")
    if found is None:
        return
    low, high = (end if np.isfinite(end) else found.value for end in found.interval)
    if high < USUAL_DIFFUSION[0] or low > USUAL_DIFFUSION[1]:
        known = np.isfinite(found.value)
        size = format_value(found.value if known else high if np.isfinite(high) else low, unit="cm2/s", digits=2)
        sign = "" if known else "below " if np.isfinite(high) else "above "
        text = (
            f"the diffusion coefficient, {sign}{size}, is outside {USUAL_DIFFUSION[0]:g} to {USUAL_DIFFUSION[1]:g} "
            "cm²/s: wrong thickness of the cathode (or its unit), or the tail of the spectrum is no diffusion in it"
        )
        yield Reason("diffusion-implausible", "check", text)


def mistaken_unit(case: Case) -> Iterator[Reason]:
    """A geometry with which the arcs are hardly what they should be, while another unit would set them right."""
    if case.mistake:
        text = f"the arcs go well with {case.mistake}: are thickness and area given in the units they were meant in?"
        yield Reason("geometry-doubtful", "check", text)


def geometry(case: Case) -> Iterator[Reason]:
    """What is missing for a conductivity between electrodes above and below the film."""
    if case.sample.geometry == "in-plane" or not _has_bulk(case):
        return
    missing = [what for what in ("thickness", "area") if getattr(case.sample, what) is None]
    if missing:
        options = " ".join(
            f"--{what} '{example}'"
            for what, example in (("thickness", "1.2 um"), ("area", "0.5 cm2"))
            if what in missing
        )
        yield Reason("geometry-missing", "note", f"no {' and no '.join(missing)}: no conductivity; give {options}")


def in_plane(case: Case) -> Iterator[Reason]:
    """How an in-plane film gets its conductivity, or why it has none."""
    if case.sample.geometry != "in-plane" or not _has_bulk(case):
        return
    cell = cell_of(case.sample)
    lacks_thickness = "d" in cell.needs and case.sample.thickness is None
    if cell.missing or lacks_thickness:
        why = (cell.missing or f"{PLANE}no thickness").removeprefix(PLANE)
        yield Reason("in-plane", "check", f"an in-plane film without a cell constant has no conductivity: {why}")
        return
    k = float(cell.constant(np.asarray(case.sample.thickness or 1.0), np.asarray(1.0)))
    text = f"measured in plane: σ = K/R with K = {format_value(k, unit='1/m', digits=4)} ({cell.symbol})"
    yield Reason("in-plane", "note", f"{text}; the capacitance is that of substrate and fixture: no permittivity")


def narrow_gap(case: Case) -> Iterator[Reason]:
    """A film that is not thin against the gap of its in-plane electrodes."""
    sample = case.sample
    by_gap = sample.geometry == "in-plane" and sample.cell_constant is None
    if not by_gap or sample.gap is None or sample.thickness is None:
        return
    more = thin_film_excess(sample.thickness, sample.gap)
    if more > NARROW:
        text = (
            f"the gap is {sample.gap / sample.thickness:.3g} times the thickness: the way below the edges of the "
            f"electrodes adds {100 * more:.0f} % to gap/(width d), and σ is that much too small; give cell_constant"
        )
        yield Reason("gap-narrow", "check", text)


def columns(case: Case) -> Iterator[Reason]:
    """Grains as high as the film: no bricks."""
    sample = case.sample
    boundaries = any(role.startswith("grain_boundary.") for role in case.named.roles.values())
    if not boundaries or sample.grain_size is None or sample.thickness is None or sample.geometry == "in-plane":
        return
    layers = sample.thickness / sample.grain_size
    if layers < COLUMNAR:
        text = (
            f"the film is {layers:.2g} grains thick, fewer than {COLUMNAR:g}: columnar grains leave the current a way "
            "past the boundaries across it, and the brick layer's conductivity of the boundaries does not hold"
        )
        yield Reason("columnar", "check", text)


def unused(case: Case) -> Iterator[Reason]:
    """What the sample says and nothing uses here: better said than believed to count."""
    sample, plane = case.sample, case.sample.geometry == "in-plane"
    idle = {
        "roughness_factor": plane,
        "lead_resistance": lead_parameter(case.named.roles) is None,
        "cell_constant": not plane,
        "gap": not plane or sample.cell_constant is not None,
        "width": not plane or sample.cell_constant is not None,
        "fingers": not plane or sample.cell_constant is not None,
        "stray_capacitance": sample.open_file is not None,
    }
    names = [name.replace("_", " ") for name, is_idle in idle.items() if is_idle and getattr(sample, name) is not None]
    if names:
        yield Reason("not-used", "note", f"given and not used: {', '.join(names)}")


def stack(case: Case) -> Iterator[Reason]:
    """A stack that does not say what kind of cell it is, and so helps to tell neither circuit nor roles."""
    layers = parse_stack(case.sample.stack or "")
    if case.sample.stack is None or layers.kind != "unknown":
        return
    known = f" (not known: {', '.join(layers.unknown_layers)})" if layers.unknown_layers else ""
    text = f"the stack {case.sample.stack!r} tells no kind of cell{known}: write its layers as in Pt/LiPON/Pt"
    yield Reason("stack-unknown", "note", text)


def header(case: Case) -> Iterator[Reason]:
    """What the file says of the film and is not taken: because another source counts, or because it cannot be."""
    said, film = Sample.from_meta(case.spectrum.meta, case.spectrum.temperature), case.sample
    for name, alike in _ALIKE.items():
        there, taken = getattr(said, name), getattr(film, name)
        if there is None or taken is None or alike(there, taken):
            continue
        where, counts = said.origin.get(name, "file header"), film.origin.get(name, "what was given")
        text = f"the {where} says {name} {_shortly(there, name)}; what counts is {_shortly(taken, name)} ({counts})"
        yield Reason("header-differs", "note", text)
    for problem in said.notes.values():
        yield Reason("header-differs", "note", problem)


def _shortly(value: float, name: str) -> str:
    return format_quantity(float(f"{value:.5g}"), RULES[name]["unit"])


def roles(case: Case) -> Iterator[Reason]:
    """Arcs whose roles could not be told apart."""
    if case.assignment:
        yield Reason("roles-ambiguous", "check", case.assignment)


def other_roles(case: Case) -> Iterator[Reason]:
    """Arcs beside the bulk that may be exchanged, and arcs that look like something else than the circuit says."""
    unsure = [r for r in case.roles if r.verdict in ("likely", "cannot tell") and r.role != "bulk"]
    if unsure and not case.assignment:
        said = ", ".join(f"{r.resistance} ({r.role.replace('_', ' ')}, {100 * r.confidence:.0f} %)" for r in unsure)
        level = "check" if any(r.verdict == "cannot tell" for r in unsure) else "note"
        yield Reason("roles-uncertain", level, f"these roles may be exchanged: {said}")
    for found in case.roles:
        if found.contradiction:
            called = f"{found.resistance}, {found.role.replace('_', ' ')} by the circuit"
            why = "; ".join(found.reasons)
            text = f"the arc of {called}, looks like {found.contradiction}: {why}"
            yield Reason("role-contradicted", "check", text)


def _has_bulk(case: Case) -> bool:
    return any(role.startswith("bulk.") for role in case.named.roles.values())
