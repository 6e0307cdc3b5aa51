"""Asking for, giving and taking back capabilities. Events go out through a `Change`; a refusal is a `Refusal`."""

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from rs_server.core.capabilities import (
    CONTROLLING,
    FROM_NATIVE,
    FROM_PAGE,
    SHARED_WITH_COLLEAGUE,
    STAFF_GIVES,
    VIEWING,
    Native,
    has_needed,
    offered,
)
from rs_server.core.errors import IllegalTransition, Refusal
from rs_server.core.native import is_controlled, one_picture, rest_on, settle
from rs_server.core.session import Change, Session, is_in
from rs_server.protocol.consent import Capability, Grant, GrantState
from rs_server.protocol.session import Participant

Move = Literal["allow", "refuse", "withdraw", "cancel", "expire", "end"]

TRANSITIONS: dict[tuple[GrantState, Move], GrantState] = {
    ("asked", "allow"): "granted",
    ("asked", "refuse"): "refused",
    ("asked", "cancel"): "cancelled",
    ("asked", "expire"): "expired",
    ("granted", "withdraw"): "withdrawn",
    ("granted", "end"): "ended",
}

ASKED_SECONDS = 90.0
"""A question that nobody answers expires."""

NATIVE_SECONDS = 600.0
"""The same of one that needs the native client, where none is connected: it has to be fetched and started first."""

_LINE = {
    "granted": "granted",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "cancelled": "cancelled",
    "expired": "expired",
}


def move(change: Change, grant: Grant, step: Move, endpoint: str | None = None) -> Grant:
    """Take a grant from state to state by the table, with its line in the log. `endpoint`: where it was allowed, if
    that matters."""
    after = TRANSITIONS.get((grant.state, step))
    if after is None:
        raise IllegalTransition("grant", grant.state, step)
    decided = change.now if grant.state == "asked" else grant.decided_at
    ended = change.now if after not in ("asked", "granted") else None
    moved = change.grant(
        replace(grant, state=after, decided_at=decided, ended_at=ended, endpoint=endpoint or grant.endpoint)
    )
    kind = _LINE.get(after)
    if kind is not None:
        actor = grant.holder if step == "cancel" else grant.giver
        person = change.session.participants.get(actor)
        holder = change.session.participants.get(grant.holder)
        change.line(
            kind,  # type: ignore[arg-type]  # every value of _LINE is a LineKind
            person if step != "expire" else None,
            capability=grant.capability,
            holder=holder.name if holder else "",
        )
    return moved


def ask(
    change: Change,
    asker: Participant,
    capability: Capability,
    giver: Participant | None,
    native: Native | None = None,
) -> Grant:
    """An agent asks. The same question twice is one question. `native`: the giver's, while it is connected.

    Refused with `no_customer` when nobody is there to answer, `not_allowed` for what cannot be asked for."""
    session = change.session
    giver = giver or session.customer
    if asker.role == "customer" or not is_in(asker):
        raise Refusal("not_allowed", "only somebody of staff who is in the session asks")
    if giver is None or not is_in(giver) or session.info.state != "live":
        raise Refusal("no_customer")
    if giver.role != "customer" or capability not in offered(session):
        raise Refusal("not_allowed", f"{capability} cannot be asked for here")
    if not has_needed(session, capability, giver.id, asker.id):
        raise Refusal("not_allowed", f"{capability} needs more than this person has")
    if capability in FROM_NATIVE and native is not None and not native.does(capability):
        raise Refusal("not_allowed", f"{capability} is more than the client there can do")
    for grant in session.grants.values():
        same = grant.capability == capability and grant.giver == giver.id and grant.holder == asker.id
        if same and grant.state in ("asked", "granted"):
            return grant
    waits = capability in FROM_NATIVE and native is None
    return open_question(change, asker, capability, giver, NATIVE_SECONDS if waits else ASKED_SECONDS)


def open_question(
    change: Change, asker: Participant, capability: Capability, giver: Participant, seconds: float = ASKED_SECONDS
) -> Grant:
    grant = change.grant(
        Grant(
            id=change.new_id(),
            capability=capability,
            giver=giver.id,
            holder=asker.id,
            state="asked",
            asked_at=change.now,
            expires_at=change.now + seconds,
        )
    )
    change.line("asked", asker, capability=capability, giver=giver.name)
    return grant


