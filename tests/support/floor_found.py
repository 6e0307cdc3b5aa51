"""What was told of callbacks, against their rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from webacd.channels import tables

Attempt = tuple[str, int]
"""Callback and number of the attempt."""
Rows = Mapping[str, RowMapping]
AttemptRows = Mapping[str, Sequence[RowMapping]]


@dataclass
class Calls:
    """What agents and customers were told, and what agents did."""

    asked: set[str] = field(default_factory=set)
    told: list[tuple[Attempt, str]] = field(default_factory=list)
    dialled: list[tuple[Attempt, str]] = field(default_factory=list)
    closed: dict[Attempt, str] = field(default_factory=dict)

    def note(self, words: Sequence[str]) -> None:
        match words:
            case ["asked", callback]:
                self.asked.add(callback)
            case ["told", callback, number, agent]:
                self.told.append(((callback, int(number)), agent))
            case ["dialled", callback, number, agent]:
                self.dialled.append(((callback, int(number)), agent))
            case ["closed", callback, number, outcome]:
                self.closed[callback, int(number)] = outcome


async def wrong_calls(connection: AsyncConnection, calls: Calls, contacts: Mapping[str, Any], most: int) -> list[str]:
    """`contacts`: rows by id. `most`: attempts after which a callback may be given up."""
    callbacks = {row["id"]: row for row in (await connection.execute(select(tables.callbacks))).mappings()}
    attempts: dict[str, list[RowMapping]] = defaultdict(list)
    query = select(tables.attempts).order_by(tables.attempts.c.callback, tables.attempts.c.number)
    for row in (await connection.execute(query)).mappings():
        attempts[row["callback"]].append(row)
    wrong = list(_told(calls, callbacks, attempts))
    for id, row in callbacks.items():
        wrong += (f"{id}: {words}" for words in _unfit(row, attempts[id], contacts, most))
    live = Counter((row["queue"], row["key"]) for row in callbacks.values() if row["live_key"] is not None)
    wrong += [f"{count} live callbacks of {key}" for key, count in live.items() if count > 1]
    # One contact is the customer's call; one more would be a second agent's.
    in_hand = [each for each in contacts.values() if each["medium"] == "callback" and each["state"] in _IN_HAND]
    called = Counter(each["customer_key"] for each in in_hand)
    wrong += [f"{count} contacts of {key}" for key, count in called.items() if count > 1]
    return wrong


_IN_HAND = ("queued", "offered", "active")


def _told(calls: Calls, callbacks: Rows, attempts: AttemptRows) -> Iterator[str]:
    yield from (f"lost: asked {each}" for each in sorted(calls.asked - callbacks.keys()))
    by = {(row["callback"], row["number"]): row for rows in attempts.values() for row in rows}
    for what, said in (("told", calls.told), ("dialled", calls.dialled)):
        for attempt, agent in said:
            if attempt not in by:
                yield f"{what} without an attempt on disk: {attempt}"
            elif by[attempt]["agent"] != agent:
                yield f"{what} {attempt}: of {by[attempt]['agent']}, not of {agent}"
        for attempt, count in Counter(attempt for attempt, _ in said).items():
            if count > 1:
                yield f"{what} {count} times in one attempt: {attempt}"
    yield from (f"dialled before told: {each}" for each, _ in calls.dialled if each not in {a for a, _ in calls.told})
    for attempt, outcome in calls.closed.items():
        if attempt not in by or by[attempt]["outcome"] != outcome:
            yield f"lost: closed {attempt} {outcome}"


def _unfit(callback: RowMapping, tried: Sequence[RowMapping], contacts: Mapping[str, Any], most: int) -> Iterator[str]:
    """The callback, its attempts and its contact say the same."""
    if [row["number"] for row in tried] != list(range(1, len(tried) + 1)):
        yield "attempts are missing"
    for former, following in pairwise(tried):
        if former["outcome"] is None or former["ended_at"] > following["at"]:
            yield f"attempt {following['number']} began while the former one was open"
    if callback["dialled"] != bool(tried and tried[-1]["outcome"] is None):
        yield f"dialled is {callback['dialled']}, its attempts are {[row['outcome'] for row in tried]}"
    contact = contacts.get(callback["contact"] or "")
    match callback["state"]:
        case "scheduled":
            fits = callback["contact"] is None
        case "queued":
            fits = contact is not None and contact["state"] in ("queued", "offered")
        case "attempting":
            holder = callback["holder"]
            fits = contact is not None and (contact["state"], contact["agent"]) == ("active", holder)
        case "done":
            fits = bool(tried) and tried[-1]["outcome"] == "reached"
        case "failed":
            fits = len(tried) >= most and tried[-1]["outcome"] != "reached"
        case _:
            fits = False
    if not fits:
        yield f"lost: {callback['state']}, contact {dict(contact) if contact else None}, {len(tried)} attempts"
