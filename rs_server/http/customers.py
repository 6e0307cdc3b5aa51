"""Routes of customers: asking for help on a site, links and numbers, further windows."""

from rs_server.core.session import Session, is_in
from rs_server.http.kit import Call, Route
from rs_server.http.wheel import client_wheel
from rs_server.protocol.api import (
    ClientLink,
    EndpointTicket,
    HelpRequest,
    JoinRequest,
    LinkInfo,
    RelayInfo,
    SiteInfo,
    WindowLink,
)
from rs_server.protocol.callbacks import CallbackChoice, CallbackPromise, CallbackWish
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services import sites
from rs_server.services.everything import Services
from rs_server.services.ids import digest
from rs_server.services.queues import Lead, lead
from rs_server.store.endpoints import Entry
from rs_server.store.sites import Site

MOST_TEXT = 80
"""Characters of a queue's or skill's name in an address."""


def _site(call: Call) -> Site:
    site = call.services.identity.site(call.request.match_info["key"])
    if site is None or site.tenant != call.services.hub.tenant:
        raise ProtocolError(Code.NOT_FOUND, "no such site")
    origin = call.request.headers.get("Origin")
    if origin is not None and origin not in (*site.origins, call.settings.origin):
        raise ProtocolError(Code.FOREIGN_ORIGIN, "the embed does not run here")
    return site


def _lead(call: Call, site: Site) -> Lead:
    """By the address's query: what the page would ask for."""
    skills = [each[:MOST_TEXT] for each in call.request.query.getall("skill", [])]
    return lead(call.services.queues, site, call.query("queue", MOST_TEXT), skills)


def _queue(call: Call) -> str:
    """Where an ask for help would lead."""
    site = _site(call)
    queue = _lead(call, site).queue
    return site.queue if queue is None else queue.id


async def site_info(call: Call) -> SiteInfo:
    site = _site(call)
    queue, _, ignored = _lead(call, site)
    return SiteInfo(
        key=site.key,
        company=site.company,
        languages=list(site.languages),
        capabilities=list(site.capabilities),
        recording=queue.recording if queue else "off",
        theme=site.theme,
        page=sites.rules(site),
        closed=call.services.wishes.closed(queue.id if queue else site.queue),
        ignored=ignored,
    )


async def ask_for_help(call: Call) -> EndpointTicket:
    site = _site(call)
    body: HelpRequest = call.body
    services = call.services
    services.sessions.throttle(call.caller.address)
    async with services.hub.unit() as unit:
        session, customer, ignored = await services.sessions.ask_for_help(
            unit, site, body, services.callbacks.number(body.number)
        )
        origin = call.request.headers.get("Origin") or call.settings.origin
        token = await services.endpoints.add(unit, session.info.id, customer.id, origin)
        _, link, _ = await services.endpoints.make_entry(unit, session.info.id, "window", participant=customer.id)
    return EndpointTicket(
        session=session.info.id,
        reference=session.info.reference,
        token=token,
        window_link=f"/j/{link}",
        ignored=ignored,
    )


async def link_info(call: Call) -> LinkInfo:
    services = call.services
    services.endpoints.throttle(call.caller.address)
    entry = await services.endpoints.look(call.request.match_info["token"])
    session = await _led_to(services, entry)
    taken = entry.purpose == "customer" and session.customer is not None
    if session.info.state == "ended" or entry.purpose == "agent" or taken:
        raise ProtocolError(Code.LINK_INVALID)
    services.endpoints.was_right(call.caller.address)
    primary = session.participants.get(session.info.primary or "")
    named = session.participants.get(entry.participant or "") if entry.purpose == "agent_client" else primary
    return LinkInfo(
        purpose=entry.purpose,
        company=session.info.company,
        agent=named.name if named else "",
        recording=session.info.recording_policy,
        languages=services.texts.languages,
        ice_servers=services.calls.relay(entry.id) if entry.purpose == "customer" else [],
    )


async def own_relay(call: Call) -> RelayInfo:
    endpoint = call.caller.endpoint
    if endpoint is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    services = call.services
    services.endpoints.throttle_windows(endpoint.participant)
    if (await services.hub.get(endpoint.session)).info.state == "ended":
        raise ProtocolError(Code.SESSION_ENDED)
    return RelayInfo(ice_servers=services.calls.relay(endpoint.participant))


async def _led_to(services: Services, entry: Entry) -> Session:
    """Raises `link_invalid` where there is no such session here."""
    try:
        return await services.hub.get(entry.session)
    except ProtocolError as error:
        raise ProtocolError(Code.LINK_INVALID) from error


async def join(call: Call) -> EndpointTicket:
    """By link or number; the same answer for unknown, expired and used."""
    body: JoinRequest = call.body
    services = call.services
    if (body.link is None) == (body.number is None):
        raise ProtocolError(Code.BAD_REQUEST, "a number or a link", field="number")
    services.endpoints.throttle(call.caller.address)
    async with services.hub.unit() as unit:
        entry = await services.endpoints.use(unit, token=body.link, number=body.number, native=body.native)
        if entry.participant is not None:
            participant = entry.participant
            session = await _led_to(services, entry)
            person = session.participants.get(participant)
            if session.info.state == "ended" or person is None or not is_in(person):
                raise ProtocolError(Code.LINK_INVALID)
        else:
            try:
                customer = await services.sessions.customer_joins(unit, entry.session, body.name)
            except ProtocolError as error:
                raise ProtocolError(Code.LINK_INVALID) from error
            participant = customer.id
            async with services.hub.change(entry.session, unit) as change:
                services.invites.used(change, entry.id)
                session = change.session
        if body.native:
            token = await services.endpoints.add_native(unit, entry.session, participant, entry.sign_in)
        else:
            token = await services.endpoints.add(unit, entry.session, participant, call.settings.origin)
    services.endpoints.was_right(call.caller.address)
    return EndpointTicket(session=entry.session, reference=session.info.reference, token=token)


