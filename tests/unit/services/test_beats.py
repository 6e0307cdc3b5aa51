"""Beats go on whatever else is slow, and lateness of ours costs nobody."""

import asyncio
from collections.abc import Callable
from typing import Any

from rs_server.services.beats import Beats


class Acd:
    """Knows ann and bob, who are signed in, and new, who is not yet."""

    def __init__(self) -> None:
        self.renewed: list[str] = []
        self.said: list[tuple[str, bool]] = []
        self.hook: Callable[[], None] | None = None
        self.free = asyncio.Event()
        self.free.set()

    def before_leases_end(self, hook: Callable[[], None]) -> None:
        self.hook = hook

    def renew(self, agent: str) -> bool:
        if agent in ("ann", "bob"):
            self.renewed.append(agent)
            return True
        return False

    def agent(self, agent: str) -> object | None:
        return object() if agent in ("ann", "bob", "new") else None

    async def presence(self, agent: str, present: bool) -> None:
        await self.free.wait()
        self.said.append((agent, present))


class Presences:
    def __init__(self, *actors: str) -> None:
        self.actors = list(actors)

    def everybody(self) -> list[str]:
        return self.actors


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def beats(acd: Acd, *actors: str, time: Time | None = None) -> Beats:
    known: Any = Presences(*actors)
    port: Any = acd
    return Beats(port, known, grace=8.0, every=3600.0, monotonic=time or Time())


async def test_one_who_must_sign_in_holds_up_nobody() -> None:
    acd = Acd()
    acd.free.clear()
    made = beats(acd, "new", "ann", "customer", "bob")
    made.round()
    made.round()
    assert acd.renewed == ["ann", "bob"] * 2
    acd.free.set()
    await made.close()
    assert acd.said in ([], [("new", True)]), "once, however many rounds"


async def test_late_rounds_renew_those_who_are_connected() -> None:
    acd, time = Acd(), Time()
    beats(acd, "ann", time=time)
    assert acd.hook is not None
    time.now += 4.0
    acd.hook()
    assert acd.renewed == []
    time.now += 0.5
    acd.hook()
    assert acd.renewed == ["ann"]
    acd.hook()
    assert acd.renewed == ["ann"], "once for a while"


async def test_going_on_purpose_and_coming_back_keep_their_order() -> None:
    acd = Acd()
    acd.free.clear()
    made = beats(acd, "new")
    made.gone("ann", on_purpose=False)
    assert acd.renewed == ["ann"]
    made.round()
    made.gone("new", on_purpose=True)
    made.gone("customer", on_purpose=True)
    acd.free.set()
    while len(acd.said) < 2:
        await asyncio.sleep(0)
    assert acd.said == [("new", True), ("new", False)]
    await made.close()
