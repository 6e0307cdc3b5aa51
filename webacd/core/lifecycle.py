"""What every life cycle is: a table from (state, event) to the next state."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from .errors import IllegalTransition


class State(StrEnum):
    """Of a life cycle, or a step of it. Hashed as the text it is: `Enum` does that in Python, and slowly."""

    __hash__ = str.__hash__


S = TypeVar("S", bound=State)
E = TypeVar("E", bound=State)


class LifeCycle(Generic[S, E]):
    """A named transition table."""

    def __init__(self, name: str, table: Mapping[tuple[S, E], S]) -> None:
        self.name = name
        self.table = table

    def after(self, state: S, event: E) -> S:
        """The state that follows. Raises `IllegalTransition` when the table has no such pair."""
        try:
            return self.table[state, event]
        except KeyError:
            raise IllegalTransition(self.name, state.value, event.value) from None

    def allows(self, state: S, event: E) -> bool:
        return (state, event) in self.table

    def is_final(self, state: S) -> bool:
        return all(source is not state for source, _ in self.table)
