"""What a verdict is made of: the case, all that is known of one fit, and the reasons found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.fitting.outliers import Outliers
from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arcs import RoleArc
from lipon_eis.physics.derived import Derived
from lipon_eis.physics.naming import ArcRole
from lipon_eis.physics.window import Position
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum

LEVELS = ("note", "check", "fail")
VERDICTS = {"note": "pass", "check": "check", "fail": "fail"}


@dataclass(frozen=True)
class Reason:
    """Why a result is to be trusted or not: a code, ``note``, ``check`` or ``fail``, and a sentence."""

    code: str
    level: str
    message: str


def worst(reasons: Sequence[Reason]) -> str:
    """Return the verdict that reasons make: ``pass``, ``check`` or ``fail``."""
    return VERDICTS[max((reason.level for reason in reasons), key=LEVELS.index, default="note")]


@dataclass(frozen=True, eq=False)
class Case:
    """All that is known of one fit when it is judged.

    Attributes:
        spectrum: The data.
        sample: The film.
        named: The circuit with its roles.
        fit: The fit.
        arcs: Its arcs by role.
        positions: Of the arcs in the window.
        derived: Quantities by name.
        assignment: Empty, or why the roles of the arcs are not certain.
        remarks: What was decided on the way (inductance added, circuit chosen): notes and checks.
        outliers: Points that stand apart from the fit.
        roles: What is thought of each arc.
        mistake: Empty, or the other unit of thickness or area that the arcs go well with, too.
    """

    spectrum: Spectrum
    sample: Sample
    named: NamedCircuit
    fit: Fit
    arcs: tuple[RoleArc, ...]
    positions: tuple[Position, ...]
    derived: Mapping[str, Derived]
    assignment: str
    remarks: tuple[Reason, ...] = ()
    outliers: Outliers = field(default_factory=Outliers)
    roles: tuple[ArcRole, ...] = ()
    mistake: str = ""


Check = Callable[[Case], Iterator[Reason]]
