"""What the person does by themselves, with nobody's hand in it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from rs_client.person import Person
from rs_client.turn import Turn

from .test_rights import ANNA, controlled


async def test_nobody_controls_and_nothing_else_is_asked_while_they_are_alone() -> None:
    rights, settled = controlled(), []
    turn = Turn(rights)
    client = SimpleNamespace(rights=rights, questions=SimpleNamespace(turn=turn))
    turn.on_changed = lambda: settled.append(rights.controllers("desktop"))
    person = Person(cast(Any, client))
    assert rights.controllers("desktop") == {ANNA}

    async def choose() -> None:
        async with person.alone():
            assert rights.controllers("desktop") == frozenset()
            assert turn.lock.locked()
            raise ValueError("whatever happens")

    with pytest.raises(ValueError, match="whatever happens"):
        await choose()
    assert settled == [frozenset(), {ANNA}]
    assert not turn.lock.locked()
