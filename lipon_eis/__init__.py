"""Impedance spectra of LiPON thin films and Li/LiPON/LCO cells: fitted without start values, judged, reported.

>>> import lipon_eis as le
>>> circuit = le.Circuit("R0-p(R1,CPE1)-CPE2")
>>> circuit.names
('R0', 'R1', 'CPE1_0', 'CPE1_1', 'CPE2_0', 'CPE2_1')
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lipon_eis.version import VERSION as __version__

if TYPE_CHECKING:
    from lipon_eis.batch import Batch, fit, fit_batch
    from lipon_eis.bridge import to_impedance
    from lipon_eis.errors import (
        CannotFit,
        InvalidCircuit,
        InvalidOption,
        InvalidQuantity,
        InvalidSample,
        InvalidSheet,
        InvalidSpectrum,
        LiponEisError,
        UnknownCircuit,
        UnknownParameter,
        UnreadableFile,
        UnrecognisedFile,
    )
    from lipon_eis.library import NamedCircuit, circuit_names, load_circuit
    from lipon_eis.model.circuit import Circuit
    from lipon_eis.model.own import element
    from lipon_eis.model.registry import Element, Parameter, elements
    from lipon_eis.physics.arrhenius import ArrheniusFit, arrhenius
    from lipon_eis.physics.literature import LiteratureRow, Publication, literature, search_literature
    from lipon_eis.physics.plan import Measurement, Plan, plan
    from lipon_eis.physics.standing import Standing, standing
    from lipon_eis.readers import read, read_many
    from lipon_eis.report import write_report
    from lipon_eis.result import FitResult
    from lipon_eis.sample import Sample
    from lipon_eis.series import SeriesBatch, fit_series
    from lipon_eis.sheet import SampleSheet, read_sheet
    from lipon_eis.simulation import simulate
    from lipon_eis.spectrum import Spectrum, SpectrumStack
    from lipon_eis.validity.kramers_kronig import KramersKronig, kramers_kronig
    from lipon_eis.validity.relaxation_times import Peak, RelaxationTimes, relaxation_times

_HOMES = {
    "result": ("FitResult",),
    "batch": ("Batch", "fit", "fit_batch"),
    "bridge": ("to_impedance",),
    "errors": (
        "CannotFit",
        "InvalidCircuit",
        "InvalidOption",
        "InvalidQuantity",
        "InvalidSample",
        "InvalidSheet",
        "InvalidSpectrum",
        "LiponEisError",
        "UnknownCircuit",
        "UnknownParameter",
        "UnreadableFile",
        "UnrecognisedFile",
    ),
    "library": ("NamedCircuit", "circuit_names", "load_circuit"),
    "model.circuit": ("Circuit",),
    "model.own": ("element",),
    "model.registry": ("Element", "Parameter", "elements"),
    "readers": ("read", "read_many"),
    "physics.arrhenius": ("ArrheniusFit", "arrhenius"),
    "physics.literature": ("LiteratureRow", "Publication", "literature", "search_literature"),
    "physics.plan": ("Measurement", "Plan", "plan"),
    "physics.standing": ("Standing", "standing"),
    "report": ("write_report",),
    "sample": ("Sample",),
    "series": ("SeriesBatch", "fit_series"),
    "sheet": ("SampleSheet", "read_sheet"),
    "simulation": ("simulate",),
    "spectrum": ("Spectrum", "SpectrumStack"),
    "validity.kramers_kronig": ("KramersKronig", "kramers_kronig"),
    "validity.relaxation_times": ("Peak", "RelaxationTimes", "relaxation_times"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ArrheniusFit",
    "Batch",
    "CannotFit",
    "Circuit",
    "Element",
    "FitResult",
    "InvalidCircuit",
    "InvalidOption",
    "InvalidQuantity",
    "InvalidSample",
    "InvalidSheet",
    "InvalidSpectrum",
    "KramersKronig",
    "LiponEisError",
    "LiteratureRow",
    "Measurement",
    "NamedCircuit",
    "Parameter",
    "Peak",
    "Plan",
    "Publication",
    "RelaxationTimes",
    "Sample",
    "SampleSheet",
    "SeriesBatch",
    "Spectrum",
    "SpectrumStack",
    "Standing",
    "UnknownCircuit",
    "UnknownParameter",
    "UnreadableFile",
    "UnrecognisedFile",
    "__version__",
    "arrhenius",
    "circuit_names",
    "element",
    "elements",
    "fit",
    "fit_batch",
    "fit_series",
    "kramers_kronig",
    "literature",
    "load_circuit",
    "plan",
    "read",
    "read_many",
    "read_sheet",
    "relaxation_times",
    "search_literature",
    "simulate",
    "standing",
    "to_impedance",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package stays instant (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