async def window_link(call: Call) -> WindowLink:
    """A link to the session window, for the same customer; good once."""
    endpoint = call.caller.endpoint
    if endpoint is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    services = call.services
    services.endpoints.throttle_windows(endpoint.participant)
    session = await services.hub.get(endpoint.session)
    if session.info.state == "ended":
        raise ProtocolError(Code.SESSION_ENDED)
    async with services.hub.unit() as unit:
        _, link, _ = await services.endpoints.make_entry(
            unit, endpoint.session, "window", participant=endpoint.participant
        )
    return WindowLink(path=f"/j/{link}")


async def client_link(call: Call) -> ClientLink:
    """For the native client of the same customer."""
    endpoint = call.caller.endpoint
    if endpoint is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    call.services.endpoints.throttle_windows(endpoint.participant)
    return await _client(call, endpoint.session, await call.services.endpoints.participant(endpoint), None)


async def own_client_link(call: Call) -> ClientLink:
    """For an agent's own native client, which has that agent's part in this session, until the agent signs out."""
    user, session_id = call.caller.staff(), call.path("session")
    session = await call.services.hub.get(session_id)
    who = session.of_user(user.id)
    if who is None or not is_in(who):
        raise ProtocolError(Code.NOT_FOUND, "no such session")
    call.services.endpoints.throttle_windows(who.id)
    return await _client(call, session_id, who, digest(call.caller.token))


async def _client(call: Call, session_id: str, who: Participant, sign_in: bytes | None) -> ClientLink:
    services = call.services
    if (await services.hub.get(session_id)).info.state == "ended":
        raise ProtocolError(Code.SESSION_ENDED)
    async with services.hub.unit() as unit:
        link, number, expires = await services.endpoints.make_client(unit, session_id, who, sign_in)
    return ClientLink(path=f"/client#{link}", number=number, wheel=client_wheel().pinned, expires_at=expires)


async def callback_choice(call: Call) -> CallbackChoice:
    return call.services.wishes.choice_while_closed(_queue(call), call.query("zone", 64))


async def callback_wish(call: Call) -> CallbackPromise:
    return await call.services.wishes.wish_while_closed(_queue(call), call.caller.address, call.body)


async def further_tab(call: Call) -> EndpointTicket:
    """For another page of the caller's own origin, in the same browser: one more endpoint of the same customer."""
    endpoint = call.caller.endpoint
    if endpoint is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    services = call.services
    services.endpoints.throttle_windows(endpoint.participant)
    session = await services.hub.get(endpoint.session)
    if session.info.state == "ended":
        raise ProtocolError(Code.SESSION_ENDED)
    async with services.hub.unit() as unit:
        token = await services.endpoints.add(unit, endpoint.session, endpoint.participant, endpoint.origin)
    return EndpointTicket(session=endpoint.session, reference=session.info.reference, token=token)


ROUTES = [
    Route(
        "GET",
        "/api/v1/sites/{key}",
        "public",
        site_info,
        "What the embed shows, where its page asks for this queue and these skills",
        None,
        SiteInfo,
        cross_site=True,
        query=("queue", "skill"),
    ),
    Route(
        "POST",
        "/api/v1/sites/{key}/sessions",
        "public",
        ask_for_help,
        "A customer asks for help",
        HelpRequest,
        EndpointTicket,
        201,
        cross_site=True,
    ),
    Route(
        "GET",
        "/api/v1/sites/{key}/callback",
        "public",
        callback_choice,
        "What a customer may choose from while the queue that the page asks for is closed",
        None,
        CallbackChoice,
        cross_site=True,
        query=("queue", "skill", "zone"),
    ),
    Route(
        "POST",
        "/api/v1/sites/{key}/callback",
        "public",
        callback_wish,
        "A customer leaves a number while the queue that the page asks for is closed",
        CallbackWish,
        CallbackPromise,
        201,
        cross_site=True,
        query=("queue", "skill"),
    ),
    Route("GET", "/api/v1/links/{token}", "public", link_info, "Where a link leads; uses nothing up", None, LinkInfo),
    Route(
        "GET",
        "/api/v1/session/relay",
        "session.customer",
        own_relay,
        "The relay that a customer may try while waiting",
        None,
        RelayInfo,
    ),
    Route("POST", "/api/v1/join", "public", join, "Join by link or number", JoinRequest, EndpointTicket, 201),
    Route(
        "POST",
        "/api/v1/session/link",
        "session.customer",
        window_link,
        "A link to the session window",
        None,
        WindowLink,
        201,
        cross_site=True,
    ),
    Route(
        "POST",
        "/api/v1/session/client",
        "session.customer",
        client_link,
        "A link and a number for the native client of the same customer",
        None,
        ClientLink,
        201,
        cross_site=True,
    ),
    Route(
        "POST",
        "/api/v1/sessions/{session}/client",
        "session.agent",
        own_client_link,
        "A link and a number for one's own native client in a session of one's own",
        None,
        ClientLink,
        201,
    ),
    Route(
        "POST",
        "/api/v1/session/tab",
        "session.customer",
        further_tab,
        "A further tab of the same customer",
        None,
        EndpointTicket,
        201,
        cross_site=True,
    ),
]
