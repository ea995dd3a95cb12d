"""One circuit of a comparison as the cells of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lipon_eis.report.document import codes, reduced_chi2, resistances
from lipon_eis.report.numbers import UNKNOWN, measured
from lipon_eis.report.wording import role_symbol, verdict_words

HEADERS = ("circuit", "free", "ΔAICc", "misfit", "resistances", "verdict")


def cells(candidate: Mapping[str, Any]) -> list[str]:
    """Return the cells under `HEADERS` of one circuit, as in the JSON of ``lipon-eis compare``."""
    name = ("→ " if candidate["chosen"] else "  ") + str(candidate["circuit"]["name"])
    if candidate["problem"]:
        return [name, "", UNKNOWN, "", str(candidate["problem"]), ""]
    chi2 = reduced_chi2(candidate)
    return [
        name,
        str(candidate["free_parameters"]),
        UNKNOWN if candidate["delta"] is None else f"{candidate['delta']:.1f}",
        UNKNOWN if chi2 is None else f"{100 * math.sqrt(chi2):.2g} %",
        "\n".join(_resistance(role, parameter) for role, parameter in resistances(candidate)),
        "\n".join([verdict_words(candidate["verdict"]), *codes(candidate)]),
    ]


def _resistance(role: str, p: Mapping[str, Any]) -> str:
    name = f"R_{role_symbol(role)}" if role else str(p["name"])
    return f"{name} {measured(p['value'], p['stderr'], 'ohm', p['interval'])}"
