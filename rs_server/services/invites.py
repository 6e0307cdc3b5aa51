"""Inviting a customer (link, number, e-mail) or a colleague (in the console, by e-mail) into a session."""

from email.errors import MessageError
from email.headerregistry import Address

from msgspec.structs import replace

from rs_server.core.session import Change
from rs_server.protocol.api import InviteCreated, InviteRequest
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Invite, InviteChanged, Participant
from rs_server.services import ids
from rs_server.services.endpoints import LINK_SECONDS, Endpoints
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.mail import Mailer
from rs_server.services.texts import Texts
from rs_server.services.throttle import Throttle


class Invites:
    def __init__(
        self, hub: Hub, endpoints: Endpoints, identity: Identity, mailer: Mailer | None, texts: Texts, base_url: str
    ) -> None:
        self._hub = hub
        self._endpoints = endpoints
        self._identity = identity
        self._mailer = mailer
        self._texts = texts
        self._base = base_url
        self._mails = Throttle(hub.clock, burst=20, refill=10.0)

    @property
    def mail(self) -> bool:
        return self._mailer is not None

    async def create(self, session_id: str, who: Participant, request: InviteRequest) -> InviteCreated:
        """Raises `bad_request` for an address that is none, `mail_failed`, `conflict` when a customer is in already."""
        if request.role == "agent":
            return await self._colleague(session_id, who, request)
        if request.way == "email":
            _check_address(request.to)
            if self._mailer is None:
                raise ProtocolError(Code.MAIL_FAILED, "no mail server is set up")
            self._mails.take(who.user or who.id)
        async with self._hub.unit() as unit, self._hub.change(session_id, unit) as change:
            info = change.session.info
            if info.state == "ended":
                raise ProtocolError(Code.SESSION_ENDED)
            if change.session.customer is not None:
                raise ProtocolError(Code.CONFLICT, "a customer is in this session already")
            number = request.way == "number"
            entry, secret, expires = await self._endpoints.make_entry(unit, session_id, "customer", number=number)
            invite = Invite(
                id=entry,
                way=request.way,
                role="customer",
                to=request.to if request.way == "email" else "",
                to_name=info.customer_name,
                by_name=who.name,
                state="open",
                made_at=change.now,
                expires_at=expires,
            )
            change.emit(InviteChanged(invite=invite))
            change.line("invited", who, audience="staff", way=request.way, to=invite.to)
        url = None if number else f"{self._base}/j/{secret}?lang={request.language}"
        if request.way == "email" and url is not None:
            await self._mail(session_id, invite, who.name, info.company, url, request)
        return InviteCreated(invite=invite, url=url, number=secret if number else None)

    async def _mail(
        self, session_id: str, invite: Invite, sender: str, company: str, url: str, request: InviteRequest
    ) -> None:
        assert self._mailer is not None
        say = self._texts.say
        language = request.language
        subject = say(language, "mail.invite.subject", agent=sender, company=company)
        body = say(
            language,
            "mail.invite.body",
            agent=sender,
            company=company,
            url=url,
            hours=str(int(LINK_SECONDS // 3600)),
            message=request.message.strip(),
        )
        try:
            await self._mailer.send(request.to, subject, "\n".join(body.splitlines()))
        except ProtocolError:
            async with self._hub.unit() as unit, self._hub.change(session_id, unit) as change:
                await self._endpoints.revoke(unit, invite.id)
                change.emit(InviteChanged(invite=replace(invite, state="failed")))
            raise

    async def _colleague(self, session_id: str, who: Participant, request: InviteRequest) -> InviteCreated:
        """By staff user id, shown in their console; or by the e-mail address of an account."""
        session = await self._hub.get(session_id)
        tenant = self._hub.tenant
        users = await self._identity.users(tenant)
        wanted = request.to.strip().lower()
        user = next((u for u in users if wanted and wanted in (u.id, u.email.lower()) and not u.disabled), None)
        if user is None or not {"agent", "supervisor"} & set(user.roles):
            raise ProtocolError(Code.NOT_FOUND, "no such colleague", field="to")
        if session.of_user(user.id) is not None:
            raise ProtocolError(Code.CONFLICT, "this colleague is in the session already")
        if request.way == "email":
            if self._mailer is None or not user.email:
                raise ProtocolError(Code.MAIL_FAILED, "no mail can be sent to this colleague")
            self._mails.take(who.user or who.id)
        async with self._hub.change(session_id) as change:
            invite = invite_colleague(change, who, user.id, user.display_name, request.way)
        url = f"{self._base}/console?session={session_id}"
        if request.way == "email":
            await self._mail_colleague(user.email, user.language, who.name, url)
        return InviteCreated(invite=invite, url=url)

    async def _mail_colleague(self, to: str, language: str, sender: str, url: str) -> None:
        assert self._mailer is not None
        subject = self._texts.say(language, "mail.colleague.subject", agent=sender)
        await self._mailer.send(to, subject, self._texts.say(language, "mail.colleague.body", agent=sender, url=url))

    async def revoke(self, session_id: str, who: Participant, invite_id: str) -> None:
        async with self._hub.unit() as unit, self._hub.change(session_id, unit) as change:
            invite = change.session.invites.get(invite_id)
            if invite is None:
                raise ProtocolError(Code.NOT_FOUND)
            if invite.state == "open":
                await self._endpoints.revoke(unit, invite_id)
                change.emit(InviteChanged(invite=replace(invite, state="revoked")))

    async def decline(self, session_id: str, user: str) -> None:
        """The invited colleague does not come."""
        async with self._hub.change(session_id) as change:
            for invite in list(change.session.invites.values()):
                if invite.role == "agent" and invite.to == user and invite.state == "open":
                    change.emit(InviteChanged(invite=replace(invite, state="revoked")))

    def used(self, change: Change, entry: str) -> None:
        """Note in the session that an invitation was used; the other open ones for the customer end with it."""
        for invite in list(change.session.invites.values()):
            if invite.role == "customer" and invite.state == "open":
                state = "used" if invite.id == entry else "revoked"
                change.emit(InviteChanged(invite=replace(invite, state=state)))


def invite_colleague(change: Change, who: Participant, user: str, name: str, way: str = "link") -> Invite:
    for invite in change.session.invites.values():
        if invite.role == "agent" and invite.to == user and invite.state == "open":
            return invite
    invite = Invite(
        id=ids.new_id(),
        way="email" if way == "email" else "link",
        role="agent",
        to=user,
        to_name=name,
        by_name=who.name,
        state="open",
        made_at=change.now,
        expires_at=change.now + LINK_SECONDS,
    )
    change.emit(InviteChanged(invite=invite))
    change.line("invited", who, audience="staff", way="console", to=name)
    return invite


def _check_address(address: str) -> None:
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise ProtocolError(Code.BAD_REQUEST, "that is not an e-mail address", field="to") from error
    if not parsed.username or ("." not in parsed.domain.strip(".") and parsed.domain != "localhost"):
        raise ProtocolError(Code.BAD_REQUEST, "that is not an e-mail address", field="to")
