"""Names of what stands in place of Z: admittance, capacitance and loss, permittivity, conductivity.

Bridges and dielectric analysers export the pair that was on their screen. Here a name alone
never counts: ``G``, ``B``, ``D`` and ``Q`` mean other things elsewhere, so all but the
dimensionless need their unit beside them, and a reader asks for these names only where a
table has no Z (`immittance` makes it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lipon_eis.readers import names
from lipon_eis.readers.columns import Columns
from lipon_eis.readers.names import Meaning, Quantity


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Quantity: (dimension, spellings without spaces, underscores, points and hyphens).
VOCABULARY: dict[Quantity, tuple[str, frozenset[str]]] = {
    Quantity.REAL: ("impedance", _words("r esr")),
    Quantity.IMAGINARY: ("impedance", _words("x")),
    Quantity.CONDUCTANCE: (
        "admittance",
        _words("g gp y' yp' yre yreal yr re(y) real(y) conductance admittancereal realadmittance"),
    ),
    Quantity.SUSCEPTANCE: (
        "admittance",
        _words("b bp y'' yp'' yim yimag yi im(y) imag(y) susceptance admittanceimaginary imaginaryadmittance"),
    ),
    Quantity.ADMITTANCE: ("admittance", _words("y |y| ymod yabs admittance admittancemagnitude admittancemodulus")),
    Quantity.ADMITTANCE_PHASE: ("angle", _words("thetay ytheta θy phasey yphase phi(y) phase(y) arg(y)")),
    Quantity.PARALLEL_RESISTANCE: ("impedance", _words("rp rparallel parallelresistance zp'")),
    Quantity.PARALLEL_REACTANCE: ("impedance", _words("zp''")),
    Quantity.PARALLEL_CAPACITANCE: ("capacitance", _words("cp cp' c' cparallel parallelcapacitance")),
    Quantity.CAPACITANCE_LOSS: ("capacitance", _words("cp'' c''")),
    Quantity.SERIES_CAPACITANCE: ("capacitance", _words("cs cseries seriescapacitance")),
    Quantity.PARALLEL_INDUCTANCE: ("inductance", _words("lp lparallel parallelinductance")),
    Quantity.SERIES_INDUCTANCE: ("inductance", _words("ls lseries seriesinductance")),
    Quantity.LOSS: (
        "",
        _words("d tand tanδ tandelta tan(d) tan(δ) tan(delta) tgdelta tgδ tg(δ) dissipation dissipationfactor")
        | _words("lossfactor losstangent df"),
    ),
    Quantity.QUALITY: ("", _words("q qualityfactor qfactor")),
    Quantity.PERMITTIVITY: ("", _words("eps' ε' epsilon' epsr' εr' permittivity' realpermittivity permittivityreal")),
    Quantity.PERMITTIVITY_LOSS: (
        "",
        _words("eps'' ε'' epsilon'' epsr'' εr'' permittivity'' imaginarypermittivity permittivityimaginary"),
    ),
    Quantity.ELECTRIC_MODULUS: ("", _words("modulus' m'")),
    Quantity.ELECTRIC_MODULUS_LOSS: ("", _words("modulus'' m''")),
    Quantity.CONDUCTIVITY: ("conductivity", _words("sig' sigma' σ'")),
    Quantity.CONDUCTIVITY_IMAGINARY: ("conductivity", _words("sig'' sigma'' σ''")),
    Quantity.TEMPERATURE: ("temperature", _words("mtemp")),
}
_QUANTITIES = {spelling: quantity for quantity, (_, known) in VOCABULARY.items() for spelling in known}
_WITH_Z = frozenset(
    {Quantity.FREQUENCY, Quantity.OMEGA, Quantity.REAL, Quantity.IMAGINARY, Quantity.MODULUS, Quantity.PHASE}
    | {Quantity.TEMPERATURE, Quantity.LOOP}
)
_NEEDS_UNIT = frozenset({Quantity.REAL, Quantity.IMAGINARY, Quantity.MODULUS, Quantity.PHASE})
_PREFIXES = {"": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6}
_BASES = {"S": "admittance", "siemens": "admittance", "mho": "admittance", "F": "capacitance", "H": "inductance"}
_CONDUCTIVITY = {"S/cm": 100.0, "Scm-1": 100.0, "Scm^-1": 100.0, "S/m": 1.0, "Sm-1": 1.0, "Sm^-1": 1.0}
_ADMITTANCE = frozenset(
    {"1/Ohm", "1/Ohms", "1/ohm", "1/ohms", "1/Ω", "Ohm-1", "Ohm^-1", "ohm-1", "ohm^-1", "Ω-1", "Ω^-1"}
)
_EXAMPLES = {
    "admittance": "S",
    "capacitance": "F",
    "inductance": "H",
    "impedance": "Ohm",
    "conductivity": "S/cm",
    "angle": "deg",
}


@lru_cache(maxsize=4096)
def unit(text: str) -> tuple[str, float, float] | None:
    """Return (dimension, factor to SI, offset) of a unit, those of Y, C, L and σ among them; None for another.

    ``PF`` and ``MS`` stand for nothing here: capitals must say which prefix is meant.
    """
    if (known := names.unit(text)) is not None:
        return known
    bare = re.sub(r"[\s·*_]", "", text.translate(names.TYPOGRAPHY))
    if bare in _CONDUCTIVITY:
        return "conductivity", _CONDUCTIVITY[bare], 0.0
    if bare in _ADMITTANCE:
        return "admittance", 1.0, 0.0
    match = re.fullmatch(r"([fpnuµmkM]?)(S|siemens|mho|F|H)", bare)
    return (_BASES[match[2]], _PREFIXES[match[1]], 0.0) if match else None


def _spellings(header: str) -> Iterator[tuple[str, str]]:
    text = header.translate(names.TYPOGRAPHY).strip()
    ways = names.readings(text)
    if (match := re.fullmatch(r"(.*[^\s_])[\s_]+([^\s_]+)", text)) and unit(match[2]):
        ways.insert(0, (match[1], match[2]))
    for name, written in ways:
        yield re.sub(r"[\s_.*:]|\(\)|(?<=\w)-(?=\w)", "", name).casefold(), written


@lru_cache(maxsize=4096)
def meaning(header: str, unit_below: str = "") -> Meaning | None:
    """Tell what a column of an analyser holds, or None where it is nothing that makes an impedance.

    Args:
        header: Name as in the file, with its unit: ``Cp (F)``, ``Tan(Delta)``, ``Sig' [S/cm]``.
        unit_below: Unit from a row of units, where the file has one.
    """
    for spelling, written in _spellings(header):
        quantity = _QUANTITIES.get(spelling)
        if quantity is None:
            continue
        dimension = VOCABULARY[quantity][0]
        stated = written or unit_below
        if not dimension:
            return Meaning(quantity) if stated in ("", "1", "-", "U") else None
        known = unit(stated)
        if known and known[0] == dimension:
            return Meaning(quantity, known[1], known[2], unit=stated)
        return None
    found = names.meaning(header, unit_below) or names.meaning(re.sub(r"(?<=\w)-(?=\w)", "", header), unit_below)
    if found is None or found.quantity not in _WITH_Z or (found.quantity in _NEEDS_UNIT and not found.unit):
        return None
    return found


def understand(header: Sequence[str], units: Sequence[str] = (), line: int = 0) -> Columns:
    """Find the quantities among the columns of a table; see `columns.understand`, which knows Z only."""
    found: dict[Quantity, list[tuple[int, Meaning]]] = {}
    for k, name in enumerate(header):
        if known := meaning(name, units[k] if k < len(units) else ""):
            found.setdefault(known.quantity, []).append((k, known))
    return Columns(tuple(header), found, line)


def without_unit(header: Sequence[str], units: Sequence[str] = ()) -> list[str]:
    """Name the columns that would count if their unit stood beside them, with such a unit: ``'Cp' in F``."""
    return [
        f"{name!r} in {example}"
        for k, name in enumerate(header)
        if meaning(name, units[k] if k < len(units) else "") is None
        for example in list(dict.fromkeys(_EXAMPLES.values()))
        if (found := meaning(name, example)) is not None and found.unit
    ]
