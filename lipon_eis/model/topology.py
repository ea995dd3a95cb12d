"""What two circuits share when they are the same but for names and order.

The circuit of a film with an interface layer and that of a polycrystal are one topology:
data alone cannot tell them apart, so a ranking of circuits ranks topologies.
"""

from __future__ import annotations

from lipon_eis.model.tree import Leaf, Node, Series

SAME_AS = {"Zarc": "p(CPE,R)", "K": "p(C,R)"}
"""Elements that are another circuit in other parameters."""


def topology(node: Node) -> str:
    """Return the tree without numbers, branches sorted, nested parallel groups joined into one.

    >>> from lipon_eis.model.parser import parse
    >>> topology(parse("R0-p(CPE1,R1)-Zarc2"))
    'R-p(CPE,R)-p(CPE,R)'
    """
    if isinstance(node, Leaf):
        return SAME_AS.get(node.symbol, node.symbol)
    if isinstance(node, Series):
        return "-".join(sorted(map(topology, node.children)))
    return f"p({','.join(sorted(branch for child in node.children for branch in _branches(child)))})"


def _branches(child: Node) -> list[str]:
    """Return what a child adds to its parallel group: a group inside a group adds its own branches."""
    if isinstance(child, Leaf | Series):
        form = topology(child)
        return form[2:-1].split(",") if form in SAME_AS.values() else [form]
    return [branch for grandchild in child.children for branch in _branches(grandchild)]
