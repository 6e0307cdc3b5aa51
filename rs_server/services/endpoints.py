"""Customers' endpoints: how a program of theirs comes in, and comes back."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.core.session import is_in
from rs_server.db import UnitOfWork
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.throttle import Throttle, network, wide_network
from rs_server.store import endpoints as store
from rs_server.store import identity
from rs_server.store.endpoints import Endpoint, Entry, Purpose

NUMBER_SECONDS = 15 * 60.0
LINK_SECONDS = 24 * 3600.0
WINDOW_SECONDS = 12 * 3600.0

_LINK_SECONDS: Mapping[Purpose, float] = {
    "window": WINDOW_SECONDS,
    "client": NUMBER_SECONDS,
    "agent_client": NUMBER_SECONDS,
}

_FOR_CLIENTS = frozenset[Purpose]({"customer", "client", "agent_client"})
_FOR_PAGES = frozenset[Purpose]({"customer", "window"})

_FIRST_TRIES = 3
_FIRST_TRIES_WIDE = 12
_BETWEEN_DIGITS = re.compile(r"[\s.\-]")


class Endpoints:
    """Tokens of endpoints, and the links and numbers that make one. Only hashes are stored."""

    def __init__(self, hub: Hub, secret: bytes) -> None:
        self._hub = hub
        # A number has few digits: without a key a copy of the database would tell them all.
        self._secret = secret
        self._by_address = Throttle(hub.clock, burst=10, refill=15.0)
        self._by_wide_network = Throttle(hub.clock, burst=40, refill=4.0)
        self._by_everybody = Throttle(hub.clock, burst=300, refill=0.5)
        self._at_most = Throttle(hub.clock, burst=3000, refill=0.05)
        self._hellos = Throttle(hub.clock, burst=30, refill=2.0)
        self._windows = Throttle(hub.clock, burst=10, refill=10.0)

    # --- links and numbers ---

    async def make_entry(
        self,
        unit: UnitOfWork,
        session: str,
        purpose: Purpose,
        *,
        number: bool = False,
        participant: str | None = None,
        sign_in: bytes | None = None,
    ) -> tuple[str, str, float]:
        """(id, the link's token or the number, when it expires). It is shown once and not kept."""
        seconds = NUMBER_SECONDS if number else _LINK_SECONDS.get(purpose, LINK_SECONDS)
        expires = self._hub.clock.now() + seconds
        secret = ids.new_number() if number else ids.new_token()
        while number and await store.entry_by_secret(unit.connection, self._number_hash(secret)) is not None:
            secret = ids.new_number()
        entry = Entry(
            id=ids.new_id(),
            session=session,
            purpose=purpose,
            participant=participant,
            expires_at=expires,
            used_at=None,
            revoked=False,
            sign_in=sign_in,
        )
        hashed = self._number_hash(secret) if number else ids.digest(secret)
        await store.add_entry(unit.connection, entry, hashed)
        return entry.id, secret, expires

    def _number_hash(self, number: str) -> bytes:
        return hmac.new(self._secret, number.encode(), hashlib.sha256).digest()

    def throttle(self, address: str) -> None:
        """Count a try of a number or link. Raises `throttled`; the right one has to wait as well, so that nothing
        is told."""
        place, wide = network(address), wide_network(address)
        # Many guessers together are slowed down as well, but not by them who has hardly tried yet. Addresses are
        # cheap where whole networks are handed out: a fresh one in a network that tries much is none.
        fresh = self._by_address.fresh(place, _FIRST_TRIES)
        self._by_address.take(place)
        if wide is not None:
            fresh = fresh and self._by_wide_network.fresh(wide, _FIRST_TRIES_WIDE)
            self._by_wide_network.take(wide)
        self._at_most.take("all")
        if fresh:
            self._by_everybody.spend("all")
        else:
            self._by_everybody.take("all")

    def was_right(self, address: str) -> None:
        """A try that was right does not count; the wrong ones before it do."""
        wide = wide_network(address)
        self._by_address.give_back(network(address))
        if wide is not None:
            self._by_wide_network.give_back(wide)
        self._by_everybody.give_back("all")
        self._at_most.give_back("all")

    def throttle_windows(self, participant: str) -> None:
        """Count a further link of this person's. Raises `throttled`."""
        self._windows.take(participant)

    async def look(self, token: str) -> Entry:
        """What a link leads to, without using it. Raises `link_invalid`."""
        async with self._hub.database.read() as connection:
            entry = await store.entry_by_secret(connection, ids.digest(token))
        if entry is None or not self._open(entry):
            raise ProtocolError(Code.LINK_INVALID)
        return entry

    async def make_client(
        self, unit: UnitOfWork, session: str, who: Participant, sign_in: bytes | None = None
    ) -> tuple[str, str, float]:
        """(a link's token, a number, when both expire) for a native client of this participant. Those made before are
        not good any more."""
        await store.revoke_clients(unit.connection, session, who.id)
        purpose: Purpose = "client" if who.role == "customer" else "agent_client"
        _, link, _ = await self.make_entry(unit, session, purpose, participant=who.id, sign_in=sign_in)
        _, number, expires = await self.make_entry(
            unit, session, purpose, number=True, participant=who.id, sign_in=sign_in
        )
        return link, number, expires

    async def use(self, unit: UnitOfWork, *, token: str | None, number: str | None, native: bool) -> Entry:
        """Use a link or number up, for a native client or for a page. Raises `link_invalid` for unknown, expired, used,
        revoked, and what is not for this alike: in the same words, after the same work."""
        secret = ids.digest(token or "") if number is None else self._number_hash(_BETWEEN_DIGITS.sub("", number))
        entry = await store.use_entry(unit.connection, secret, self._hub.clock.now())
        if entry is None or entry.purpose not in (_FOR_CLIENTS if native else _FOR_PAGES):
            raise ProtocolError(Code.LINK_INVALID)
        if entry.purpose in ("client", "agent_client"):
            await store.revoke_clients(unit.connection, entry.session, entry.participant or "")
        if entry.sign_in is not None and not await self._signed_in(unit.connection, entry.sign_in):
            raise ProtocolError(Code.LINK_INVALID)
        return entry

    async def _signed_in(self, connection: AsyncConnection, sign_in: bytes) -> bool:
        return await identity.signed_in(connection, sign_in, self._hub.clock.now()) is not None

    async def revoke(self, unit: UnitOfWork, entry: str) -> None:
        await store.revoke_entry(unit.connection, entry)

    def _open(self, entry: Entry) -> bool:
        return entry.used_at is None and not entry.revoked and entry.expires_at > self._hub.clock.now()

    # --- endpoints ---

    def throttle_hello(self, address: str) -> None:
        """Raises `throttled` where too many hellos from there were refused; those that were right cost nothing."""
        place = network(address)
        wait = self._hellos.wait(place)
        if wait > 0:
            raise ProtocolError(Code.THROTTLED, "too many attempts", retry_after=round(wait, 1))

    def hello_was_wrong(self, address: str) -> None:
        self._hellos.spend(network(address))

    async def add(self, unit: UnitOfWork, session: str, participant: str, origin: str) -> str:
        """A new endpoint of a page; returns the token for its first `Hello`."""
        return await self._add(unit, Endpoint(id=ids.new_id(), session=session, participant=participant, origin=origin))

    async def add_native(self, unit: UnitOfWork, session: str, participant: str, sign_in: bytes | None) -> str:
        """The same of a native client."""
        return await self._add(
            unit,
            Endpoint(
                id=ids.new_id(), session=session, participant=participant, origin="", native=True, sign_in=sign_in
            ),
        )

    async def _add(self, unit: UnitOfWork, endpoint: Endpoint) -> str:
        token = ids.new_token()
        await store.add_endpoint(unit.connection, endpoint, ids.digest(token), self._hub.clock.now())
        return token

    async def resume(
        self, token: str, origin: str | None, *, native: bool = False, device: str | None = None
    ) -> tuple[Endpoint, str, str]:
        """(endpoint, its next token, its bearer token for HTTP). Raises `resume_refused`; `not_allowed` for a native
        client's token that no native client shows, and the other way round; `not_signed_in` when the agent, whose
        client it is, is not any more.

        The shown token stays good until the next one is used, since the answer may never arrive. A token is good
        only from the origin that it was made for, and a native client's on the device that showed it first."""
        shown = ids.digest(token)
        fresh, access = ids.new_token(), ids.new_token()
        async with self._hub.database.read() as connection:
            # Whoever knows no token does not come before those who write.
            if await store.by_token(connection, shown) is None:
                raise ProtocolError(Code.RESUME_REFUSED)
        async with self._hub.database.begin() as unit:
            endpoint = await store.by_token(unit.connection, shown)
            if endpoint is None or (origin is not None and origin != endpoint.origin):
                raise ProtocolError(Code.RESUME_REFUSED)
            if endpoint.native != native:
                raise ProtocolError(Code.NOT_ALLOWED, "this is another kind of endpoint")
            if native:
                await self._check_client(unit, endpoint, device)
            await store.rotate(
                unit.connection, endpoint.id, shown=shown, token=ids.digest(fresh), access=ids.digest(access)
            )
        return endpoint, fresh, access

    async def _check_client(self, unit: UnitOfWork, endpoint: Endpoint, device: str | None) -> None:
        if device is None:
            raise ProtocolError(Code.BAD_REQUEST, "a native client shows its device", field="device")
        if endpoint.sign_in is not None and not await self._signed_in(unit.connection, endpoint.sign_in):
            raise ProtocolError(Code.NOT_SIGNED_IN)
        if endpoint.device is None:
            await store.bind(unit.connection, endpoint.id, ids.digest(device))
        elif not hmac.compare_digest(endpoint.device, ids.digest(device)):
            raise ProtocolError(Code.RESUME_REFUSED)

    async def bearer(self, access: str) -> tuple[Endpoint, Participant] | None:
        """Who shows this token for HTTP; None when nobody who is still in a session."""
        async with self._hub.database.read() as connection:
            endpoint = await store.by_access(connection, ids.digest(access))
            if endpoint is None:
                return None
            if endpoint.sign_in is not None and not await self._signed_in(connection, endpoint.sign_in):
                return None
        session = await self._hub.get(endpoint.session)
        participant = session.participants.get(endpoint.participant)
        return None if participant is None else (endpoint, participant)

    async def participant(self, endpoint: Endpoint) -> Participant:
        session = await self._hub.get(endpoint.session)
        found = session.participants.get(endpoint.participant)
        if found is None or (not is_in(found) and session.info.state != "ended"):
            raise ProtocolError(Code.RESUME_REFUSED)
        return found
