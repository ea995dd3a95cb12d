"""A mapping that is worked out when somebody first looks into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any


class Deferred(Mapping[str, Any]):
    """What a function of these arguments returns, which is called once, and only if anybody asks.

    Of a thousand spectra that are read to be fitted or counted, most are never asked what their header said. Nobody can
    tell this from the dictionary itself, as long as the function depends on nothing that may change and cannot fail.
    """

    def __init__(self, make: Callable[..., dict[str, Any]], *arguments: Any) -> None:
        self._from: tuple[Callable[..., dict[str, Any]], tuple[Any, ...]] = make, arguments

    @cached_property
    def _made(self) -> dict[str, Any]:
        make, arguments = self._from
        made = make(*arguments)
        self._from = dict, (made,)  # lets go of what it was made from
        return made

    def __getitem__(self, key: str) -> Any:
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __or__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._made, **other}

    def __ror__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**other, **self._made}

    def __repr__(self) -> str:
        return repr(self._made)

    def copy(self) -> dict[str, Any]:
        """Return it as a dictionary."""
        return dict(self._made)
