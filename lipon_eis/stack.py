"""Stack: what the layers of a cell are, read off their names as labs write them.

``Pt/LiPON/Pt`` blocks ions on both sides, ``Li/LiPON/LCO`` is a full cell, an electrolyte such as
LATP has grain boundaries. Names that are not known are no error; they tell nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCKING = frozenset((
    "pt", "al", "au", "ti", "ni", "cu", "cr", "ag", "mo", "w", "ta", "nb", "pd", "ru", "ir", "rh", "zr", "hf", "v",
    "fe", "co", "c", "carbon", "glassycarbon", "tin", "tan", "ito", "fto", "srruo3", "ruo2", "ss", "ss304", "ss316",
    "ss316l", "steel", "stainlesssteel", "platinum", "aluminium", "aluminum", "gold", "titanium", "nickel", "copper",
    "chromium", "silver", "molybdenum", "tungsten", "tantalum", "titaniumnitride",
))  # fmt: skip
_LITHIUM = frozenset(("li", "lithium", "limetal", "lithiummetal"))
_CATHODES = frozenset((
    "lco", "lno", "lmo", "lnmo", "lnm", "nmc", "ncm", "nca", "lfp", "lcp", "lmfp", "lto", "v2o5", "lixv2o5", "moo3",
    "tio2", "fef3", "nb2o5", "licoo2", "prussianblue",
))  # fmt: skip
_AMORPHOUS = frozenset((
    "lipon", "lipo", "lisipon", "lison", "lipson", "libon", "libpon", "licpon", "lipfon", "lipwon", "lialpon",
    "li3po4",
))  # fmt: skip
_POLYCRYSTALLINE = frozenset((
    "latp", "lagp", "latpn", "lagpn", "latpon", "lagpon", "latspon", "llzo", "llzto", "llto", "lisicon", "nasicon",
    "nasicontype", "garnet",
))  # fmt: skip
_POLYCRYSTALLINE_FORMULAS = ({"Al", "Ti", "P", "O"}, {"Al", "Ge", "P", "O"}, {"La", "Zr", "O"}, {"La", "Ti", "O"})
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_REDOX_METALS = frozenset(("Co", "Mn", "Ni", "Fe", "V", "Cr"))


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of a cell, as far as their names tell what they do.

    Attributes:
        layers: From one side to the other, as written.
        electrolyte_index: Which of them is the electrolyte, or None where none can be told.
    """

    layers: tuple[str, ...]
    electrolyte_index: int | None

    @property
    def electrolyte(self) -> str | None:
        """The electrolyte's layer as written."""
        return None if self.electrolyte_index is None else self.layers[self.electrolyte_index]

    @property
    def polycrystalline(self) -> bool:
        """Whether the electrolyte is of a family that has grain boundaries."""
        return self.electrolyte is not None and _part(self.electrolyte) == "polycrystalline"

    @property
    def electrodes(self) -> tuple[str | None, str | None]:
        """What faces the electrolyte on the left and on the right; interlayers are passed over."""
        left, right = (_electrode(side) for side in self._sides())
        return left, right

    @property
    def lithium(self) -> str | None:
        """The electrode of lithium, None where there is none."""
        return self._electrode_that_is("lithium")

    @property
    def cathode(self) -> str | None:
        """The electrode that is a cathode, the left one of two; None where there is none."""
        return self._electrode_that_is("cathode")

    def _electrode_that_is(self, part: str) -> str | None:
        return next((layer for layer in self.electrodes if layer is not None and _part(layer) == part), None)

    @property
    def interlayers(self) -> tuple[str, ...]:
        """Layers between the electrodes other than the electrolyte, from left to right."""
        left, right = self._sides()
        return (*reversed(_between(left)), *_between(right))

    @property
    def cathode_interlayers(self) -> tuple[str, ...]:
        """Layers between the electrolyte and a cathode, from the electrolyte outwards."""
        return tuple(
            layer
            for side in self._sides()
            if (electrode := _electrode(side)) is not None and _part(electrode) == "cathode"
            for layer in _between(side)
        )

    @property
    def unknown_layers(self) -> tuple[str, ...]:
        """Layers whose names say nothing; an electrolyte told by its place is not among them."""
        return tuple(layer for k, layer in enumerate(self.layers) if not _part(layer) and k != self.electrolyte_index)

    @property
    def kind(self) -> str:
        """What the electrodes make of the cell.

        ``blocking``, ``symmetric-lithium``, ``full-cell``, ``cathode-symmetric``,
        ``lithium-free`` (a metal against a cathode) or ``unknown``.
        """
        left, right = self.electrodes
        if left is None or right is None:
            return "unknown"
        parts = {_part(left), _part(right)}
        if parts == {"cathode"}:
            return "cathode-symmetric" if _folded(left) == _folded(right) else "full-cell"
        kinds = {
            frozenset({"blocking"}): "blocking",
            frozenset({"lithium"}): "symmetric-lithium",
            frozenset({"lithium", "cathode"}): "full-cell",
            frozenset({"blocking", "cathode"}): "lithium-free",
        }
        return kinds.get(frozenset(parts), "unknown")

    def _sides(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the layers left and right of the electrolyte, each from it outwards."""
        if self.electrolyte_index is None:
            return (), ()
        return self.layers[: self.electrolyte_index][::-1], self.layers[self.electrolyte_index + 1 :]


def parse_stack(text: str) -> Stack:
    """Read ``Pt/LiPON/Pt``, ``Li/Al2O3/LiPON/LCO``, ``Si | Pt | LATP | Au``.

    Names are taken as labs write them, in any case; a remark in parentheses is ignored. A name
    that is not known is no error: it may be the electrolyte if it is the only one between two electrodes.

    >>> parse_stack("Cu/LiPON/LCO").kind, parse_stack("Au/LATP/Au").polycrystalline
    ('lithium-free', True)
    """
    layers = tuple(layer for part in re.split(r"[/|‖]+", text) if (layer := part.strip()))
    parts = [_part(layer) for layer in layers]
    known = [k for k, part in enumerate(parts) if part in ("electrolyte", "polycrystalline")]
    if known:
        return Stack(layers, known[0])
    electrodes = [k for k, part in enumerate(parts) if part in ("blocking", "lithium", "cathode")]
    inner = range(electrodes[0] + 1, electrodes[-1]) if electrodes else range(0)
    unknown = [k for k in inner if parts[k] == ""]
    return Stack(layers, unknown[0] if len(unknown) == 1 else None)


def _folded(layer: str) -> str:
    """Return a layer's name without remark, case, spaces and hyphens."""
    plain = re.sub(r"\([^()]*\)", "", layer.translate(_SUBSCRIPTS))
    return re.sub(r"[\s_–-]+", "", plain).casefold()


def _part(layer: str) -> str:
    """Tell what a layer does: blocking, lithium, cathode, electrolyte, polycrystalline, interlayer, or ``""``."""
    name = _folded(layer)
    for part, names in (
        ("blocking", _BLOCKING),
        ("lithium", _LITHIUM),
        ("cathode", _CATHODES),
        ("electrolyte", _AMORPHOUS),
        ("polycrystalline", _POLYCRYSTALLINE),
        ("interlayer", ("al2o3", "batio3", "bto", "linbo3", "lno3", "zno", "hfo2", "sio2", "lif", "li2o", "zro2")),
    ):
        if name in names:
            return part
    elements = _elements(layer)
    if elements >= {"Li", "O"} and elements & _REDOX_METALS:
        return "cathode"
    if any(elements >= {"Li"} | family for family in _POLYCRYSTALLINE_FORMULAS):
        return "polycrystalline"
    return "electrolyte" if elements >= {"Li", "P", "O"} or elements >= {"Li", "O", "N"} else ""


def _elements(layer: str) -> frozenset[str]:
    """Return the elements of a formula such as ``Li2.9PO3.3N0.46`` or ``Li-Al-Ti-P-O-N``, nothing for other names."""
    plain = re.sub(
        r"[\s_–-]+|\(PO4\)\d*", lambda m: "PO" if m.group().startswith("(") else "", layer.translate(_SUBSCRIPTS)
    )
    token = r"[A-Z][a-z]?[\d.xyz]*"
    return frozenset(re.findall(r"[A-Z][a-z]?", plain)) if re.fullmatch(f"(?:{token})+", plain) else frozenset()


def _electrode(side: tuple[str, ...]) -> str | None:
    """Return the first electrode outwards; lithium behind a metal film alloys with it, so lithium it is."""
    parts = [_part(layer) for layer in side]
    first = next((k for k, part in enumerate(parts) if part in ("blocking", "lithium", "cathode")), None)
    if first is not None and parts[first] == "blocking" and "lithium" in parts[first:]:
        first = parts.index("lithium")
    return None if first is None else side[first]


def _between(side: tuple[str, ...]) -> tuple[str, ...]:
    electrode = _electrode(side)
    return () if electrode is None else side[: side.index(electrode)]
