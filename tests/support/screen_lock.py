"""A D-Bus daemon of the tests' own, with a desktop's screen saver and a session manager that say what they are told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_method_return,
    new_signal,
)
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""
SESSION_PATH = "/org/freedesktop/login1/session/_31"
LOGIN, PROPERTIES = "org.freedesktop.login1", "org.freedesktop.DBus.Properties"


@contextlib.asynccontextmanager
async def daemon(folder: Path) -> AsyncIterator[str]:
    """Its address."""
    path, config = folder / "bus", folder / "bus.conf"
    config.write_text(CONFIG.format(path=path))
    process = await asyncio.create_subprocess_exec(
        "dbus-daemon", f"--config-file={config}", "--nofork", "--print-address", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 10)
        yield line.decode().strip()
    finally:
        process.terminate()
        await process.wait()


class Service:
    """Owns a name, answers what it is asked, and signals."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._answers: dict[str, Any] = {}
        self._running = asyncio.create_task(self._run())
        self._named = asyncio.Event()

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, address: str, name: str = "") -> AsyncIterator["Service"]:
        connection = await open_dbus_connection(address)
        service = cls(connection)
        try:
            if name:
                await connection.send(message_bus.RequestName(name))
                await asyncio.wait_for(service._named.wait(), 10)
            yield service
        finally:
            service._running.cancel()
            await asyncio.gather(service._running, return_exceptions=True)
            await connection.close()

    def answers(self, member: str, signature: str, *body: Any) -> None:
        self._answers[member] = (signature, body)

    async def signal(self, path: str, interface: str, member: str, signature: str, *body: Any) -> None:
        await self._connection.send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    async def _run(self) -> None:
        while True:
            message: Message = await self._connection.receive()
            if message.header.message_type is MessageType.method_return:
                self._named.set()
            elif message.header.message_type is MessageType.method_call:
                answer = self._answers.get(message.header.fields[HeaderFields.member])
                if answer is not None:
                    await self._connection.send(new_method_return(message, *answer))


class Saver:
    """What a desktop has, under this name."""

    def __init__(self, service: Service, name: str) -> None:
        self._service, self._name = service, name
        service.answers("GetActive", "b", False)

    async def lock(self, locked: bool) -> None:
        self._service.answers("GetActive", "b", locked)
        path = "/" + self._name.replace(".", "/")
        await self._service.signal(path, self._name, "ActiveChanged", "b", locked)


class Manager:
    """logind, with one session."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._values = {"LockedHint": ("b", False), "Active": ("b", True)}
        service.answers("GetSession", "o", SESSION_PATH)
        service.answers("Get", "v", ("s", "1"))
        service.answers("GetAll", "a{sv}", self._values)

    async def set(self, name: str, value: bool) -> None:
        self._values[name] = ("b", value)
        self._service.answers("GetAll", "a{sv}", self._values)
        changed = {name: ("b", value)}
        body: tuple[Any, ...] = ("org.freedesktop.login1.Session", changed, [])
        await self._service.signal(SESSION_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", *body)
