"""The joined table of messages that a client may send: who may, and what it does."""

from typing import Any

from rs_server.core.permissions import allowed
from rs_server.core.session import is_in
from rs_server.http import native_messages
from rs_server.http.kit import Caller
from rs_server.http.sent import MessageRule, Sent
from rs_server.protocol import acd, cobrowse, consent, media, session, supervise
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services.everything import Services
from rs_server.services.invites import invite_colleague
from rs_server.services.preferences import TEAM_BAR
from rs_server.services.presence import Client

# --- talking ---


async def chat_post(sent: Sent) -> None:
    body: session.ChatPost = sent.body
    await sent.services.talk.post(sent.session, sent.me, body.key, body.text, body.audience)


async def chat_typing(sent: Sent) -> None:
    sent.services.talk.typing(sent.session, sent.me, sent.body.audience)


async def note_save(sent: Sent) -> None:
    await sent.services.talk.save_note(sent.session, sent.me, sent.body.text, sent.body.version)


# --- the session ---


async def leave(sent: Sent) -> None:
    await sent.services.sessions.leave(sent.session, sent.me)


async def end(sent: Sent) -> None:
    await sent.services.sessions.end(sent.session, sent.me)


async def report(sent: Sent) -> None:
    await sent.services.reports.report(sent.session, sent.me, sent.body.reason)


async def rate(sent: Sent) -> None:
    await sent.services.sessions.rate(sent.session, sent.me, sent.body.stars, sent.body.comment)


async def rename(sent: Sent) -> None:
    await sent.services.sessions.rename(sent.session, sent.me, sent.body.name)


async def hand_over(sent: Sent) -> None:
    await sent.services.sessions.hand_over(sent.session, sent.me, sent.body.to)


async def transfer(sent: Sent) -> None:
    await sent.services.transfers.transfer(sent.session, sent.me, sent.body)


async def agent_invite(sent: Sent) -> None:
    user = await sent.services.identity.user(sent.body.user)
    ours = user is not None and user.tenant == sent.services.hub.tenant
    if user is None or not ours or user.disabled or not allowed("session.agent", user.roles):
        raise ProtocolError(Code.NOT_FOUND, "no such colleague")
    async with sent.services.hub.change(sent.session) as change:
        if change.session.of_user(user.id) is not None:
            raise ProtocolError(Code.CONFLICT, "this colleague is in the session already")
        invite_colleague(change, sent.me, user.id, user.display_name)


async def agent_join(sent: Sent) -> None:
    await sent.services.sessions.colleague_joins(sent.session, sent.caller.staff())


async def invitation_decline(sent: Sent) -> None:
    await sent.services.invites.decline(sent.session, sent.user)


async def recording_start(sent: Sent) -> None:
    await sent.services.recordings.ask(sent.session, sent.me)


async def recording_stop(sent: Sent) -> None:
    await sent.services.recordings.stop(sent.session, sent.me)


# --- consents ---


async def grant_ask(sent: Sent) -> None:
    await sent.services.consents.ask(sent.session, sent.me, sent.body.capability, sent.body.giver)


async def grant_answer(sent: Sent) -> None:
    body: consent.GrantAnswer = sent.body
    await sent.services.consents.answer(sent.session, sent.me, body.grant, body.allow, sent.able)


async def grant_give(sent: Sent) -> None:
    body: consent.GrantGive = sent.body
    await sent.services.consents.give(sent.session, sent.me, body.capability, body.holder, sent.able)


async def grant_withdraw(sent: Sent) -> None:
    await sent.services.consents.withdraw(sent.session, sent.me, sent.body.grant, sent.body.capability)


async def grant_cancel(sent: Sent) -> None:
    await sent.services.consents.cancel(sent.session, sent.me, sent.body.grant)


async def stop(sent: Sent) -> None:
    await sent.services.consents.stop(sent.session, sent.me, sent.body.voice)


# --- the customer's page ---


async def page_act(sent: Sent) -> None:
    await sent.services.page_streams.act(sent.session, sent.me, sent.body)


async def page_point(sent: Sent) -> None:
    await sent.services.page_streams.point(sent.session, sent.me, sent.client, sent.body)


async def page_choose(sent: Sent) -> None:
    sent.services.page_streams.choose(sent.session, sent.me, sent.body.tab)


async def page_acted(sent: Sent) -> None:
    sent.services.page_streams.acted(sent.session, sent.body)


# --- media ---


