"""The columns of EC-Lab's files: their numbers in ``.mpr``, and where their values stand in a record.

A record of a ``.mpr`` holds one value a column, in the order of the list of column numbers,
without gaps, little-endian. The columns `FLAGS` share one byte, at the place of the first of
them. Names and numbers are those of BioLogic's OLE-COM manual; `WIDTHS` are the sizes found
in files. A number that is not in it has a size of 1, 2, 4 or 8 bytes that is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

FLAGS = frozenset({1, 2, 3, 21, 31, 65})  # mode, ox/red, error, control changes, Ns changes, counter inc.
_SIZES = (1, 2, 4, 8)
_MOST_UNKNOWN = 50

_DOUBLE = {
    4: "time/s",
    7: "dq/mA.h",
    11: "<I>/mA",
    13: "(Q-Qo)/mA.h",
    23: "dQ/mA.h",
    24: "cycle number",
    74: "|Energy|/W.h",
    123: "Energy charge/W.h",
    124: "Energy discharge/W.h",
    125: "Capacitance charge/µF",
    126: "Capacitance discharge/µF",
    438: "step time/s",
    467: "Q charge/discharge/mA.h",
    878: "Energy ce/W.h",
    880: "Energy we/W.h",
    883: "Energy ce charge/W.h",
    884: "Energy ce discharge/W.h",
}
_SINGLE = {
    5: "control/V/mA",
    6: "Ewe/V",
    8: "I/mA",
    9: "Ece/V",
    16: "Analog IN 1/V",
    17: "Analog IN 2/V",
    18: "Analog IN 3/V",
    19: "control/V",
    20: "control/mA",
    26: "Rapp/Ohm",
    27: "Ewe-Ece/V",
    32: "freq/Hz",
    33: "|Ewe|/V",
    34: "|I|/A",
    35: "Phase(Z)/deg",
    36: "|Z|/Ohm",
    37: "Re(Z)/Ohm",
    38: "-Im(Z)/Ohm",
    69: "R/Ohm",
    70: "P/W",
    75: "Analog OUT/V",
    76: "<I>/mA",
    77: "<Ewe>/V",
    78: "Cs-2/µF-2",
    96: "|Ece|/V",
    97: "|Ice|/A",
    98: "Phase(Zce)/deg",
    99: "|Zce|/Ohm",
    100: "Re(Zce)/Ohm",
    101: "-Im(Zce)/Ohm",
    163: "|Estack|/V",
    168: "Rcmp/Ohm",
    169: "Cs/µF",
    172: "Cp/µF",
    173: "Cp-2/µF-2",
    174: "<Ewe>/V",
    **{240 + k: f"|E{k}|/V" for k in range(1, 31)},
    **{270 + k: f"Phase(Z{k})/deg" for k in range(1, 31)},
    **{300 + k: f"|Z{k}|/Ohm" for k in range(1, 31)},
    **{330 + k: f"Re(Z{k})/Ohm" for k in range(1, 31)},
    **{360 + k: f"-Im(Z{k})/Ohm" for k in range(1, 31)},
    **{390 + k: f"<E{k}>/V" for k in range(1, 31)},
    422: "Phase(Zstack)/deg",
    423: "|Zstack|/Ohm",
    424: "Re(Zstack)/Ohm",
    425: "-Im(Zstack)/Ohm",
    426: "<Estack>/V",
    430: "Phase(Zwe-ce)/deg",
    431: "|Zwe-ce|/Ohm",
    432: "Re(Zwe-ce)/Ohm",
    433: "-Im(Zwe-ce)/Ohm",
    434: "(Q-Qo)/C",
    435: "dQ/C",
    436: "Ece dc/V",
    441: "<Ece>/V",
    462: "Temperature/°C",
    471: "<Ece>/V",
    **{k: f"{what}/%" for k, what in enumerate(("THD Ewe", "THD I", "THD Ece"), 473)},
    **{k: f"{what}/%" for k, what in enumerate(("NSD Ewe", "NSD I", "NSD Ece"), 476)},
    **{k: f"{what}/%" for k, what in enumerate(("NSR Ewe", "NSR I", "NSR Ece"), 479)},
    **{484 + k: f"|Ewe h{k}|/V" for k in range(2, 8)},
    **{490 + k: f"|I h{k}|/A" for k in range(2, 8)},
    504: "Rac/Ohm",
    505: "Rdc/Ohm",
}
_INTEGER = {39: ("I Range", 2), 131: ("Ns", 2), 468: ("half cycle", 4), 469: ("z cycle", 4), 509: ("Acir/Dcir", 1)}

NAMES: dict[int, str] = _DOUBLE | _SINGLE | {k: name for k, (name, _) in _INTEGER.items()}
WIDTHS: dict[int, int] = (
    dict.fromkeys(_DOUBLE, 8) | dict.fromkeys(_SINGLE, 4) | {k: width for k, (_, width) in _INTEGER.items()}
)
TYPES: dict[int, str] = dict.fromkeys(_DOUBLE, "<f8") | dict.fromkeys(_SINGLE, "<f4")
_WITNESSES = frozenset({35, 36, 37, 38})  # Re, Im, |Z| and phase agree only if each was found at its place


@dataclass(frozen=True)
class Record:
    """Where the values of one point stand.

    Attributes:
        offsets: Byte of each column in the record, None where it is not certain.
        assumed: True where columns of unknown size were taken for 4 bytes each, which Re, Im, |Z|
            and phase must confirm.
    """

    offsets: tuple[int | None, ...]
    assumed: bool


def name_of(number: int) -> str:
    """Return the name of a column as EC-Lab writes it into text files, or its number."""
    return "flags" if number in FLAGS else NAMES.get(number, f"number {number}")


def lay_out(numbers: Sequence[int], needed: Sequence[int], size: int) -> Record | None:
    """Find the columns in a record, or return None where its size contradicts them.

    The sizes of all columns add up to that of the record, so columns of unknown size may stand
    between known ones as long as only one sum is possible.

    Args:
        numbers: Of the columns, in the order of the record.
        needed: Indices of those that will be read.
        size: Of the record [bytes].
    """
    first_flag = next((k for k, number in enumerate(numbers) if number in FLAGS), None)
    known = [int(k == first_flag) if n in FLAGS else WIDTHS.get(n) for k, n in enumerate(numbers)]
    before = [0, *accumulate(width or 0 for width in known)]
    unknown = [0, *accumulate(width is None for width in known)]
    left, count = size - before[-1], unknown[-1]
    if left < 0 or count > _MOST_UNKNOWN:
        return None
    sums = _sums(count, left)
    if left not in sums[count]:
        return None
    possible = [{p for p in sums[u] if left - p in sums[count - u]} for u in range(count + 1)]
    shifts = {u: next(iter(p)) for u, p in enumerate(possible) if len(p) == 1}
    behind = {unknown[k] for k in needed}
    assumed = not behind <= shifts.keys()
    if assumed and left == 4 * count and len(behind) == 1 and {numbers[k] for k in needed} >= _WITNESSES:
        shifts |= {u: 4 * u for u in behind}
    offsets = (b + shifts[u] if u in shifts else None for b, u in zip(before, unknown[:-1], strict=False))
    return Record(tuple(offsets), assumed)


def _sums(count: int, limit: int) -> list[set[int]]:
    """Sums that 0, 1, … ``count`` sizes can have, up to ``limit``."""
    sums = [{0}]
    for _ in range(count):
        sums.append({total + size for total in sums[-1] for size in _SIZES if total + size <= limit})
    return sums
