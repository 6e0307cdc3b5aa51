"""A native client without a screen: joins by link or number, says what it can, and keeps what it is told."""

import secrets
from typing import Any

from tests.support.client import Api, Socket

SKILLS = ["desktop", "application", "control", "clipboard", "folders", "marks"]


def program(*can: str) -> dict[str, Any]:
    return {"name": "Deskside client", "version": "1.0", "platform": "linux", "can": list(can or SKILLS)}


def picture(number: int = 1, kind: str = "desktop", name: str = "DP-1", **more: Any) -> dict[str, Any]:
    return {"number": number, "kind": kind, "name": name, "width": 1920, "height": 1080, **more}


async def join(api: Api, *can: str, **way: str) -> Socket:
    """`way`: link or number. The api has to be one without an origin."""
    ticket = await api.call("POST", "/join", {**way, "native": True})
    return await come(api, ticket["token"], secrets.token_urlsafe(16), *can)


async def come(api: Api, token: str, device: str, *can: str, **more: Any) -> Socket:
    return await Socket(api, token, native=program(*can), device=device, **more).open()


async def back(client: Socket, **more: Any) -> Socket:
    """The same program again, on its device, after its connection was lost."""
    return await Socket(client.api, client.welcome["resume"], **{**client.hello, **more}).open()


async def client_of(customer: Socket, api: Api, *can: str, way: str = "link") -> Socket:
    """A native client of the customer whose page's socket this is."""
    made = await customer.api.call("POST", "/session/client")
    return await join(api, *can, **secret(made, way))


def secret(made: dict[str, Any], way: str) -> dict[str, str]:
    return {"link": made["path"].partition("#")[2]} if way == "link" else {"number": made["number"]}