async def media_open(sent: Sent) -> None:
    native: bool = sent.body.native
    if native != (sent.caller.endpoint is not None and sent.caller.endpoint.native):
        # Else a page could show anything as the desktop that was agreed to in the client.
        raise ProtocolError(Code.NOT_ALLOWED, "a native client has a connection of its own kind")
    await sent.services.calls.open(sent.session, sent.client, native)


async def media_answer(sent: Sent) -> None:
    await sent.services.calls.answer(sent.session, sent.client.actor, sent.body.leg, sent.body.sdp)


async def media_candidate(sent: Sent) -> None:
    body: media.MediaCandidate = sent.body
    await sent.services.calls.candidate(sent.session, sent.client.actor, body.leg, body.candidate, body.mid)


async def media_mute(sent: Sent) -> None:
    found = await sent.services.hub.get(sent.session)
    sent.services.presences.update(found, sent.me, muted=sent.body.muted)


async def media_focus(sent: Sent) -> None:
    sent.services.watch.focus(sent.user, sent.session or None)


# --- the queue ---


async def agent_state(sent: Sent) -> None:
    if sent.body.state == "not_ready" and not sent.body.reason and sent.services.desk.rules.reason_required:
        raise ProtocolError(Code.BAD_REQUEST, "a reason is required", field="reason")
    async with sent.services.hub.unit() as unit:
        await sent.services.acd.set_state(unit, sent.user, sent.body.state, sent.body.reason)


async def offer_accept(sent: Sent) -> None:
    async with sent.services.hub.unit() as unit:
        await sent.services.acd.accept(unit, sent.body.offer, sent.user)


async def offer_reject(sent: Sent) -> None:
    async with sent.services.hub.unit() as unit:
        await sent.services.acd.reject(unit, sent.body.offer, sent.user)


async def contact_pick(sent: Sent) -> None:
    async with sent.services.hub.unit() as unit:
        await sent.services.acd.pick(unit, sent.body.contact, sent.user)


async def wrap_up_done(sent: Sent) -> None:
    async with sent.services.hub.unit() as unit:
        await sent.services.acd.wrap_up_done(unit, sent.body.contact, sent.user, sent.body.outcome_code)


async def team_bar(sent: Sent) -> None:
    await sent.services.preferences.put(sent.user, TEAM_BAR, list(dict.fromkeys(sent.body.users)))


# --- the supervisor ---


async def supervise_watch(sent: Sent) -> None:
    sent.services.supervise.watch(sent.client)


async def supervise_unwatch(sent: Sent) -> None:
    sent.services.supervise.unwatch(sent.client)


async def supervise_state(sent: Sent) -> None:
    body: supervise.SuperviseState = sent.body
    await sent.services.supervision.set_state(sent.caller.staff(), body.agent, body.state, body.reason)


async def supervise_skill(sent: Sent) -> None:
    body: supervise.SuperviseSkill = sent.body
    await sent.services.supervision.set_skill(sent.caller.staff(), body.agent, body.skill, body.level)


async def supervise_queue(sent: Sent) -> None:
    body: supervise.SuperviseQueue = sent.body
    await sent.services.supervision.set_queue(sent.caller.staff(), body.agent, body.queue, body.inside)


async def supervise_move(sent: Sent) -> None:
    await sent.services.supervision.move(sent.caller.staff(), sent.body.contact, sent.body.queue)


async def supervise_pull(sent: Sent) -> None:
    await sent.services.supervision.pull(sent.caller.staff(), sent.body.contact)


_SUPERVISE = "agents.supervise"
_BOTH, _CUSTOMER, _AGENT = "session.take_part", "session.customer", "session.agent"
_GIVE = "session.give"

