"""What a column holds, from its name and unit.

Names are data: `NAMES` lists the spellings that programs and people use, `UNITS` the units
and their factors. A column whose name is known but whose unit is of another dimension
(``Re(Z)/Ohm * Area``, ``Frequency/V``) is not that quantity. Capital letters matter in
units only: ``mOhm`` is not ``MOhm``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Quantity(Enum):
    """What a reader looks for in a table; the value names it for people."""

    __hash__ = object.__hash__  # there is one of each, and Enum's own hash is slow

    FREQUENCY = "frequency"
    OMEGA = "angular frequency"
    REAL = "Re(Z)"
    IMAGINARY = "Im(Z)"
    MODULUS = "|Z|"
    PHASE = "phase"
    DEVIATION = "standard deviation of Z"
    TEMPERATURE = "temperature"
    LOOP = "loop"
    LOST = "a name the spreadsheet lost"
    # What a bridge shows in place of Z; `immittance_names` knows their spellings.
    CONDUCTANCE = "Re(Y)"
    SUSCEPTANCE = "Im(Y)"
    ADMITTANCE = "|Y|"
    ADMITTANCE_PHASE = "phase of Y"
    PARALLEL_RESISTANCE = "Rp"
    PARALLEL_REACTANCE = "Xp"
    PARALLEL_CAPACITANCE = "Cp"
    CAPACITANCE_LOSS = "C''"
    SERIES_CAPACITANCE = "Cs"
    PARALLEL_INDUCTANCE = "Lp"
    SERIES_INDUCTANCE = "Ls"
    LOSS = "tan δ"
    QUALITY = "Q"
    PERMITTIVITY = "ε'"
    PERMITTIVITY_LOSS = "ε''"
    ELECTRIC_MODULUS = "M'"
    ELECTRIC_MODULUS_LOSS = "M''"
    CONDUCTIVITY = "σ'"
    CONDUCTIVITY_IMAGINARY = "σ''"


@dataclass(frozen=True)
class Meaning:
    """What one column holds.

    Attributes:
        quantity: The physical quantity.
        scale: Factor to SI (Hz, rad/s, Ω, degrees; K needs `offset` as well).
        offset: Added after scaling (°C to K).
        negated: The header says that minus the quantity is stored.
        unit: Unit as written, or empty where none is stated.
    """

    quantity: Quantity
    scale: float = 1.0
    offset: float = 0.0
    negated: bool = False
    unit: str = ""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NAMES: dict[Quantity, frozenset[str]] = {
    Quantity.FREQUENCY: _words(
        "f freq frequency frequencies freqhz frequencyhz hzfreq measuredfrequency frequenz fréquence frecuencia 频率"
    ),
    Quantity.OMEGA: _words("omega ω angularfrequency angularfreq radialfrequency"),
    Quantity.REAL: _words("""
        re real rez re(z) re(impedance) zre zreal zr realz real(z) z' zs' rs zprime
        realimpedance impedancereal realpart realpartofz zrealpart resistance tracers
        realteil partieréelle partereal 实部
    """),
    Quantity.IMAGINARY: _words("""
        im imag imz im(z) im(impedance) zim zimag zimg zi imagz imag(z) z'' zs'' xs zdoubleprime zbis
        imaginary imaginaryz zimaginary imaginaryimpedance imagimpedance impedanceimaginary impedanceimag
        imaginarypart imaginarypartofz imagpart reactance tracexs
        imaginärteil partieimaginaire parteimaginaria 虚部
    """),
    Quantity.MODULUS: _words("""
        |z| z zmod modz mod(z) modulus zmodulus modulusz zabs absz abs(z) zmag magz mag(z) zmagnitude magnitude(z)
        impedance |impedance| impedancemagnitude impedancemodulus magnitude trace|z|
    """),
    Quantity.PHASE: _words("""
        phase phase(z) phasez zphase zphz zphi phi φ ϕ phi(z) theta θ ϑ theta(z) thetaz ztheta
        phaseangle phaseofz phaseshift phase(impedance) impedancephase arg arg(z) argz angle angle(z) traceθ traceth
    """),
    Quantity.DEVIATION: _words("""
        sigma sigmaz sigma(z) zsigma std stdz std(z) zstd stddev stddevz stdev sd sdz stderr stderrz zstderr
        standarddeviation standarddeviationofz standarderror stderror dz δz uncertainty uncertaintyz u(z)
    """),
    Quantity.TEMPERATURE: _words("t temp temperature température temperatur temperatura celltemperature"),
    Quantity.LOOP: _words("""
        loop loopindex loopnumber cycle cyclenumber cycleindex sweep sweepnumber scan scannumber
        spectrum spectrumnumber spectrumindex measurement repeat
    """),
}
# A spreadsheet takes "-Im(Z)/Ohm" for a formula it cannot compute, and writes the error in place of the name.
_LOST_NAMES = frozenset({"#name?", "#nom?", "#¿nombre?", "#имя?", "#nome?", "#naam?", "#ad?", "#név?"})

# Beside a fit, the data are called so. What was computed keeps its word and is no name known here: "Zreal_fit".
_DATA = re.compile(r"(?i)(?<=[^\s_.])[\s_.]+(?:measured|meas|exp|experimental|experiment|data)$")

_PREFIXES = {"": 1.0, "u": 1e-6, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_PLAIN_UNITS: dict[str, tuple[str, float, float]] = {
    "deg": ("angle", 1.0, 0.0),
    "degree": ("angle", 1.0, 0.0),
    "degrees": ("angle", 1.0, 0.0),
    "°": ("angle", 1.0, 0.0),
    "º": ("angle", 1.0, 0.0),
    "grad": ("unknown", 1.0, 0.0),  # German for degree, elsewhere a gon
    "rad": ("angle", 57.29577951308232, 0.0),
    "radian": ("angle", 57.29577951308232, 0.0),
    "radians": ("angle", 57.29577951308232, 0.0),
    "mrad": ("angle", 0.05729577951308232, 0.0),
    "rad/s": ("angular", 1.0, 0.0),
    "rads-1": ("angular", 1.0, 0.0),
    "rads^-1": ("angular", 1.0, 0.0),
    "radian/s": ("angular", 1.0, 0.0),
    "krad/s": ("angular", 1e3, 0.0),
    "mrad/s": ("angular", 1e-3, 0.0),
    "1/s": ("angular", 1.0, 0.0),
    "s-1": ("angular", 1.0, 0.0),
    "s^-1": ("angular", 1.0, 0.0),
    "c": ("temperature", 1.0, 273.15),
    "°c": ("temperature", 1.0, 273.15),
    "ºc": ("temperature", 1.0, 273.15),
    "\ufffdc": ("temperature", 1.0, 273.15),  # a degree sign lost in a conversion
    "degc": ("temperature", 1.0, 273.15),
    "celsius": ("temperature", 1.0, 273.15),
    "k": ("temperature", 1.0, 0.0),
    "kelvin": ("temperature", 1.0, 0.0),
}
_DIMENSION = {
    Quantity.FREQUENCY: "frequency",
    Quantity.OMEGA: "angular",
    Quantity.REAL: "impedance",
    Quantity.IMAGINARY: "impedance",
    Quantity.MODULUS: "impedance",
    Quantity.PHASE: "angle",
    Quantity.DEVIATION: "impedance",
    Quantity.TEMPERATURE: "temperature",
    Quantity.LOOP: "count",
}
TYPOGRAPHY = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "″": "''", "”": "''", "“": "''", '"': "''", "−": "-", "–": "-"}
    | {"—": "-", "\u2126": "Ω", "μ": "µ", "∣": "|", "\u00a0": " ", "\u202f": " ", "\ufeff": ""}
)


@lru_cache(maxsize=4096)
def unit(text: str) -> tuple[str, float, float] | None:
    """Return (dimension, factor to SI, offset) of a unit as written, or None where it is not known.

    ``MOHM`` and ``mhz`` are not known: the capitals leave open whether mega or milli is meant.
    """
    bare = re.sub(r"[\s·*_]", "", text.translate(TYPOGRAPHY))
    if (plain := _PLAIN_UNITS.get(bare.casefold())) is not None:
        return plain
    match = re.fullmatch(r"(?P<prefix>[uµmkKMGT]?)(?P<unit>[Hh][Zz]|[Hh]ertz|(?i:ohms?)|Ω)", bare)
    if not match:
        return None
    prefix, base = match["prefix"].replace("µ", "u"), match["unit"]
    if (prefix == "m" and base == "hz") or (prefix in "MT" and prefix and base == "OHM"):
        return None
    return ("frequency" if base[0] in "Hh" else "impedance"), _PREFIXES[prefix], 0.0


@lru_cache(maxsize=4096)
def meaning(header: str, unit_below: str = "") -> Meaning | None:
    """Tell what a column holds from its name, or None where it is none of the quantities looked for.

    Args:
        header: Name as in the file, usually with the unit: ``Freq [Hz]``, ``-Z''/kOhm``, ``z_re_ohm``.
        unit_below: Unit from a row of units, where the file has one. One in letters that is not known makes
            the column none of the quantities; signs lost in a conversion are passed over.
    """
    text = header.translate(TYPOGRAPHY).strip()
    if text.casefold() in _LOST_NAMES:
        return Meaning(Quantity.LOST, negated=True)
    for name, written in readings(text):
        negated, quantity = _quantity(name)
        if quantity is None:
            continue
        if not written and unit(unit_below):
            written = unit_below
        elif not written and re.search(r"[A-Za-zΩ]", unit_below) and quantity is not Quantity.LOOP:
            return None  # "Ohm cm2": of another dimension
        if written.strip() in ("Z", "z"):
            continue  # "Re(Z)": of which quantity, not in which unit
        known = unit(written) if written else None
        if written and known is None:
            return None
        dimension, scale, offset = known or ("", 1.0, 0.0)
        if quantity is Quantity.FREQUENCY and dimension == "angular" and "rad" in written.casefold():
            quantity = Quantity.OMEGA
        if not dimension and (quantity is Quantity.TEMPERATURE or "magnitude" in name.casefold()):
            return None  # "t" may be time, a temperature °C or K, a magnitude a gain
        if dimension and dimension != _DIMENSION[quantity]:
            return None
        return Meaning(quantity, scale, offset, negated, written)
    return None


def readings(text: str) -> list[tuple[str, str]]:
    """Ways to take a header apart into name and unit; the first that is a known name counts."""
    ways = []
    for pattern in (
        r"(?P<name>.*\S)\s*\[(?P<unit>[^\]]*)\]?",
        r"(?P<name>[^/]*[^/\s])\s*/\s*\(?(?P<unit>.+?)\)?",
        r"(?P<name>.*\S)\s*\((?P<unit>[^()]*)\)",
        r"(?P<name>.*\S),\s*(?P<unit>\S+)",
        r"(?P<name>.*\S)\s+in\s+(?P<unit>\S+)",
    ):
        if match := re.fullmatch(pattern, text):
            ways.append((match["name"], match["unit"]))
    if (match := re.fullmatch(r"(?P<name>.*[^\s_])[\s_]+(?P<unit>[^\s_]+)", text)) and unit(match["unit"]):
        ways.append((match["name"], match["unit"]))
    return [*ways, (text, "")]


def _quantity(name: str) -> tuple[bool, Quantity | None]:
    bare = re.sub(r"[\s_.*:]", "", _DATA.sub("", name)).casefold()
    negated = False
    if match := re.match(r"-|neg(?:ative)?(?=[^a]|$)|minus", bare):
        negated, bare = True, bare[match.end() :]
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    for quantity, names in NAMES.items():
        if bare in names:
            if negated and quantity not in (Quantity.IMAGINARY, Quantity.PHASE):
                return False, None
            return negated, quantity
    return False, None
