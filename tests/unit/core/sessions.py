"""Sessions to try the rules on."""

from itertools import count

from rs_server.core.session import Change, Session, Step
from rs_server.protocol.session import Participant, RecordingPolicy, SessionInfo, SessionState

NOW = 1000.0


def info(state: SessionState = "live", policy: RecordingPolicy = "on_demand") -> SessionInfo:
    return SessionInfo(
        id="s",
        reference="AAAA-BBBB",
        state=state,
        kind="inbound",
        company="Acme",
        site="acme",
        queue="support",
        queue_name="Support",
        customer_name="Jeanne",
        question="",
        page_url="",
        language="en",
        created_at=0.0,
        waiting_since=None,
        answered_at=None,
        ended_at=None,
        ended_by=None,
        primary=None,
        recording=False,
        recording_policy=policy,
    )


CUSTOMER = Participant(id="c", role="customer", name="Jeanne", user=None, joined_at=0.0)
AGENT = Participant(id="a", role="agent", name="Amélie", user="u-a", joined_at=1.0)
COLLEAGUE = Participant(id="b", role="agent", name="Sofia", user="u-b", joined_at=2.0)
SUPERVISOR = Participant(id="v", role="supervisor", name="Sam", user="u-v", joined_at=3.0)
ASKED = Participant(id="n", role="agent", name="Paul", user="u-n", joined_at=None)


def change(
    *people: Participant,
    state: SessionState = "live",
    policy: RecordingPolicy = "on_demand",
    now: float = NOW,
) -> Change:
    """A session with these people in it, and the first agent in charge."""
    session = Session(info(state, policy))
    numbers = count()
    made = Change(session, now, lambda: f"id{next(numbers)}")
    for person in people:
        made.participant(person)
    primary = next((person.id for person in people if person.role == "agent" and person.joined_at is not None), None)
    if primary is not None:
        made.info(primary=primary)
    made.events.clear()
    return made


def later(made: Change, seconds: float) -> Change:
    return Change(made.session, made.now + seconds, made.new_id)


def in_state(state: SessionState) -> Change:
    """Through the table, as it happens."""
    made = change(CUSTOMER, AGENT, state="inviting")
    if state in ("live", "waiting"):
        made.step(Step.CUSTOMER_JOINED)
    if state == "waiting":
        made.step(Step.RETURNED)
    if state == "ended":
        made.step(Step.ENDED)
    return made
