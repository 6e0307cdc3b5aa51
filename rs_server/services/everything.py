"""The services of one installation, together: what routes and messages are handled with."""

from collections.abc import Callable
from dataclasses import dataclass

from rs_server.ports import Acd, Blobs, Bus, Clock
from rs_server.protocol.api import DeskConfig
from rs_server.services.callbacks import CallbackDesk
from rs_server.services.calls import Calls
from rs_server.services.clipboard import Clipboards
from rs_server.services.consents import Consents
from rs_server.services.desk import Desk
from rs_server.services.desktop import Desktops
from rs_server.services.endpoints import Endpoints
from rs_server.services.files import Files
from rs_server.services.folders import Folders
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.invites import Invites
from rs_server.services.mail import Outbox
from rs_server.services.natives import Natives
from rs_server.services.page import PageStreams
from rs_server.services.page_assets import PageAssets
from rs_server.services.preferences import Preferences
from rs_server.services.presence import Presences
from rs_server.services.queues import Queues
from rs_server.services.recordings import Recordings
from rs_server.services.replay import Replay
from rs_server.services.reports import Reports
from rs_server.services.sessions import Sessions
from rs_server.services.sites import Sites
from rs_server.services.supervise import SupervisePage
from rs_server.services.supervision import Supervision
from rs_server.services.talk import Talk
from rs_server.services.texts import Texts
from rs_server.services.transfers import Transfers
from rs_server.services.watch import Watch
from rs_server.services.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Services:
    clock: Clock
    bus: Bus
    blobs: Blobs
    acd: Acd
    queues: Queues
    hub: Hub
    identity: Identity
    sites: Sites
    endpoints: Endpoints
    sessions: Sessions
    invites: Invites
    consents: Consents
    talk: Talk
    callbacks: CallbackDesk
    wishes: Wishes
    files: Files
    presences: Presences
    calls: Calls
    natives: Natives
    desktops: Desktops
    clipboards: Clipboards
    folders: Folders
    page_streams: PageStreams
    page_assets: PageAssets
    recordings: Recordings
    desk: Desk
    preferences: Preferences
    transfers: Transfers
    supervise: SupervisePage
    supervision: Supervision
    reports: Reports
    replay: Replay
    watch: Watch
    texts: Texts
    company: str
    desk_config: Callable[[str], DeskConfig]
    """By staff user."""
    outbox: Outbox | None
