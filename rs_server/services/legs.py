"""One leg of a call: a PeerConnection, what its slots carry, and the relay that may help it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from rs_server.ports import LegOffer, Source
from rs_server.protocol.media import IceServer, SlotContent


class Turn:
    """Short-lived credentials for the relay (draft-uberti-behave-turn-rest: user = expiry:who, password = HMAC-SHA1).

    The relay's quota counts by user, so each leg is one."""

    SECONDS = 600

    def __init__(self, urls: Sequence[str], secret: str, relay_only: bool = False) -> None:
        self.urls, self._secret, self.relay_only = list(urls), secret, relay_only

    def servers(self, now: float, who: str) -> list[IceServer]:
        if not self.urls:
            return []
        user = f"{int(now) + self.SECONDS}:{who}"
        mac = hmac.new(self._secret.encode(), user.encode(), hashlib.sha1).digest()
        return [IceServer(urls=self.urls, username=user, credential=base64.b64encode(mac).decode())]


class Leg:
    """An actor's PeerConnection in a session, of their window or of their native client, and what its slots carry."""

    def __init__(self, session: str, actor: str, offer: LegOffer, native: bool) -> None:
        self.id = offer.leg
        self.session = session
        self.actor = actor
        self.native = native
        self.offer = offer
        self.slots: dict[str, tuple[SlotContent, Source]] = {}
        self.allowed: set[Source] = set()
        self.state = "connecting"

    @property
    def key(self) -> tuple[str, str, bool]:
        return self.session, self.actor, self.native

    def free_slot(self, label: str) -> str | None:
        mids = self.offer.audio_slots if label == "mic" else self.offer.video_slots
        return next((mid for mid in mids if mid not in self.slots), None)
