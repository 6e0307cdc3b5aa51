"""Customers' endpoints: how a program of theirs comes in, and comes back."""

import hashlib
import hmac
import re

from rs_server.core.session import is_in
from rs_server.db import UnitOfWork
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.throttle import Throttle, network, wide_network
from rs_server.store import endpoints as store
from rs_server.store.endpoints import Endpoint, Entry, Purpose

NUMBER_SECONDS = 15 * 60.0
LINK_SECONDS = 24 * 3600.0
WINDOW_SECONDS = 12 * 3600.0

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
        self, unit: UnitOfWork, session: str, purpose: Purpose, *, number: bool = False, participant: str | None = None
    ) -> tuple[str, str, float]:
        """(id, the link's token or the number, when it expires). It is shown once and not kept."""
        seconds = NUMBER_SECONDS if number else WINDOW_SECONDS if purpose == "window" else LINK_SECONDS
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

    def throttle_windows(self, endpoint: Endpoint) -> None:
        """Count a further link of this customer's. Raises `throttled`."""
        self._windows.take(endpoint.participant)

    async def look(self, token: str) -> Entry:
        """What a link leads to, without using it. Raises `link_invalid`."""
        async with self._hub.database.read() as connection:
            entry = await store.entry_by_secret(connection, ids.digest(token))
        if entry is None or not self._open(entry):
            raise ProtocolError(Code.LINK_INVALID)
        return entry

    async def use(self, unit: UnitOfWork, *, token: str | None, number: str | None) -> Entry:
        """Use a link or number up. Raises `link_invalid` for unknown, expired, used and revoked alike: in the same
        words, after the same work."""
        secret = ids.digest(token or "") if number is None else self._number_hash(_BETWEEN_DIGITS.sub("", number))
        entry = await store.use_entry(unit.connection, secret, self._hub.clock.now())
        if entry is None or entry.purpose == "agent":
            raise ProtocolError(Code.LINK_INVALID)
        return entry

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
        """A new endpoint; returns the token for its first `Hello`."""
        token = ids.new_token()
        endpoint = Endpoint(id=ids.new_id(), session=session, participant=participant, origin=origin)
        await store.add_endpoint(unit.connection, endpoint, ids.digest(token), self._hub.clock.now())
        return token

    async def resume(self, token: str, origin: str | None) -> tuple[Endpoint, str, str]:
        """(endpoint, its next token, its bearer token for HTTP). Raises `resume_refused`.

        The shown token stays good until the next one is used, since the answer may never arrive. A token is good
        only from the origin that it was made for."""
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
            await store.rotate(
                unit.connection, endpoint.id, shown=shown, token=ids.digest(fresh), access=ids.digest(access)
            )
        return endpoint, fresh, access

    async def bearer(self, access: str) -> tuple[Endpoint, Participant] | None:
        """Who shows this token for HTTP; None when nobody who is still in a session."""
        async with self._hub.database.read() as connection:
            endpoint = await store.by_access(connection, ids.digest(access))
        if endpoint is None:
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
