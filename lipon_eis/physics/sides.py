"""How many equal sides one part of a circuit stands for: as the circuit file says, or as the stack shows."""

from __future__ import annotations

from collections.abc import Mapping

from lipon_eis.sample import Sample
from lipon_eis.stack import parse_stack


def sides_of(sides: Mapping[str, int], sample: Sample) -> dict[str, int]:
    """Return role → number of equal sides.

    Args:
        sides: As the circuit file says.
        sample: Where its stack has the same metal on both sides of the film (Pt/LiPON/Pt), the blocking electrode of
            the circuit is two in series, alike.

    >>> sides_of({}, Sample(stack="Pt/LiPON/Pt")), sides_of({}, Sample(stack="TiN/LiPON/Au"))
    ({'electrode': 2}, {})
    """
    found = dict(sides)
    if sample.stack and "electrode" not in found:
        stack = parse_stack(sample.stack)
        left, right = (None if side is None else side.casefold() for side in stack.electrodes)
        if stack.kind == "blocking" and left == right and not stack.interlayers:
            found["electrode"] = 2
    return found
