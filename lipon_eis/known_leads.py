"""Fits with a lead resistance that was measured apart: held where the data allow it, each film with its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from lipon_eis.case import Reason
from lipon_eis.errors import CannotFit
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.ranking import ACCURACY
from lipon_eis.physics.leads import CONTRADICTED, compare, is_worse, known_lead, lead_parameter, with_lead_error
from lipon_eis.rounding import format_value
from lipon_eis.sample import Sample
from lipon_eis.selection import Chosen, fit_circuit, only_known
from lipon_eis.spectrum import Spectrum


def hold_known_leads(
    found: Sequence[Chosen | CannotFit],
    spectra: Sequence[Spectrum],
    samples: Sequence[Sample],
    options: Options,
    *,
    accuracy: float = ACCURACY,
) -> list[tuple[Chosen | CannotFit, tuple[Reason, ...]]]:
    """Fit again what has a known lead resistance, holding it; a lead that the data contradict is not held, and said.

    Args:
        found: Fits that left the lead free; one that the options fix, bound or tie stays as it is.
        spectra: What was fitted.
        samples: With lead resistance or shorted fixture.
        options: Of the fits.
        accuracy: Of the instrument.
    """
    return [
        (chosen, ()) if isinstance(chosen, CannotFit) else _held(chosen, spectrum, sample, options, accuracy)
        for chosen, spectrum, sample in zip(found, spectra, samples, strict=True)
    ]


def _held(
    chosen: Chosen, spectrum: Spectrum, sample: Sample, options: Options, accuracy: float
) -> tuple[Chosen | CannotFit, tuple[Reason, ...]]:
    lead, name = known_lead(sample, spectrum), lead_parameter(chosen.named.roles)
    if lead is None or name is None or {name} & {*options.fix, *options.bounds, *options.tie}:
        return chosen, ()
    decision = compare(chosen.fit, name, lead)
    if decision == "contradicted":
        towards = math.copysign(CONTRADICTED * lead.stderr, chosen.fit.used_values[chosen.fit.index(name)] - lead.value)
        nearest = _fit_with(chosen, spectrum, name, max(lead.value + towards, 0.0), options, accuracy)
        if nearest is not None and not is_worse(nearest.fit, chosen.fit):
            decision = "hold"  # the covariance claimed more than the data hold: the lead and an arc that is not seen
    if decision == "contradicted" and lead.value > 0:  # after a shorted fixture: contacts, and no contradiction
        given = format_value(lead.value, lead.stderr or None, "ohm")
        shown = format_value(chosen.fit.values[name], chosen.fit.stderr[name], "ohm")
        text = f"the lead resistance given, {given}, contradicts the data, which give {name} = {shown}: it is not used"
        return chosen, (Reason("lead-contradicted", "check", text),)
    held = _fit_with(chosen, spectrum, name, lead.value, options, accuracy) if decision == "hold" else None
    if held is None:
        return chosen, ()
    unsure = "" if lead.stderr or lead.value == 0 else ", taken as exact: no error was given"
    text = f"{name} is held at {format_value(lead.value, lead.stderr or None, 'ohm')}, {lead.why}{unsure}"
    fit = with_lead_error(held.fit, spectrum, name, lead.stderr)
    return replace(chosen, named=held.named, fit=fit), (Reason("lead-held", "note", text),)


def _fit_with(
    chosen: Chosen, spectrum: Spectrum, name: str, value: float, options: Options, accuracy: float
) -> Chosen | None:
    """Fit the chosen circuit with the lead held at a value; None where that cannot be."""
    own = only_known(options, chosen.named)
    (found,) = fit_circuit(chosen.named, [spectrum], replace(own, fix={**own.fix, name: value}), accuracy=accuracy)
    return found if isinstance(found, Chosen) else None
