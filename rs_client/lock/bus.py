"""What desktops and logind say on D-Bus. Where there is no bus, or nobody on it, nothing is said."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageFlag, MessageType, message_bus
from jeepney import new_method_call as call
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from . import Say

log = logging.getLogger(__name__)

SAVERS = tuple(
    (f"org.{desktop}.ScreenSaver", f"/org/{desktop}/ScreenSaver")
    for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce")
)
LOGIN, SESSION, PROPERTIES = (
    "org.freedesktop.login1",
    "org.freedesktop.login1.Session",
    "org.freedesktop.DBus.Properties",
)
PATIENCE = 10.0
"""Seconds for a bus to answer at all."""

Then = Callable[[Any], Awaitable[None]]


class Bus:
    """Answers and signals, in the order in which they come: what is told by a signal is newer than the answer before
    it."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._waiting: dict[int, Then] = {}
        self.on_signal: Callable[[str, str, str, Any], Awaitable[None]]
        """(sender, path, member, body)"""

    async def ask(self, message: Message, then: Then) -> None:
        """`then` gets what is answered, None for an error. Starts no program."""
        message.header.flags |= MessageFlag.no_auto_start
        number = next(self._connection.outgoing_serial)
        self._waiting[number] = then
        await self._connection.send(message, serial=number)

    async def follow(self, sender: str, interface: str, member: str) -> None:
        rule = MatchRule(type="signal", sender=sender, interface=interface, member=member)
        await self.ask(message_bus.AddMatch(rule), _nothing)

    async def owner(self, name: str, then: Then) -> None:
        await self.ask(message_bus.GetNameOwner(name), then)

    async def run(self) -> None:
        while True:
            message = await self._connection.receive()
            fields = message.header.fields
            if message.header.message_type is MessageType.signal:
                names = (HeaderFields.sender, HeaderFields.path, HeaderFields.member)
                sender, path, member = (str(fields.get(each, "")) for each in names)
                await self.on_signal(sender, path, member, message.body)
                continue
            then = self._waiting.pop(int(fields.get(HeaderFields.reply_serial, 0)), None)
            if then is not None:
                answered = message.header.message_type is MessageType.method_return
                await then(message.body if answered else None)


async def _nothing(_body: Any) -> None:
    return


async def _run(kind: str, begin: Callable[[Bus], Awaitable[None]]) -> None:
    """Until the bus ends."""
    try:
        async with asyncio.timeout(PATIENCE):
            connection = await open_dbus_connection(kind)
    except Exception as error:
        # Whatever a bus may be or not be: nothing is known by it.
        log.info("no bus %s: %s", kind, error)
        return
    try:
        bus = Bus(connection)
        await begin(bus)
        await bus.run()
    except Exception as error:
        # What was said last holds: a screen that was locked when the bus ended is.
        log.warning("the bus %s ended: %s", kind, error)
    finally:
        connection.writer.close()


class Savers:
    """Only who owns a saver's name is heard."""

    def __init__(self, bus: Bus, say: Say) -> None:
        self._bus = bus
        self._say = say
        self._owners: dict[str, str] = {}
        bus.on_signal = self._heard

    async def begin(self) -> None:
        await self._bus.follow("org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged")
        for name, path in SAVERS:
            await self._bus.follow(name, name, "ActiveChanged")
            await self._bus.owner(name, self._owned(name))
            await self._ask(name, path)

    def _owned(self, name: str) -> Then:
        async def then(body: Any) -> None:
            if body:
                self._owners[name] = str(body[0])

        return then

    async def _ask(self, name: str, path: str) -> None:
        async def then(body: Any) -> None:
            if body and isinstance(body[0], bool):
                self._say(name, body[0])

        await self._bus.ask(call(DBusAddress(path, name, name), "GetActive"), then)

    async def _heard(self, sender: str, _path: str, member: str, body: Any) -> None:
        known = dict(SAVERS)
        if member == "NameOwnerChanged" and sender == "org.freedesktop.DBus" and body[0] in known:
            name, _, owner = body
            self._owners[name] = owner
            if owner:
                await self._ask(name, known[name])
            else:
                self._say(name, False)
        elif member == "ActiveChanged" and body and isinstance(body[0], bool):
            for name, owner in self._owners.items():
                if owner == sender:
                    self._say(name, body[0])


class Login:
    """One's own session with logind: locked, or not in front of the screen."""

    def __init__(self, bus: Bus, say: Say) -> None:
        self._bus = bus
        self._say = say
        self._owner = ""
        self._session = ""
        bus.on_signal = self._heard

    async def begin(self) -> None:
        await self._bus.follow(LOGIN, PROPERTIES, "PropertiesChanged")

        async def owned(body: Any) -> None:
            self._owner = str(body[0]) if body else ""

        await self._bus.owner(LOGIN, owned)
        name = os.environ.get("XDG_SESSION_ID")
        if name:
            await self._find(name)
            return
        # Without a name: the one that the program runs in, or else its user's graphical one.
        own = DBusAddress("/org/freedesktop/login1/session/auto", LOGIN, PROPERTIES)

        async def named(body: Any) -> None:
            if body:
                await self._find(str(body[0][1]))

        await self._bus.ask(call(own, "Get", "ss", (SESSION, "Id")), named)

    async def _find(self, name: str) -> None:
        async def found(body: Any) -> None:
            if body:
                self._session = str(body[0])
                await self._look()

        manager = DBusAddress("/org/freedesktop/login1", LOGIN, f"{LOGIN}.Manager")
        await self._bus.ask(call(manager, "GetSession", "s", (name,)), found)

    async def _look(self) -> None:
        async def then(body: Any) -> None:
            if body:
                self._take(body[0])

        properties = DBusAddress(self._session, LOGIN, PROPERTIES)
        await self._bus.ask(call(properties, "GetAll", "s", (SESSION,)), then)

    def _take(self, values: Any) -> None:
        for name, locked in (("LockedHint", True), ("Active", False)):
            if name in values and isinstance(values[name][1], bool):
                self._say(name, values[name][1] is locked)

    async def _heard(self, sender: str, path: str, member: str, body: Any) -> None:
        if (sender, path, member) == (self._owner, self._session, "PropertiesChanged") and body[0] == SESSION:
            self._take(body[1])
            if body[2]:
                await self._look()


async def watch_savers(say: Say) -> None:
    await _run("SESSION", lambda bus: Savers(bus, say).begin())


async def watch_session(say: Say) -> None:
    await _run("SYSTEM", lambda bus: Login(bus, say).begin())
