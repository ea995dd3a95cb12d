"""``lipon-eis show``: what each file holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lipon_eis.cli import options
from lipon_eis.cli.exits import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from lipon_eis.spectrum import Spectrum

ABOUT_THE_FILE = ("format", "source", "sha256", "spectrum", "origin", "ignored")
SHOWN = 12  # of the keys that were ignored
UNITS = ("m2", "Hz", "ohm", "K", "V", "A", "F", "m", "s")


@options.command("show")
@options.paths
@options.reading
@options.as_json
def command(paths: tuple[str, ...], as_json: bool, **how: str | None) -> Exit:
    """Show what each file holds, without fitting.

    Format, spectra, points, frequency range, |Z| range; what was understood of the header and where it stood, and
    what was ignored.

    Example:
        lipon-eis show exports/
    """
    from lipon_eis.cli import terminal
    from lipon_eis.cli.reading import read_paths, say_what_was_not_read, source_of
    from lipon_eis.settings import read_settings

    reading = read_paths(paths, read_settings(), **how)
    files = [list(spectra) for _, spectra in groupby(reading.spectra, key=lambda s: source_of(s)[0])]
    if as_json:
        failures = [f.to_dict() for f in reading.failures]
        terminal.print_json({"files": [_plain(spectra) for spectra in files], "failures": failures})
    else:
        with terminal.page() as screen:
            for spectra in files:
                _print_file(screen, spectra)
    return say_what_was_not_read(reading)


def _plain(spectra: Sequence[Spectrum]) -> dict[str, Any]:
    """Return a file as plain values for JSON."""
    from lipon_eis.result import plain

    first = spectra[0].meta
    return {
        "source": first["source"],
        "format": first["format"],
        "spectra": [
            {
                "label": spectrum.label,
                "n_points": len(spectrum),
                "n_masked": spectrum.n_masked,
                **dict(zip(("frequency_min_hz", "frequency_max_hz"), _span(spectrum.frequency, spectrum), strict=True)),
                **dict(zip(("z_abs_min_ohm", "z_abs_max_ohm"), _span(abs(spectrum.impedance), spectrum), strict=True)),
                "metadata": plain({k: v for k, v in spectrum.meta.items() if k not in ABOUT_THE_FILE[:4]}),
                "notes": list(spectrum.notes),
            }
            for spectrum in spectra
        ],
    }


def _span(values: Any, spectrum: Spectrum) -> tuple[float, float]:
    """Return the smallest and largest value among the points that are used."""
    used = values[spectrum.used]
    return float(used.min()), float(used.max())


def _print_file(screen: Console, spectra: Sequence[Spectrum]) -> None:
    from rich.table import Table
    from rich.text import Text

    meta = spectra[0].meta
    count = f", {len(spectra)} spectra" if len(spectra) > 1 else ""
    screen.print(Text.assemble((str(meta["source"]), "bold"), f"  {meta['format']}{count}"))
    shared = [key for key in _facts(meta) if all(_same(s.meta, meta, key) for s in spectra)]
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    for spectrum in spectra:
        own = _with_places(spectrum.meta, [key for key in _facts(spectrum.meta) if key not in shared])
        name = f"spectrum {spectrum.meta['spectrum']}" if len(spectra) > 1 else "spectrum"
        table.add_row(f"  {name}", Text("; ".join([*_data(spectrum), *own])))
    if shared:
        table.add_row("  understood", Text("; ".join(_with_places(meta, shared))))
    if ignored := list(dict.fromkeys(name for s in spectra for name in s.meta.get("ignored", ()))):
        table.add_row("  ignored", Text(_shortened(ignored), style="dim"))
    for note in dict.fromkeys(note for spectrum in spectra for note in spectrum.notes):
        table.add_row("  note", Text(note))
    screen.print(table)


def _shortened(ignored: Sequence[str]) -> str:
    """Return the ignored keys, those with a reason first, and no more than a screen bears."""
    ordered = sorted(ignored, key=lambda name: ":" not in name)
    more = f"; and {len(ordered) - SHOWN} more (--json names all)" if len(ordered) > SHOWN else ""
    return "; ".join(ordered[:SHOWN]) + more


def _data(spectrum: Spectrum) -> list[str]:
    masked = f" ({spectrum.n_masked} masked)" if spectrum.n_masked else ""
    frequencies = " to ".join(_quantity(f, "Hz") for f in _span(spectrum.frequency, spectrum))
    sizes = " to ".join(_quantity(z, "ohm") for z in _span(abs(spectrum.impedance), spectrum))
    return [f"{len(spectrum)} point{'s' * (len(spectrum) != 1)}{masked}", frequencies, f"|Z| {sizes}"]


def _facts(meta: Mapping[str, Any]) -> list[str]:
    """Return the keys of what was understood, quantities before texts."""
    return sorted((key for key in meta if key not in ABOUT_THE_FILE), key=lambda key: _unit(key) is None)


def _same(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> bool:
    return key in one and one[key] == other[key]


def _with_places(meta: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    """Return the facts, each with where it stood; a place that several in a row share is named behind the last."""
    origin = meta.get("origin", {})
    by_place = groupby(keys, key=lambda key: origin.get(key, ""))
    listed = [("; ".join(_fact(meta, key) for key in those), place) for place, those in by_place]
    return [f"{facts} ({place})" if place else facts for facts, place in listed]


def _fact(meta: Mapping[str, Any], key: str) -> str:
    """Return ``area 0.5 cm²`` for ``area_m2``."""
    name, value, unit = key, meta[key], _unit(key)
    if unit and isinstance(value, int | float):
        name, value = key.removesuffix(f"_{unit}"), _quantity(value, unit, digits=6)
    elif isinstance(value, list | tuple):
        value = " to ".join(map(str, value))
    return f"{name.replace('_', ' ')} {value}"


def _unit(key: str) -> str | None:
    return next((unit for unit in UNITS if key.endswith(f"_{unit}")), None)


def _quantity(value: float, unit: str, digits: int = 4) -> str:
    from lipon_eis.units import format_quantity

    return format_quantity(float(f"{value:.{digits}g}"), unit)
