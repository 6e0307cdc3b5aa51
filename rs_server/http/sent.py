"""A command that was sent, as its handler gets it; and what a row of the table of messages says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from rs_server.core.capabilities import Native
from rs_server.http.kit import Caller
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services.everything import Services
from rs_server.services.natives import NativeSocket
from rs_server.services.presence import Client


@dataclass(frozen=True, slots=True)
class Sent:
    """One command, checked: the sender has the permission and, where one is named, a part in the session."""

    services: Services
    caller: Caller
    client: Client
    session: str
    who: Participant | None
    body: Any

    @property
    def me(self) -> Participant:
        if self.who is None:
            raise ProtocolError(Code.NOT_FOUND, "no such session")
        return self.who

    @property
    def user(self) -> str:
        return self.caller.staff().id

    @property
    def native(self) -> NativeSocket:
        """The sender, which is a native client. Raises `conflict` when another took its place."""
        client = self.services.natives.of(self.session, self.me.id)
        if client is None or client is not self.client:
            raise ProtocolError(Code.CONFLICT, "another client took the place of this one")
        return client

    @property
    def able(self) -> Native | None:
        """What the sender can, when it is a native client."""
        if self.caller.endpoint is None or not self.caller.endpoint.native:
            return None
        self.native  # noqa: B018  # it must be the one that is asked
        return self.services.natives.able(self.session, self.me.id)


Handler = Callable[[Sent], Awaitable[None]]


class MessageRule(NamedTuple):
    """`scope`: in a session one takes part in (for rating: or took part in, to its end); in one that is offered or
    open to the sender; or none at all."""

    kind: type
    permission: str
    handler: Handler
    scope: str = "part"
