"""Callbacks as people see them: for staff, for a customer who waits, and the session that each attempt is made in."""

from collections.abc import Mapping, Sequence

from rs_server.core.permissions import allowed
from rs_server.core.session import Session
from rs_server.db import UnitOfWork
from rs_server.ports import (
    Acd,
    AcdRefused,
    Attended,
    CallbackChange,
    CallbackFilter,
    CallbackRefused,
    CallbackRequest,
    Callbacks,
    CallbackView,
    CustomerFacts,
)
from rs_server.protocol.callbacks import (
    AttemptInfo,
    CallbackClose,
    CallbackCreate,
    CallbackDetail,
    CallbackEdit,
    CallbackInfo,
    CallbackPage,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.queues import Queues
from rs_server.services.sessions import Sessions
from rs_server.store.identity import User

PAGE = 100

_CODES: Mapping[str, tuple[Code, str | None]] = {
    "unknown_queue": (Code.NOT_FOUND, "queue"),
    "unknown_agent": (Code.BAD_REQUEST, "agent"),
    "bad_number": (Code.BAD_REQUEST, "number"),
    "no_customer": (Code.BAD_REQUEST, "number"),
    "bad_email": (Code.BAD_REQUEST, "email"),
    "bad_time": (Code.BAD_REQUEST, "at"),
    "no_time": (Code.BAD_REQUEST, "at"),
    "never_open": (Code.QUEUE_CLOSED, "at"),
    "outside_hours": (Code.QUEUE_CLOSED, None),
    "exists": (Code.CONFLICT, "number"),
    "gone": (Code.NOT_FOUND, None),
    "changed": (Code.CONFLICT, "version"),
    "calling_now": (Code.CONFLICT, "state"),
    "not_yours": (Code.NOT_FOUND, None),
    "already_dialled": (Code.CONFLICT, "attempt"),
    "not_dialled": (Code.CONFLICT, "attempt"),
    "no_attempts": (Code.CONFLICT, "attempts"),
}


class told:  # reads as a phrase: `with told():`
    """Turns the port's refusals into the protocol's errors."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, CallbackRefused):
            code, field = _CODES[error.code]
            raise ProtocolError(code, error.code, field=field) from error


class CallbackDesk:
    """Implements `rs_server.ports.CallbackSessions` for the port, and what routes ask for."""

    def __init__(
        self, hub: Hub, acd: Acd, identity: Identity, sessions: Sessions, queues: Queues, callbacks: Callbacks
    ) -> None:
        self._hub = hub
        self._acd = acd
        self._identity = identity
        self._sessions = sessions
        self._queues = queues
        self._callbacks = callbacks

    # --- the session of an attempt ---

    async def open(self, unit: UnitOfWork, callback: CallbackView, contact: str) -> str:
        return await self._sessions.open_callback(unit, callback, contact)

    async def end(self, unit: UnitOfWork, session: str, promised: CallbackView | None = None) -> None:
        async with self._hub.change(session, unit) as change:
            if promised is None:
                change.end(None, "callback_over")
            else:
                change.end(None, "callback", {"reference": promised.reference, "at": ""})

    async def facts(self, unit: UnitOfWork, session: str) -> CustomerFacts | None:
        try:
            info = (await self._hub.within(unit, session)).info
        except ProtocolError:
            return None
        return CustomerFacts(
            info.customer_name, info.number, info.language, info.question, info.answered_at is not None
        )

    def attended(self) -> Mapping[str, Attended]:
        now = self._hub.clock.now()
        return {each.info.id: _attended(each, now) for each in self._hub.open() if each.info.callback}

    # --- staff ---

    async def create(self, user: User, body: CallbackCreate) -> CallbackInfo:
        request = CallbackRequest(
            queue=body.queue,
            source=body.source,
            name=body.name,
            number=body.number,
            email=body.email,
            country=body.country,
            zone=body.zone,
            language=body.language,
            note=body.note,
            at=body.at,
            agent=body.agent,
            agent_only=body.agent_only,
            priority=body.priority,
            by=user.id,
        )
        with told():
            async with self._hub.unit() as unit:
                made = await self._callbacks.ask(unit, request)
        return (await self._infos([made]))[0]

    async def change(self, user: User, callback: str, body: CallbackEdit) -> CallbackInfo:
        await self._mine(user, callback)
        change = CallbackChange(**{name: getattr(body, name) for name in CallbackChange.__struct_fields__})
        with told():
            async with self._hub.unit() as unit:
                changed = await self._callbacks.change(unit, callback, change)
        return (await self._infos([changed]))[0]

    async def cancel(self, user: User, callback: str) -> CallbackInfo:
        await self._mine(user, callback)
        with told():
            async with self._hub.unit() as unit:
                gone = await self._callbacks.cancel(unit, callback)
        return (await self._infos([gone]))[0]

    async def find(self, user: User, which: CallbackFilter, after: str) -> CallbackPage:
        """An agent finds what is the agent's own."""
        if not _sees_all(user):
            which = CallbackFilter(
                **{name: getattr(which, name) for name in which.__struct_fields__ if name != "own"}, own=user.id
            )
        found, following = await self._callbacks.find(which, after, PAGE)
        return CallbackPage(rows=await self._infos(found), next=following)

    async def detail(self, user: User, callback: str) -> CallbackDetail:
        return await self._detail(user, await self._mine(user, callback))

    async def of_session(self, user: User, session: str) -> CallbackDetail:
        """Of a session that the caller is in. Raises `not_found`."""
        name = (await self._hub.get(session)).info.callback
        if name is None:
            raise ProtocolError(Code.NOT_FOUND, "no callback")
        with told():
            return await self._detail(user, await self._callbacks.get(name))

    async def dial(self, user: User, callback: str) -> CallbackDetail:
        """The attempt is on disk when this returns, and with it comes the number."""
        with told():
            async with self._hub.unit() as unit:
                await self._callbacks.dial(unit, callback, user.id)
            return await self._detail(user, await self._callbacks.get(callback))

    async def close(self, user: User, callback: str, body: CallbackClose) -> CallbackDetail:
        try:
            with told():
                async with self._hub.unit() as unit:
                    closed = await self._callbacks.close(
                        unit,
                        callback,
                        user.id,
                        body.outcome,
                        at=body.at,
                        note=body.note,
                        outcome_code=body.outcome_code,
                    )
        except AcdRefused as refused:
            raise ProtocolError(Code.BAD_REQUEST, refused.code, field="outcome_code") from refused
        return await self._detail(user, closed)

    async def _mine(self, user: User, callback: str) -> CallbackView:
        with told():
            found = await self._callbacks.get(callback)
        if not _sees_all(user) and user.id not in (found.created_by, found.agent, found.holder):
            raise ProtocolError(Code.NOT_FOUND, "gone")
        return found

    async def _detail(self, user: User, callback: CallbackView) -> CallbackDetail:
        names = await self._names()
        calling = callback.dialled and callback.holder == user.id
        return CallbackDetail(
            callback=self._info(callback, names),
            history=[
                AttemptInfo(
                    number=each.number,
                    at=each.at,
                    agent_name=names.get(each.agent, ""),
                    outcome=each.outcome,
                    note=each.note,
                )
                for each in await self._callbacks.attempts(callback.id)
            ],
            dial=callback.number if calling else "",
            shown=self._callbacks.shown(callback.number) if calling and callback.number else "",
        )

    async def _infos(self, found: Sequence[CallbackView]) -> list[CallbackInfo]:
        names = await self._names() if found else {}
        return [self._info(each, names) for each in found]

    async def _names(self) -> Mapping[str, str]:
        return {user.id: user.display_name for user in await self._identity.users(self._hub.tenant)}

    def _info(self, callback: CallbackView, names: Mapping[str, str]) -> CallbackInfo:
        queue = self._queues.queue(callback.queue)
        same = {
            name: getattr(callback, name)
            for name in CallbackInfo.__struct_fields__
            if name in CallbackView.__struct_fields__
        }
        return CallbackInfo(
            **same
            | {
                "number": self._callbacks.masked(callback.number),
                "queue_name": queue.name if queue else callback.queue,
                "agent_name": names.get(callback.agent or "", ""),
                "holder_name": names.get(callback.holder or "", ""),
                "created_by_name": names.get(callback.created_by, ""),
                "attempts": self._callbacks.most_attempts(callback.queue),
            }
        )

    async def agents(self) -> Mapping[str, str]:
        """Ids of those to whom the queue gives something, by account and by name, in small letters. A name that two
        have is nobody's."""
        found: dict[str, str] = {}
        twice: set[str] = set()
        for user in await self._identity.users(self._hub.tenant):
            if self._acd.agent(user.id) is None or user.disabled:
                continue
            shown = user.display_name.casefold()
            if shown in found:
                twice.add(shown)
            found[shown] = user.id
        found = {name: id for name, id in found.items() if name not in twice}
        for user in await self._identity.users(self._hub.tenant):
            if self._acd.agent(user.id) is not None and not user.disabled:
                found[user.name.casefold()] = user.id
        return found

    def number(self, text: str) -> str:
        """In the form that is stored (E.164); empty when it is no number."""
        return self._callbacks.number(text)


def _attended(session: Session, now: float) -> Attended:
    invites = [each for each in session.invites.values() if each.role == "customer" and each.state == "open"]
    if session.info.state != "inviting" or any(each.expires_at > now for each in invites):
        return "customer"
    return "agent" if session.info.primary is not None else "nobody"


def _sees_all(user: User) -> bool:
    return allowed("callbacks.all", user.roles)
