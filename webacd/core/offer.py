"""Offer: one contact held out to one agent until a deadline."""

from dataclasses import dataclass

from .lifecycle import LifeCycle, State


class OfferState(State):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    RESCINDED = "rescinded"


class OfferStep(State):
    ACCEPT = "accept"
    REJECT = "reject"
    TIME_OUT = "time_out"
    RESCIND = "rescind"


OFFER_LIFE = LifeCycle[OfferState, OfferStep](
    "offer",
    {
        (OfferState.PENDING, OfferStep.ACCEPT): OfferState.ACCEPTED,
        (OfferState.PENDING, OfferStep.REJECT): OfferState.REJECTED,
        (OfferState.PENDING, OfferStep.TIME_OUT): OfferState.TIMED_OUT,
        (OfferState.PENDING, OfferStep.RESCIND): OfferState.RESCINDED,
    },
)


@dataclass(slots=True)
class Offer:
    id: str
    contact: str
    agent: str
    made_at: float
    deadline: float
    state: OfferState = OfferState.PENDING


def offer_id(contact: str, number: int) -> str:
    """Unique as long as contacts' ids are; a later offer of the same contact has another id."""
    return f"{contact}.{number}"
