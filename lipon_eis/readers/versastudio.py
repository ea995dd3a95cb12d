"""Princeton Applied Research VersaStudio files (``.par``), saved as text.

UTF-8 in blocks ``<Name>`` … ``</Name>`` of lines ``key=value``: ``Application``, ``Instrument``, ``Experiment``,
``Action0`` (what is common), ``Action1`` … (one a technique, called by its ``Name``), then windows
and graphs. The numbers stand in blocks ``Segment1`` …: a line ``Definition=`` with the column names separated by
commas, the last of which is ``0`` and has no values, then one line a point. Impedance has
rows with a frequency; rows of other techniques in the same segment have frequency 0. Files
that VersaStudio saved as binary hold the same blocks without readable points and are refused.

Columns used: ``Frequency(Hz)``, ``Z Real``, ``Z Imag`` [Ω] (capacitive is negative: Z is ``E Real`` + j ``E Imag`` over
``I Real`` + j ``I Imag``). ``Z2`` of a second electrometer is not used.

VersaStudio's manual says that the impedance in this file is not calibrated, and that only what is copied out of
VersaStudio is for analysis (as quoted in issue 284 of impedance.py): every spectrum says so in a note.

``Working Electrode Area (cm2)`` is 1 unless somebody entered another: 1 is not taken for an area.
``Amplitude (mV RMS)`` and ``Potential (V),Value`` are taken where all impedance techniques of the file agree; else a
note names them. ``ActionId`` of a row is the kind of its technique, not the number of its block, so that no row says
whose settings are its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lipon_eis.readers.beside import ignored_columns
from lipon_eis.readers.columns import Columns, Convention, understand
from lipon_eis.readers.finish import spectra
from lipon_eis.readers.format import File, Format, Head
from lipon_eis.readers.header import Header, number
from lipon_eis.readers.names import Quantity
from lipon_eis.readers.rows import split_on
from lipon_eis.readers.table import Sweep, read_table
from lipon_eis.spectrum import Spectrum

_BLOCK = re.compile(r"\s*<(?P<name>[A-Za-z]+)(?P<index>[0-9]*)>\s*$")
_NAMES = "Definition="
_AREA_DEFAULT = (1e-4,)
_UNCALIBRATED = (
    "VersaStudio's manual calls the impedance in this file uncalibrated: copy it out of VersaStudio, where it is"
    " calibrated, and read that"
)
_SPLIT = split_on(",")
_PREFIXES = {"": 1.0, "m": 1e-3, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "n": 1e-9, "p": 1e-12}
_VOLTS = {f"{prefix}V": factor for prefix, factor in _PREFIXES.items()}
# Settings of an impedance technique, taken where all of the file agree: key, factor to SI (None: a text).
_TECHNIQUE: dict[str, tuple[str, float | None]] = {
    "Name": ("technique", None),
    "Potential (V),Value": ("bias_V", 1.0),
    "Potential (V),Versus": ("bias_versus", None),
    **{f"Amplitude ({prefix}V RMS)": ("amplitude_V", factor) for prefix, factor in _PREFIXES.items()},
    **{f"Amplitude ({prefix}A RMS)": ("amplitude_A", factor) for prefix, factor in _PREFIXES.items()},
    **{f"Current ({prefix}A),Value": ("bias_A", factor) for prefix, factor in _PREFIXES.items()},
}


@dataclass(frozen=True)
class _Block:
    """One block: its name with its number, and its settings as (value, line)."""

    name: str
    settings: dict[str, tuple[str, int]] = field(default_factory=dict)

    def value(self, key: str) -> tuple[str, int]:
        return self.settings.get(key, ("", 0))


def recognises(head: Head) -> bool:
    """Tell a VersaStudio file by its first block, or by the definition of a segment where the head is cut away."""
    if head.text is None:
        return False
    if head.starts_with("<Application>") and any("VersaStudio" in line for line in head.text.lines[:20]):
        return True
    return any(line.startswith(_NAMES + "Segment #") for line in head.text.lines)


def read(file: File) -> list[Spectrum]:
    """Read the impedance of every segment of one file."""
    definitions = [k for k, line in enumerate(file.text.lines) if line.lstrip().startswith(_NAMES)]
    if not definitions:
        raise file.refuse(
            "no segment of points (a line Definition=…): the run gave none, or VersaStudio saved them as binary;"
            " save the data as ASCII"
        )
    header, sweeps, refused = _header(file), list[Sweep](), ""
    for k in definitions:
        columns = _columns(file, k)
        if not columns.complete or not _measured(file, columns):
            refused = refused or f"no row with a frequency and Z Real, Z Imag; found the columns {list(columns.names)}"
            continue
        sweeps += read_table(file, columns, k + 1, _SPLIT, Convention(units=True, sign=True), _begins_something)
        new = (what for what in ignored_columns(columns) if what not in header.ignored)
        header.ignored.extend(new)
    if not sweeps:
        raise file.refuse(f"{refused}: this technique measured no impedance", definitions[0] + 1)
    return spectra(file, "versastudio", header, sweeps)


def _begins_something(line: str) -> bool:
    return line.lstrip().startswith("<")


def _columns(file: File, k: int) -> Columns:
    """Return the columns of a segment without the names at the end that are mere numbers and have no values."""
    names = [name.strip() for name in file.text.lines[k].partition("=")[2].split(",")]
    first = next((line for line in file.text.lines[k + 1 :] if line.strip()), "")
    while len(names) > len(_SPLIT(first)) and (not names[-1] or names[-1].isdecimal()):
        del names[-1]
    return understand(names, line=k + 1)


def _measured(file: File, columns: Columns) -> bool:
    """Tell whether a segment has a row of impedance: one with a frequency other than 0."""
    at = columns.found[Quantity.FREQUENCY][0][0]
    for line in file.text.lines[columns.line :]:
        if _begins_something(line):
            break
        row = _SPLIT(line)
        if len(row) > at and number(row[at]) != 0:
            return True
    return False


def _blocks(file: File) -> list[_Block]:
    blocks = [_Block("")]
    for line_number, line in file.text.numbered():
        if match := _BLOCK.match(line):
            blocks.append(_Block(match["name"] + match["index"]))
        elif "=" in line and not line.lstrip().startswith(("<", _NAMES)):
            key, _, value = line.partition("=")
            blocks[-1].settings.setdefault(key.strip(), (value.strip(), line_number))
    return blocks


def _header(file: File) -> Header:
    header = Header(notes=[_UNCALIBRATED])
    blocks = dict[str, _Block]()
    for block in _blocks(file):
        blocks.setdefault(block.name, block)
    nothing = _Block("")
    about, instrument = blocks.get("Application", nothing), blocks.get("Instrument", nothing)
    run, common = blocks.get("Experiment", nothing), blocks.get("Action0", nothing)
    version, line = about.value("Version")
    header.take("software", f"VersaStudio {version}" if version else "", line)
    kind, line = instrument.value("Type")
    header.take("instrument", kind + instrument.value("Model")[0], line)
    header.take("serial_number", *instrument.value("SN"))
    day, line = run.value("DateAcquired")
    header.take("date", f"{day} {run.value('TimeAcquired')[0]}".strip(), line)
    header.take("comment", *common.value("Comment"))
    area, line = common.value("Working Electrode Area (cm2)")
    cm2 = number(area)
    header.take_area(None if cm2 is None else cm2 * 1e-4, _AREA_DEFAULT, line)
    header.take("open_circuit_V", *_volts(common.value("Measured Open Circuit")))
    techniques = [block for block in blocks.values() if "EIS" in block.value("Name")[0]]
    _technique(header, techniques)
    used = {"Application", "Instrument", "Experiment", "Action0", ""} | {block.name for block in techniques}
    used |= {name for name in blocks if name.startswith("Segment")}
    header.ignored.extend(f"block {name}" for name in blocks if name not in used)
    return header


def _volts(found: tuple[str, int]) -> tuple[float | None, int]:
    value, factor = number(found[0]), _VOLTS.get(found[0].rpartition(" ")[2])
    return (None if value is None or factor is None else value * factor), found[1]


def _technique(header: Header, blocks: list[_Block]) -> None:
    for key, (name, factor) in _TECHNIQUE.items():
        values = list(dict.fromkeys(block.value(key)[0] for block in blocks))
        if len(values) > 1:
            listed = ", ".join(value or "none" for value in values)
            header.notes.append(f"the impedance techniques of this run differ in {key} ({listed}): not taken")
        if len(values) != 1:
            continue
        text, line = blocks[0].value(key)
        quantity = number(text)
        header.take(name, text if factor is None else None if quantity is None else quantity * factor, line)
    if blocks:
        header.ignored.extend(key for key in blocks[0].settings if key not in _TECHNIQUE)


FORMAT = Format("versastudio", "Princeton Applied Research VersaStudio (.par)", recognises, read, (".par",))
