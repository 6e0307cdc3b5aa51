"""Puts the client together: address, meeting, session."""

import sys
from typing import NamedTuple

from rs_client import lock
from rs_client import store as stores
from rs_client.capture import Capture, capture
from rs_client.client import Client
from rs_client.consent_ui.base import Meeting, Surface
from rs_client.consent_ui.terminal import Terminal
from rs_client.core.address import BadAddress, Target, target
from rs_client.errors import Unsupported, Why
from rs_client.folders import tree
from rs_client.geometry import Rect
from rs_client.inject import clipboard, injector, stop_keys
from rs_client.link import Link, Refused, Server, Unreachable
from rs_client.pointing import Overlay
from rs_client.store import Kept, Store
from rs_client.texts import Texts, refused
from rs_server import __version__
from rs_server.protocol.desktop import NativeClient, NativeSkill, Platform
from rs_server.protocol.errors import Code

_PLATFORMS: dict[str, Platform] = {"win32": "windows", "darwin": "macos"}


class Options(NamedTuple):
    """As given on the command line; nothing comes from anywhere else."""

    address: str = ""
    server: str = ""
    language: str = "en"
    terminal: bool = False
    theme: str = "light"
    scale: float | None = None


class Quit(Exception):
    """The person wants nothing more."""


class NotBegun(Exception):
    """`str` says why, in the person's language."""


async def run(options: Options) -> int:
    """Exit status: 0 when it came to its end, 1 when it could not begin."""
    texts = Texts(options.language)
    surface = _surface(options, texts)
    try:
        screen = capture()
    except Unsupported as error:
        await surface.ended(_unsupported(texts, error))
        surface.close()
        return 1
    try:
        await surface.ended(await _session(options, surface, texts, screen))
    except Quit:
        return 0
    except NotBegun as error:
        await surface.ended(str(error))
        return 1
    except Unreachable as error:
        await surface.ended(texts(f"error.{error.why}"))
        return 1
    finally:
        surface.close()
        screen.close()
    return 0


def _surface(options: Options, texts: Texts) -> Surface:
    if not options.terminal:
        try:
            from rs_client.consent_ui.tk import TkSurface

            return TkSurface(texts, options.theme, options.scale)
        except (ImportError, Unsupported):
            # No Tk, or no display: a terminal does.
            pass
    return Terminal(texts)


def _unsupported(texts: Texts, error: Unsupported) -> str:
    why = texts(f"why.{error.why}")
    return why if error.why in (Why.WAYLAND, Why.NO_DISPLAY) else texts("note.unsupported", words=why)


async def _session(options: Options, surface: Surface, texts: Texts, screen: Capture) -> str:
    """Joins one and stays in it; its end, in words. Raises Quit, NotBegun, Unreachable."""
    store = Store(stores.folder())
    address, address_server, wrong = options.address, options.server, ""
    while True:
        if wrong or not address:
            typed = await surface.address(address, address_server, wrong)
            if typed is None:
                raise Quit
            address, address_server = typed
        try:
            aim = target(address, address_server)
        except BadAddress as error:
            wrong = texts(f"error.{error.why}")
            continue
        server = Server(aim.server)
        try:
            return await _joined(server, aim, store, surface, texts, screen)
        except Refused as error:
            wrong = _refused(texts, error.code)
        except Unreachable as error:
            wrong = texts(f"error.{error.why}")
        finally:
            await server.close()
        if options.address:
            # Given on the command line by whoever has no hand free: said once, and over.
            raise NotBegun(wrong)


def _refused(texts: Texts, code: Code) -> str:
    known = {Code.LINK_INVALID: "link_invalid", Code.THROTTLED: "throttled"}
    return texts(f"error.{known.get(code, 'other')}", words=refused(texts, code))


async def _joined(server: Server, aim: Target, store: Store, surface: Surface, texts: Texts, screen: Capture) -> str:
    kept = store.find(aim)
    company, token = "", ""
    if kept is not None:
        company, token = kept.company, kept.resume
        if not await surface.meet(Meeting(company, "", aim.server, resumed=True)):
            store.forget(aim)
            raise Quit
    else:
        info = await server.look(aim)
        if info is not None:
            company = info.company
            own = info.purpose == "agent_client"
            if not await surface.meet(Meeting(company, info.agent, aim.server, info.recording, own)):
                raise Quit
        token = (await server.join(aim, texts.language)).token
    link = Link(server, token, store.device, program(screen))
    return await _client(link, surface, texts, store, aim, screen, company, kept).run()


def _client(
    link: Link, surface: Surface, texts: Texts, store: Store, aim: Target, screen: Capture, company: str,
    kept: Kept | None,
) -> Client:  # fmt: skip
    return Client(
        link, surface, texts, store, aim, screen, company=company, kept=kept, injector=injector,
        stop_keys=stop_keys, clipboard=clipboard, lock=lock.watch, overlay=overlay,
    )  # fmt: skip


def program(screen: Capture) -> NativeClient:
    """What this one is and can on this machine."""
    can: list[NativeSkill] = ["desktop"]
    if tree.works_here():
        can.append("folders")
    if sys.platform not in ("win32", "darwin"):
        can += ["application", "control", "clipboard", "marks"]
    elif _has_pynput():
        can.append("control")
    return NativeClient(name="rs-client", version=__version__, platform=_PLATFORMS.get(sys.platform, "linux"), can=can)


def overlay(shown: str | Rect | None) -> Overlay:
    """Raises Unsupported."""
    if sys.platform in ("win32", "darwin"):
        raise Unsupported(Why.NO_EXTENSION, "Marks are not shown on this system.")
    from rs_client.x11.overlay import Overlay as X11Overlay

    return X11Overlay(shown)


def _has_pynput() -> bool:
    try:
        import pynput  # noqa: F401
    except ImportError:
        return False
    return True