def answer(change: Change, who: Participant, grant_id: str, allow: bool, native: Native | None = None) -> Grant:
    """The giver answers; `native`: from this native client. Refused with `not_found` when the question is not theirs,
    `conflict` when it is closed, `not_allowed` for a yes from where it cannot be carried out."""
    grant = change.session.grants.get(grant_id)
    if grant is None or grant.giver != who.id:
        raise Refusal("not_found")
    if grant.state != "asked":
        raise Refusal("conflict", "the question is no longer open")
    if not allow:
        moved = move(change, grant, "refuse")
    else:
        endpoint = _place(change, who, grant.capability, native)
        if not has_needed(change.session, grant.capability, who.id, grant.holder, endpoint):
            raise Refusal("conflict", "what it needs was given elsewhere")
        moved = _granted(change, move(change, grant, "allow", endpoint))
    if grant.capability == "further_agent":
        _colleague_answered(change, moved)
    return moved


def _place(change: Change, giver: Participant, capability: Capability, native: Native | None) -> str | None:
    """The endpoint that it will rest on; None where it does not matter. Refused with `not_allowed`."""
    if capability not in FROM_NATIVE:
        return None
    if native is None or not native.does(capability):
        raise Refusal("not_allowed", f"{capability} is allowed at a native client that can do it")
    return native.endpoint


def _granted(change: Change, grant: Grant) -> Grant:
    """What one thing that is given does to others."""
    if grant.endpoint is not None:
        rest_on(change, grant.giver, grant.endpoint)
        one_picture(change, grant)
    return grant


def give(
    change: Change,
    giver: Participant,
    capability: Capability,
    holder: Participant | None,
    native: Native | None = None,
) -> Sequence[Grant]:
    """Give unasked, to one person or to everybody of the other side; `native`: from this native client. What an agent
    gives in a browser colleagues have too; the agent's computer itself only those whom they name. Refused with
    `conflict` when nobody is there, `not_allowed` for what cannot be given, or not from here, `controlled` from a page
    on a computer that somebody controls: it may be theirs who clicks there."""
    session = change.session
    if not is_in(giver) or session.info.state != "live":
        raise Refusal("conflict", "nobody is there yet")
    if capability not in (offered(session) if giver.role == "customer" else STAFF_GIVES):
        raise Refusal("not_allowed", f"{capability} cannot be given here")
    endpoint = _place(change, giver, capability, native)
    others = [p for p in session.participants.values() if is_in(p) and p.id != giver.id]
    if giver.role == "customer":
        others = [p for p in others if p.role != "customer"]
    elif holder is None and capability in FROM_NATIVE:
        others = [p for p in others if p.role == "customer"]
    if holder is not None:
        others = [p for p in others if p.id == holder.id]
    others = [p for p in others if has_needed(session, capability, giver.id, p.id, endpoint)]
    if not others:
        raise Refusal("conflict", "nobody is there to give it to")
    if native is None and giver.role == "customer" and is_controlled(session, giver.id):
        has = {g.holder for g in session.live_grants() if (g.giver, g.capability) == (giver.id, capability)}
        if any(p.id not in has for p in others):
            raise Refusal("controlled")
    return [_granted(change, _give_one(change, giver, capability, other, endpoint)) for other in others]


def _give_one(
    change: Change, giver: Participant, capability: Capability, holder: Participant, endpoint: str | None
) -> Grant:
    for grant in change.session.grants.values():
        if grant.capability == capability and grant.giver == giver.id and grant.holder == holder.id:
            if grant.state == "granted" and grant.endpoint == endpoint:
                return grant
            if grant.state == "asked":
                return move(change, grant, "allow", endpoint)
    grant = change.grant(
        Grant(
            id=change.new_id(),
            capability=capability,
            giver=giver.id,
            holder=holder.id,
            state="granted",
            asked_at=change.now,
            decided_at=change.now,
            basis="own",
            endpoint=endpoint,
        )
    )
    change.line("granted", giver, capability=capability, holder=holder.name)
    return grant


def withdraw(change: Change, giver: Participant, grant_id: str | None, capability: Capability | None) -> None:
    """The giver takes back one grant, or all of a capability. Nothing to take back is no error: it is off.

    Refused with `not_allowed` for what the customer was told of before joining, and for the further agent who is in
    charge by now: there, leaving is the way."""
    for grant in list(change.session.grants.values()):
        named = grant.id == grant_id if grant_id is not None else grant.capability == capability
        if grant.giver != giver.id or not named or grant.state != "granted":
            continue
        if grant.basis == "notice":
            raise Refusal("not_allowed", "told of before joining; leave to end it")
        if grant.capability == "further_agent":
            if change.session.info.primary == grant.holder:
                raise Refusal("not_allowed", "this agent is in charge now")
            move(change, grant, "withdraw")
            _turn_away(change, grant)
        else:
            move(change, grant, "withdraw")
    settle(change)
    change.settle_recording()


