"""Staff accounts and signing in; sites and their origins."""

import asyncio
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from rs_server.core.permissions import Profile
from rs_server.db import Database
from rs_server.ports import Clock
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.services import ids
from rs_server.services.throttle import Throttle, network
from rs_server.store import identity as store
from rs_server.store import sites as site_store
from rs_server.store.identity import User
from rs_server.store.sites import Site

SIGNED_IN_SECONDS = 12 * 3600.0
STILL_SECONDS = 2.0
SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 200


SignedOut = Callable[[str, bytes | None], None]


class Identity:
    """Accounts of staff. Passwords are kept as argon2id; a sign-in is a random token in a cookie, kept as its hash."""

    def __init__(self, database: Database, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        # For an unknown name the same work is done, so that time does not tell who has an account.
        self._nobody = self._hasher.hash(ids.new_token())
        self._looking = asyncio.Lock()
        self._looked_at = -STILL_SECONDS
        self._good: set[bytes] = set()
        self._by_address = Throttle(clock, burst=30, refill=2.0)
        self._by_name = Throttle(clock, burst=10, refill=6.0)
        self._hashing = asyncio.Semaphore(2)
        self._sites: Mapping[str, Site] = {}
        self._signed_out: list[SignedOut] = []

    async def start(self) -> None:
        await self.reload_sites()

    # --- accounts ---

    async def add_user(
        self,
        tenant: str,
        name: str,
        display_name: str,
        roles: tuple[Profile, ...],
        password: str,
        *,
        department: str = "",
        language: str = "en",
        email: str = "",
    ) -> User:
        """Raises `bad_request` for a password that is too short, `conflict` for a name that is taken."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise ProtocolError(
                Code.BAD_REQUEST,
                f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
                field="password",
            )
        user = User(
            id=ids.new_id(),
            tenant=tenant,
            name=name.strip().lower(),
            display_name=display_name,
            department=department,
            language=language,
            email=email,
            roles=tuple(role.value for role in roles),
        )
        hashed = await self._hash(password)
        async with self._database.begin() as unit:
            if await store.by_name(unit.connection, user.name) is not None:
                raise ProtocolError(Code.CONFLICT, "that name is taken", field="name")
            await store.add_user(unit.connection, user, hashed, self._clock.now())
        return user

    async def users(self, tenant: str) -> list[User]:
        async with self._database.read() as connection:
            return await store.all_users(connection, tenant)

    async def user(self, user: str) -> User | None:
        async with self._database.read() as connection:
            return await store.by_id(connection, user)

    async def disable(self, user: str) -> None:
        """The account can do nothing more; its sign-ins end and its sockets close."""
        async with self._database.begin() as unit:
            await store.set_disabled(unit.connection, user, True)
            unit.after_commit(lambda: self._tell_signed_out(user, None))

    def on_signed_out(self, handler: SignedOut) -> None:
        """Call `handler(user, sign_in)` when the sockets of one sign-in of the user must close, or all (None)."""
        self._signed_out.append(handler)

    def _tell_signed_out(self, user: str, sign_in: bytes | None) -> None:
        for handler in self._signed_out:
            handler(user, sign_in)

    # --- signing in ---

    async def sign_in(self, tenant: str, name: str, password: str, address: str) -> tuple[User, str]:
        """The account of the tenant and the token for the cookie.

        Raises `wrong_credentials` (whatever was wrong) or `throttled`. Failures slow down the pair of name and
        address, so that nobody locks another out from elsewhere; and the address, which may be a whole office's:
        who was right costs it nothing."""
        name = name.strip().lower()
        place = network(address)
        pair = f"{name}|{place}"
        for throttle, key in ((self._by_address, place), (self._by_name, pair)):
            wait = throttle.wait(key)
            if wait > 0:
                raise ProtocolError(Code.THROTTLED, "too many attempts", retry_after=round(wait, 1))
        # Counted before the work: many at once are as many attempts.
        self._by_address.take(place)
        self._by_name.take(pair)
        async with self._database.read() as connection:
            found = await store.by_name(connection, name)
        user, hashed = found if found else (None, self._nobody)
        right = await self._verify(hashed, password[:LONGEST_PASSWORD])
        if not right or user is None or user.disabled or user.tenant != tenant:
            raise ProtocolError(Code.WRONG_CREDENTIALS, "name or password is wrong")
        self._by_name.forgive(pair)
        self._by_address.give_back(place)
        token = ids.new_token()
        now = self._clock.now()
        async with self._database.begin() as unit:
            await store.add_sign_in(unit.connection, ids.digest(token), user.id, now, now + SIGNED_IN_SECONDS)
            if self._hasher.check_needs_rehash(hashed):
                await store.set_password(unit.connection, user.id, await self._hash(password))
        return user, token

    async def signed_in(self, token: str) -> User | None:
        async with self._database.read() as connection:
            return await store.signed_in(connection, ids.digest(token), self._clock.now())

    async def still_signed_in(self, sign_in: bytes) -> bool:
        """For thousands who ask again and again: true by what the database said up to `STILL_SECONDS` ago. Never false
        for a sign-in (the digest of its token) that is good now."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= STILL_SECONDS:
                async with self._database.read() as connection:
                    self._good = await store.all_sign_ins(connection, self._clock.now())
                self._looked_at = time.monotonic()
        if sign_in in self._good:
            return True
        async with self._database.read() as connection:
            return await store.signed_in(connection, sign_in, self._clock.now()) is not None

    async def sign_out(self, user: User, token: str) -> None:
        sign_in = ids.digest(token)
        async with self._database.begin() as unit:
            await store.end_sign_in(unit.connection, sign_in)
            unit.after_commit(lambda: self._tell_signed_out(user.id, sign_in))

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def _verify(self, hashed: str, password: str) -> bool:
        async with self._hashing:
            try:
                return await asyncio.to_thread(self._hasher.verify, hashed, password)
            except (VerifyMismatchError, InvalidHashError):
                return False

    # --- sites ---

    async def put_site(self, site: Site) -> None:
        """Add the site, or replace the one of this key."""
        for origin in site.origins:
            if origin_of(origin) != origin:
                raise ProtocolError(Code.BAD_REQUEST, f"not an origin: {origin}", field="origins")
        async with self._database.begin() as unit:
            await site_store.put_site(unit.connection, site)
        await self.reload_sites()

    async def reload_sites(self) -> None:
        async with self._database.read() as connection:
            self._sites = {site.key: site for site in await site_store.all_sites(connection)}

    def queues_of_sites(self, tenant: str) -> dict[str, str]:
        """By key of the site."""
        return {site.key: site.queue for site in self._sites.values() if site.tenant == tenant}

    def site(self, key: str) -> Site | None:
        return self._sites.get(key)

    def site_origin(self, origin: str) -> bool:
        """True when some site has this origin."""
        return any(origin in site.origins for site in self._sites.values())


def origin_of(url: str) -> str | None:
    """`scheme://host[:port]` of an address, as browsers write it; None when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    standard = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + ("" if port in (None, standard) else f":{port}")