MESSAGES: list[MessageRule] = [
    MessageRule(session.ChatPost, _BOTH, chat_post),
    MessageRule(session.ChatTyping, _BOTH, chat_typing),
    MessageRule(session.NoteSave, _AGENT, note_save),
    MessageRule(session.SessionLeave, _BOTH, leave),
    MessageRule(session.SessionEnd, _AGENT, end),
    MessageRule(session.SessionReport, _CUSTOMER, report, "part_or_over"),
    MessageRule(session.SessionRate, _CUSTOMER, rate, "part_or_over"),
    MessageRule(session.SessionRename, _AGENT, rename),
    MessageRule(session.SessionHandOver, _AGENT, hand_over),
    MessageRule(session.SessionTransfer, "session.transfer", transfer),
    MessageRule(session.AgentInvite, _AGENT, agent_invite),
    MessageRule(session.AgentJoin, _AGENT, agent_join, "any"),
    MessageRule(acd.InvitationDecline, _AGENT, invitation_decline, "any"),
    MessageRule(session.RecordingStart, _AGENT, recording_start),
    MessageRule(session.RecordingStop, _AGENT, recording_stop),
    MessageRule(consent.GrantAsk, _AGENT, grant_ask),
    MessageRule(consent.GrantAnswer, _BOTH, grant_answer),
    MessageRule(consent.GrantGive, _GIVE, grant_give),
    MessageRule(consent.GrantWithdraw, _GIVE, grant_withdraw),
    MessageRule(consent.GrantCancel, _BOTH, grant_cancel),
    MessageRule(consent.StopAll, _GIVE, stop),
    MessageRule(cobrowse.PageAct, _AGENT, page_act),
    MessageRule(cobrowse.PagePoint, _AGENT, page_point),
    MessageRule(cobrowse.PageChoose, _AGENT, page_choose),
    MessageRule(cobrowse.PageActed, _CUSTOMER, page_acted),
    *native_messages.MESSAGES,
    MessageRule(media.MediaOpen, _GIVE, media_open, "part_or_offer"),
    MessageRule(media.MediaAnswer, _GIVE, media_answer, "part_or_offer"),
    MessageRule(media.MediaCandidate, _GIVE, media_candidate, "part_or_offer"),
    MessageRule(media.MediaMute, _BOTH, media_mute),
    MessageRule(media.MediaFocus, _AGENT, media_focus, "part_or_none"),
    MessageRule(acd.AgentState, _AGENT, agent_state, "none"),
    MessageRule(acd.OfferAccept, _AGENT, offer_accept, "none"),
    MessageRule(acd.OfferReject, _AGENT, offer_reject, "none"),
    MessageRule(acd.ContactPick, _AGENT, contact_pick, "none"),
    MessageRule(acd.WrapUpDone, _AGENT, wrap_up_done, "none"),
    MessageRule(acd.TeamBar, "desk.watch", team_bar, "none"),
    MessageRule(supervise.SuperviseWatch, _SUPERVISE, supervise_watch, "none"),
    MessageRule(supervise.SuperviseUnwatch, _SUPERVISE, supervise_unwatch, "none"),
    MessageRule(supervise.SuperviseState, _SUPERVISE, supervise_state, "none"),
    MessageRule(supervise.SuperviseSkill, _SUPERVISE, supervise_skill, "none"),
    MessageRule(supervise.SuperviseQueue, _SUPERVISE, supervise_queue, "none"),
    MessageRule(supervise.SuperviseMove, _SUPERVISE, supervise_move, "none"),
    MessageRule(supervise.SupervisePull, _SUPERVISE, supervise_pull, "none"),
]

_BY_KIND = {rule.kind: rule for rule in MESSAGES}


async def dispatch(services: Services, caller: Caller, client: Client, session_id: str | None, body: Any) -> None:
    """Check the command against its rule and do it. Raises `ProtocolError`, `AcdRefused`."""
    rule = _BY_KIND.get(type(body))
    if rule is None or not allowed(rule.permission, caller.actors):
        raise ProtocolError(Code.NOT_ALLOWED)
    who = await _part(services, caller, session_id) if session_id else None
    if who is not None and not is_in(who) and rule.scope != "part_or_over":
        raise ProtocolError(Code.SESSION_ENDED)
    if not _in_scope(rule, services, caller, session_id, who):
        raise ProtocolError(Code.NOT_FOUND, "no such session")
    await rule.handler(Sent(services, caller, client, session_id or "", who, body))


def _in_scope(
    rule: MessageRule, services: Services, caller: Caller, session_id: str | None, who: Participant | None
) -> bool:
    match rule.scope:
        case "part" | "part_or_over":
            return who is not None
        case "part_or_none":
            return who is not None or session_id is None
        case "part_or_offer":
            offered = caller.user is not None and any(
                offer.session == session_id for offer in services.acd.offers(caller.user.id)
            )
            return who is not None or offered
        case "any":
            return session_id is not None
        case _:
            return True


async def _part(services: Services, caller: Caller, session_id: str) -> Participant | None:
    """The sender's part in the session; a customer keeps it when the session is over, to rate it."""
    if caller.endpoint is not None:
        if caller.endpoint.session != session_id:
            return None
        found = await services.hub.get(session_id)
        mine = found.participants.get(caller.endpoint.participant)
        over = found.info.state == "ended"
        return mine if mine is not None and (is_in(mine) or over) else None
    try:
        found = await services.hub.get(session_id)
    except ProtocolError:
        return None
    part = found.of_user(caller.staff().id)
    return part if part is not None and is_in(part) else None
