"""What a joint fit of complementary cells found, as a series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lipon_eis.kinds.cell_figure import figure_of
from lipon_eis.kinds.cell_group import (
    Group,
    estimate_of,
    name_of,
    ordered,
    quantity_of,
    value_alone,
    value_joint,
    words_of,
)
from lipon_eis.kinds.cell_reasons import peak_of, reasons_of, remark, resolved_alone
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.cell_problem import EXCHANGEABLE, Common
from lipon_eis.physics.joint_cells import Choice
from lipon_eis.quantity_series import QuantitySeries
from lipon_eis.result import plain

TOO_LONG = 0.5  # relative error of what a cell says alone beyond which a figure leaves it out


def series_of_group(group: Group) -> QuantitySeries:
    """Return what was found of a group."""
    shown = [common for common in ordered(group.joint.commons) if common.kind != "exponent"]
    return QuantitySeries(
        kind="cells",
        label=group.label,
        role="",
        members=tuple(member.label for member in group.members),
        excluded=group.excluded,
        quantities={name_of(common): quantity_of(group, common) for common in shown},
        reasons=tuple(reasons_of(group)),
        figure=figure_of(
            [member.kind for member in group.members],
            [member.label for member in group.members],
            {words_of(group, common): _ratios(group, common) for common in shown},
        ),
        more=_more(group),
    )


def _ratios(group: Group, common: Common) -> tuple[Estimate, list[Estimate | None]]:
    """Return the joint value, and what each cell says alone; None of those that have no such arc, or do not tell."""
    alone: list[Estimate | None] = []
    for i, cell in enumerate(group.joint.cells):
        one = value_alone(group, i, common) if common in cell.commons else None
        blurred = cell.exchangeable and common.role in EXCHANGEABLE and not resolved_alone(group, i)
        alone.append(one if one is not None and one.stderr < TOO_LONG * one.value and not blurred else None)
    return quantity_of(group, common).estimate, alone


def _more(group: Group) -> Mapping[str, Any]:
    """Return what this kind adds to its entry: cells one by one, exponents, scatter, the test of sharing."""
    joint = group.joint
    temperatures = [t for m in group.members if (t := m.result.sample.temperature) is not None]
    return {
        "temperature_K": float(np.mean(temperatures)) if temperatures else None,
        "findings": [remark(group, i, choice) for i, choice in joint.choices.items()],
        "cells": [_cell(group, i) for i in range(len(group.members))],
        "shared": [
            {
                "name": name_of(common),
                "role": common.role,
                "quantity": "exponent",
                **_plain(estimate_of(common, *joint.level(common), joint.widening)),
                "stray": joint.model.scatter[joint.commons.index(common)],
            }
            for common in ordered(joint.commons)
            if common.kind == "exponent"
        ],
        "shared_by": {name_of(common): joint.model.count(common) for common in joint.commons},
        "scatter": {name_of(common): size for common, size in zip(joint.commons, joint.model.scatter, strict=True)},
        "shared_chi2": plain(joint.chi2),
        "shared_degrees_of_freedom": joint.degrees_of_freedom,
    }


def _cell(group: Group, i: int) -> dict[str, Any]:
    member, cell = group.members[i], group.joint.cells[i]
    choice = group.joint.choices.get(i)
    return {
        "label": member.label,
        "kind": member.kind,
        "circuit": member.whole.fit.circuit.text,
        "quantities": {name_of(common): _both(group, i, common) for common in cell.commons},
        **({"assignment": _assignment(group, i, choice)} if choice else {}),
    }


def _both(group: Group, i: int, common: Common) -> dict[str, Any]:
    """Return a quantity of one cell alone and as the joint fit has it, and how much smaller its error became."""
    alone, joint = value_alone(group, i, common), value_joint(group, i, common)
    return {"alone": _plain(alone), "joint": _plain(joint), "gain": plain(alone.stderr / joint.stderr)}


def _assignment(group: Group, i: int, choice: Choice) -> dict[str, Any]:
    names, arcs = group.members[i].whole.fit.circuit.names, group.joint.cells[i].arcs
    here = EXCHANGEABLE[::-1] if choice.exchanged else EXCHANGEABLE  # place in the separate fit
    return {
        "exchanged": choice.exchanged,
        "delta_chi2": plain(choice.delta),
        "confidence": choice.confidence,
        "resolved_alone": resolved_alone(group, i),
        "arcs": {
            role: {"resistance": names[arcs[place].r], "peak_frequency_Hz": plain(peak_of(group, i, role))}
            for role, place in zip(EXCHANGEABLE, here, strict=True)
        },
    }


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": plain(estimate.value),
        "stderr": plain(estimate.stderr),
        "interval": plain(list(estimate.interval)),
    }
