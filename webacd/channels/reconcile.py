"""Brings callbacks, their contacts and their sessions together again where a crash, or work that failed after its
commit, has parted them."""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import UnitOfWork
from rs_server.ports import Attended, CallbackRefused
from webacd.core import callback as life
from webacd.core.callback import Callback, CallbackState
from webacd.core.contact import ContactState
from webacd.core.refused import Refused

from .callback import CallbackService
from .store import Held

log = logging.getLogger(__name__)

_IN_QUEUE = (CallbackState.QUEUED, CallbackState.ATTEMPTING)
_WAITING = (ContactState.QUEUED.value, ContactState.OFFERED.value)


class _Parted(NamedTuple):
    """What does not belong together."""

    contacts: Sequence[Held]
    """That no callback has, or one that is over."""
    callbacks: Sequence[tuple[Callback, Held | None]]
    """That are in the queue without a contact, or say another than their contact does."""
    sessions: Sequence[str]
    """Of callbacks that are over or have another session; nobody is in them."""

    @property
    def nothing(self) -> bool:
        return not (self.contacts or self.callbacks or self.sessions)


async def reconcile(service: CallbackService) -> None:
    """Once the routing is there. Contacts and sessions without a callback go; callbacks without a contact can be
    queued again, with their place, and with the attempts that were begun."""
    async with service.database.read() as connection:
        if (await _look(service, connection)).nothing:
            return
    async with service.database.begin() as unit:
        # Anew: now nobody else writes.
        found = await _look(service, unit.connection)
        for held in found.contacts:
            await service.withdraw(unit, held.contact, held.session)
        for callback, contact in found.callbacks:
            try:
                await _mend(service, unit, callback, contact)
            except CallbackRefused as refused:
                log.warning("callback not mended", extra={"callback": callback.id, "code": refused.code})
        for session in found.sessions:
            await service.sessions.end(unit, session)
        service.stir_after(unit)
    log.warning(
        "callbacks were parted from the queue",
        extra={"contacts": len(found.contacts), "callbacks": len(found.callbacks), "sessions": len(found.sessions)},
    )


async def _look(service: CallbackService, connection: AsyncConnection) -> _Parted:
    store = service.store
    inside = await store.in_state(connection, *_IN_QUEUE)
    of_contact = {each.contact: each for each in inside if each.contact is not None}
    held = {each.contact: each for each in await store.held(connection)}
    attended, sessions = service.sessions.attended(), {each.session for each in inside}
    return _Parted(
        [each for id, each in held.items() if id not in of_contact and not _needed(each, attended.get(each.session))],
        [(each, held.get(each.contact or "")) for each in inside if not _agree(each, held)],
        [session for session, by in attended.items() if by == "nobody" and session not in sessions],
    )


def _needed(held: Held, by: Attended | None) -> bool:
    """A callback is over once the customer was reached: its contact goes on, with the customer or to be invited."""
    return by == "customer" or (by == "agent" and held.outcome == "reached")


def _agree(callback: Callback, held: Mapping[str, Held]) -> bool:
    contact = held.get(callback.contact or "")
    if contact is None:
        return False
    if callback.state is CallbackState.QUEUED:
        return contact.state in _WAITING
    return contact.state == ContactState.ACTIVE.value and contact.agent == callback.holder


async def _mend(service: CallbackService, unit: UnitOfWork, callback: Callback, contact: Held | None) -> None:
    now, rule = service.now(), service.rule(callback.queue)
    if contact is not None and contact.state == ContactState.ACTIVE.value:
        after = life.take(callback, contact.agent or "")
    elif contact is not None and callback.state is CallbackState.ATTEMPTING:
        after = life.give_back(callback, now, rule)
    else:
        after = await _again(service, unit, callback)
    await service.store.save(unit.connection, callback, after)
    if callback.dialled and not after.dialled:
        outcome = after.outcome if after.outcome == "reached" else "unknown"
        await service.store.end_attempt(unit.connection, callback.id, outcome, "", now)
    if not after.live or after.session is None:
        await service.withdraw(unit, callback.contact, callback.session)


async def _again(service: CallbackService, unit: UnitOfWork, callback: Callback) -> Callback:
    """A callback whose contact is gone."""
    now, rule = service.now(), service.rule(callback.queue)
    facts = None if callback.session is None else await service.sessions.facts(unit, callback.session)
    if callback.state is CallbackState.ATTEMPTING and facts is not None and facts.answered:
        return life.close(callback, "reached", now, rule)
    if callback.dialled:
        return life.retry(callback, "unknown", now, rule)
    try:
        return life.schedule(replace(callback, arrived_at=callback.place), now, rule)
    except Refused:
        return life.fail(callback, "never_open", now)