def stop_all(change: Change, giver: Participant, voice: bool) -> None:
    """Every view and control that `giver` has granted ends, whatever was given at a native client, and every such
    question with it."""
    ends = VIEWING | CONTROLLING | FROM_NATIVE | ({"hear"} if voice else frozenset())
    for grant in list(change.session.grants.values()):
        if grant.giver != giver.id or grant.capability not in ends:
            continue
        if grant.state == "granted":
            move(change, grant, "withdraw")
        elif grant.state == "asked":
            move(change, grant, "refuse")


def cancel(change: Change, asker: Participant, grant_id: str) -> None:
    """Who asked does not want it any more: the question is taken back, or the view or control that was given ends."""
    grant = change.session.grants.get(grant_id)
    # Whether a colleague may come in is asked for both: the agent in charge can take the question back as well.
    for_colleague = (
        grant is not None and grant.capability == "further_agent" and asker.id == change.session.info.primary
    )
    if grant is None or not (grant.holder == asker.id or for_colleague):
        raise Refusal("not_found")
    if (
        grant.state == "granted"
        and grant.holder == asker.id
        and grant.capability in VIEWING | CONTROLLING | FROM_NATIVE
    ):
        move(change, grant, "end")
        settle(change)
        change.settle_recording()
        return
    if grant.state != "asked":
        raise Refusal("conflict", "the question is no longer open")
    move(change, grant, "cancel")
    if grant.capability == "further_agent":
        _turn_away(change, grant)


def expire(change: Change) -> None:
    """Questions that nobody answered in time."""
    for grant in list(change.session.grants.values()):
        if grant.state == "asked" and _due(grant) <= change.now:
            move(change, grant, "expire")
            if grant.capability == "further_agent":
                _turn_away(change, grant)


def next_expiry(session: Session) -> float | None:
    return min((_due(grant) for grant in session.grants.values() if grant.state == "asked"), default=None)


def _due(grant: Grant) -> float:
    return grant.expires_at if grant.expires_at is not None else grant.asked_at + ASKED_SECONDS


# --- the company's page ---


def page_grants(session: Session) -> Sequence[Grant]:
    """What the customer gave for the page and did not take back."""
    return [grant for grant in session.live_grants() if grant.capability in FROM_PAGE]


def page_is_to_be_asked_for(session: Session) -> bool:
    """True when the agent in charge could see the page and the customer was never asked for it."""
    asked = any(grant.capability == "page_view" for grant in session.grants.values())
    primary = session.participants.get(session.info.primary or "")
    customer = session.customer
    return (
        session.info.state == "live"
        and not asked
        and "page_view" in offered(session)
        and primary is not None
        and is_in(primary)
        and customer is not None
        and is_in(customer)
    )


def ask_for_page(change: Change) -> None:
    """The first question comes by itself. Asked again, it is not."""
    session = change.session
    if page_is_to_be_asked_for(session):
        ask(change, session.participants[session.info.primary or ""], "page_view", None)


def end_page(change: Change) -> None:
    """There is no page any more that anything was given, or is asked, for."""
    change.close_grants(lambda grant: grant.capability in FROM_PAGE)


def _colleague_answered(change: Change, grant: Grant) -> None:
    session = change.session
    colleague = session.participants[grant.holder]
    if grant.state != "granted":
        _turn_away(change, grant)
        return
    joined = replace(colleague, joined_at=change.now)
    change.join(joined)
    primary = session.info.primary
    for other in list(session.live_grants()):
        if other.holder == primary and other.giver == grant.giver and other.capability in SHARED_WITH_COLLEAGUE:
            change.grant(
                replace(other, id=change.new_id(), holder=joined.id, asked_at=grant.asked_at, decided_at=change.now)
            )


def _turn_away(change: Change, grant: Grant) -> None:
    """The colleague does not come in, or goes; one who was given charge of the session meanwhile stays."""
    colleague = change.session.participants[grant.holder]
    if colleague.left_at is None and colleague.id != change.session.info.primary:
        change.leave(colleague)
