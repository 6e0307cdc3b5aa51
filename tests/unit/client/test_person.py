"""What the person does by themselves, with nobody's hand in it."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rs_client.person import Person

from .test_rights import ANNA, controlled


async def test_nobody_controls_and_nothing_else_is_asked_while_they_are_alone() -> None:
    rights, turn, settled = controlled(), asyncio.Lock(), []
    client = SimpleNamespace(rights=rights, questions=SimpleNamespace(turn=turn))
    client.settle = lambda: settled.append(rights.controllers("desktop"))
    person = Person(cast(Any, client))
    assert rights.controllers("desktop") == {ANNA}

    async def choose() -> None:
        async with person.alone():
            assert rights.controllers("desktop") == frozenset()
            assert turn.locked()
            raise ValueError("whatever happens")

    with pytest.raises(ValueError, match="whatever happens"):
        await choose()
    assert settled == [frozenset(), {ANNA}]
    assert not turn.locked()
