"""What to change in a measurement so that it reaches a wanted error: each knob turned alone, within what is practical.

Errors are no simple functions of the knobs (a hotter film conducts better and leaves the window), so each knob is tried
over its whole range, in both directions, and the setting nearest to the present one that reaches the goal is
named. The ranges are what laboratories do with thin films, by this package's judgement; they can be replaced.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.errors import InvalidOption
from lipon_eis.physics.plan import IDENTIFIED, Measurement, Plan, plan_many, with_knob

ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Numbers that people set knobs to, in each decade."""


@dataclass(frozen=True)
class Knob:
    """Something that can be changed.

    Attributes:
        name: Attribute of `Measurement`.
        text: For people.
        unit: SI.
        low: Smallest practical value.
        high: Largest.
        step: Between settings, for a knob that is no ratio; None: round numbers of each decade.
    """

    name: str
    text: str
    unit: str
    low: float
    high: float
    step: float | None = None

    def settings(self) -> list[float]:
        """Return the values to be tried, rising."""
        if self.step is not None:
            return [self.low + k * self.step for k in range(round((self.high - self.low) / self.step) + 1)]
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        numbers = (float(f"{m:g}e{power}") for power in range(first, last + 1) for m in ROUND)
        return [number for number in numbers if self.low * (1 - 1e-9) <= number <= self.high * (1 + 1e-9)]

    def distance(self, now: float, then: float) -> float:
        """Return how far a setting is from the present one."""
        return abs(then - now) if self.step is not None else abs(math.log(then / now))


KNOBS = (
    Knob("f_max", "highest frequency", "Hz", 1e5, 3e7),
    Knob("f_min", "lowest frequency", "Hz", 1e-2, 1e4),
    Knob("points_per_decade", "points a decade", "", 3, 50),
    Knob("noise", "noise", "", 2e-4, 3e-2),
    Knob("area", "area", "m2", 1e-8, 1e-4),
    Knob("thickness", "thickness", "m", 1.5e-8, 5e-6),
    Knob("temperature", "temperature", "K", 233.15, 373.15, step=2.5),
    Knob("thickness_error", "error of the thickness", "", 5e-3, 0.5),
    Knob("area_error", "error of the area", "", 5e-3, 0.5),
)


@dataclass(frozen=True)
class Remedy:
    """What one knob does for one quantity.

    Attributes:
        quantity: Whose error is wanted smaller.
        wanted: Relative standard error.
        expected: As planned; inf where the quantity will have no value.
        knob: What is turned.
        now: Its present setting.
        setting: That reaches the goal and is nearest to the present one; None where none does.
        error: Relative error at the setting, or the smallest there is where none does.
        at: The setting with that error.
    """

    quantity: str
    wanted: float
    expected: float
    knob: Knob
    now: float
    setting: float | None
    error: float
    at: float


def remedies(now: Plan, wanted: Mapping[str, float], knobs: Sequence[Knob] = KNOBS) -> list[Remedy]:
    """Return what each knob alone does for every quantity whose expected error exceeds the wanted one.

    Args:
        now: The plan.
        wanted: Name of a derived quantity or parameter → relative standard error.
        knobs: What may be turned, and how far. Those of errors that the measurement does not have are left out.

    Raises:
        InvalidOption: A quantity that the plan has not, or an error that is none.
    """
    for name, error in wanted.items():
        if not 0 < error < 1:
            raise InvalidOption(f"the wanted error of {name} is relative, between 0 and 1, not {error!r}")
    lacking = {name: error for name, error in wanted.items() if not reaches(now, name, error)}
    if not lacking:
        return []
    tried = {knob: _turned(now.measurement, knob) for knob in knobs if getattr(now.measurement, knob.name) is not None}
    plans = iter(plan_many([measurement for settings in tried.values() for _, measurement in settings]))
    found = []
    for knob, settings in tried.items():
        outcome = [(setting, next(plans)) for setting, _ in settings]
        for name, error in lacking.items():
            found.append(_remedy(now, name, error, knob, outcome))
    order = list(lacking)
    return sorted(found, key=lambda remedy: order.index(remedy.quantity))


def _turned(measurement: Measurement, knob: Knob) -> list[tuple[float, Measurement]]:
    """Return the measurement at every setting of a knob at which there is one."""
    found = []
    for setting in knob.settings():
        try:
            changed = with_knob(measurement, knob.name, setting)
        except InvalidOption:  # the lowest frequency above the highest
            continue
        if len(changed.frequency) > len(changed.expected_values):
            found.append((setting, changed))
    return found


def _remedy(now: Plan, name: str, wanted: float, knob: Knob, outcome: Sequence[tuple[float, Plan]]) -> Remedy:
    present = float(getattr(now.measurement, knob.name))
    errors = [(setting, plan.relative_error(name)) for setting, plan in outcome]
    reaching = [
        (knob.distance(present, setting), setting, plan.relative_error(name))
        for setting, plan in outcome
        if reaches(plan, name, wanted)
    ]
    if reaching:
        _, setting, error = min(reaching)
        return Remedy(name, wanted, now.relative_error(name), knob, present, setting, error, setting)
    best, error = min(errors, key=lambda pair: pair[1], default=(present, math.inf))
    if not error < now.relative_error(name) * (1 - 1e-3):  # no setting is better than the present one
        best, error = present, now.relative_error(name)
    return Remedy(name, wanted, now.relative_error(name), knob, present, None, error, best)


def reaches(plan: Plan, name: str, wanted: float) -> bool:
    """Return whether a quantity will be as well known as is wanted, and not by leaning on an arc that is weak."""
    return plan.relative_error(name) <= wanted and (name not in plan.leaning or wanted > IDENTIFIED)


def geometry_floor(plan: Plan, name: str) -> float:
    """Return the relative error that thickness and area alone leave in a quantity, 0 where they carry none."""
    quantity = plan.derived.get(name)
    if quantity is None or not quantity.value > 0:
        return 0.0
    return float(np.nan_to_num(quantity.stderr_geometry) / quantity.value)
