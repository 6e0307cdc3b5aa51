"""The contract of `rs_server.ports.Acd`, whatever the database."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from rs_server import ports

from .acd import START, Floor, VirtualClock, refused, request


@pytest.fixture
async def floor(any_url: str) -> AsyncIterator[Floor]:
    floor = Floor(any_url, VirtualClock())
    await floor.configure()
    await floor.acd.start()
    floor.told.clear()
    yield floor
    await floor.close()


def as_port(floor: Floor) -> ports.Acd:
    return floor.acd


async def test_from_arrival_to_the_end(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    told = ports.ContactQueued("c1", "s-c1", "sales", START)
    assert floor.hear(ports.ContactQueued) == [told]
    offer = ports.Offered("c1.1", "c1", "s-c1", "ann", START + 20, "sales", START)
    assert floor.hear(ports.Offered) == [offer]
    view = ports.OfferView(
        "c1.1", "c1", "s-c1", "ann", "sales", "C1", "Why?", START, made_at=START, deadline=START + 20
    )
    assert floor.acd.offers("ann") == [view]
    await floor.advance(7)
    await floor.accept("c1.1", "ann")
    assert floor.hear(ports.OfferEnded) == [ports.OfferEnded("c1.1", "c1", "s-c1", "ann", "accepted")]
    assert floor.hear(ports.Assigned) == [ports.Assigned("c1", "s-c1", "ann", "sales", 7.0)]
    assert floor.acd.waiting() == []
    await floor.complete("c1")
    assert floor.hear(ports.ContactEnded) == [ports.ContactEnded("c1", "s-c1", "completed", "ann")]
    assert floor.hear(ports.WrapUpStarted) == [ports.WrapUpStarted("c1", "s-c1", "ann", START + 37)]
    await floor.complete("c1")
    ann = floor.acd.agent("ann")
    assert ann is not None
    assert (ann.sessions, ann.wrap_ups, ann.capacity, ann.queues) == (0, 1, 2, ("sales",))
    async with floor.unit() as unit:
        await floor.acd.wrap_up_done(unit, "c1", "ann", "sold")
    assert floor.hear(ports.WrapUpEnded) == [ports.WrapUpEnded("c1", "s-c1", "ann", "sold")]
    await floor.complete("c1")
    assert floor.hear(ports.ContactEnded) == []


async def test_wrap_up_ends_by_itself(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    await floor.complete("c1")
    await floor.advance(30)
    assert floor.hear(ports.WrapUpEnded) == [ports.WrapUpEnded("c1", "s-c1", "ann", None)]


async def test_no_wrap_up_where_the_queue_has_none(floor: Floor) -> None:
    await floor.ready("cid")
    await floor.enqueue("c1", "care")
    await floor.accept("c1.1", "cid")
    await floor.complete("c1")
    assert len(floor.hear(ports.ContactEnded)) == 1
    assert floor.hear(ports.WrapUpStarted) == []


async def test_outcome_codes(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    await floor.complete("c1")
    async with floor.unit() as unit:
        async with refused("unknown_outcome_code"):
            await floor.acd.wrap_up_done(unit, "c1", "ann", "golf")
        async with refused("not_yours"):
            await floor.acd.wrap_up_done(unit, "c1", "bob", None)
        async with refused("contact_gone"):
            await floor.acd.wrap_up_done(unit, "c2", "ann", None)
    sales, care = sorted(floor.acd.queues(), key=lambda queue: queue.name, reverse=True)
    assert [code.id for code in sales.outcome_codes] == ["sold", "solved"]
    assert [code.id for code in care.outcome_codes] == ["solved"]
    assert (sales.allow_pick, sales.recording, care.default) == (True, "always", True)


async def test_missed_offer(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    floor.told.clear()
    await floor.advance(20)
    assert floor.hear(ports.OfferEnded) == [ports.OfferEnded("c1.1", "c1", "s-c1", "ann", "timed_out")]
    assert floor.hear(ports.ContactQueued) == [ports.ContactQueued("c1", "s-c1", "sales", START, "timed_out")]
    assert floor.hear(ports.AgentChanged) == [ports.AgentChanged("ann")]
    assert floor.state("ann") == ("not_ready", "missed_offer")
    async with floor.unit() as unit, refused("offer_gone"):
        await floor.acd.accept(unit, "c1.1", "ann")
    await floor.ready("ann")
    assert [(each.offer, each.arrived_at) for each in floor.hear(ports.Offered)] == [("c1.2", START)]


async def test_rejected_contact_goes_to_another_first(floor: Floor) -> None:
    await floor.ready("ann", "bob")
    await floor.enqueue("c1")
    async with floor.unit() as unit:
        await floor.acd.reject(unit, "c1.1", "ann")
    assert floor.offered() == [("c1", "bob")]
    async with floor.unit() as unit:
        await floor.acd.reject(unit, "c1.2", "bob")
    assert floor.offered() == []
    await floor.advance(3)
    assert floor.offered() == [("c1", "ann")]
    assert floor.hear(ports.ContactQueued)[-1].returned == "rejected"


async def test_abandoned_while_offered(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    async with floor.unit() as unit:
        await floor.acd.abandon(unit, "c1")
    assert floor.hear(ports.OfferEnded)[-1].outcome == "rescinded"
    assert floor.hear(ports.ContactEnded) == [ports.ContactEnded("c1", "s-c1", "abandoned", "ann")]
    async with floor.unit() as unit:
        async with refused("contact_gone"):
            await floor.acd.abandon(unit, "c1")
        async with refused("offer_gone"):
            await floor.acd.accept(unit, "c1.1", "ann")


async def test_waiting_in_order_with_estimates(floor: Floor) -> None:
    await floor.enqueue("c1")
    await floor.advance(5)
    await floor.enqueue("c2")
    await floor.enqueue("c3", priority=1)
    assert [(view.contact, view.position, view.estimate) for view in floor.acd.waiting()] == [
        ("c3", 1, None),
        ("c1", 2, None),
        ("c2", 3, None),
    ]
    assert floor.acd.expected_wait("sales") is None
    await floor.ready("ann")
    views = {view.contact: view for view in floor.acd.waiting()}
    assert [views[id].offered_to for id in ("c3", "c1", "c2")] == ["ann", "ann", None]
    assert [views[id].estimate for id in ("c3", "c1", "c2")] == [0.0, 0.0, 150.0]
    assert floor.acd.expected_wait("sales") == 300.0
    assert floor.acd.expected_wait("nowhere") is None
    c2 = floor.acd.waiting_contact("c2")
    assert c2 == views["c2"]
    assert (c2.customer, c2.question, c2.arrived_at) == ("C2", "Why?", START + 5)
    assert floor.acd.waiting_contact("c9") is None


async def test_pick(floor: Floor) -> None:
    await floor.enqueue("c1")
    await floor.enqueue("c2", "care")
    await floor.acd.presence("bob", True)
    async with floor.unit() as unit:
        async with refused("pick_not_allowed"):
            await floor.acd.pick(unit, "c2", "bob")
        async with refused("not_in_queue"):
            await floor.acd.pick(unit, "c1", "cid")
        async with refused("not_ready"):
            await floor.acd.pick(unit, "c1", "ann")
        await floor.acd.pick(unit, "c1", "bob")
        async with refused("contact_gone"):
            await floor.acd.pick(unit, "c1", "bob")
    assert floor.hear(ports.Assigned) == [ports.Assigned("c1", "s-c1", "bob", "sales", 0.0)]


async def test_outbound(floor: Floor) -> None:
    await floor.acd.presence("ann", True)
    async with floor.unit() as unit:
        await floor.acd.start_outbound(unit, request("c1", ""), "ann")
        await floor.acd.start_outbound(unit, request("c2"), "ann")
        async with refused("at_capacity"):
            await floor.acd.start_outbound(unit, request("c3"), "ann")
        async with refused("unknown_agent"):
            await floor.acd.start_outbound(unit, request("c3"), "eve")
    assert [(each.contact, each.queue) for each in floor.hear(ports.Assigned)] == [
        ("c1", None),
        ("c2", "sales"),
    ]
    assert floor.hear(ports.ContactQueued) == []
    await floor.acd.presence("ann", False)
    assert [(each.contact, each.queue) for each in floor.hear(ports.ContactQueued)] == [
        ("c1", "care"),
        ("c2", "sales"),
    ]


async def test_hand_over(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    await floor.acd.presence("cid", True)
    async with floor.unit() as unit:
        async with refused("not_ready"):
            await floor.acd.hand_over(unit, "c1", "bob")
        await floor.acd.hand_over(unit, "c1", "cid")
    assert floor.hear(ports.ContactLeft) == [ports.ContactLeft("c1", "s-c1", "ann", "handed_over")]
    assert floor.hear(ports.Assigned)[-1].agent == "cid"
    assert floor.hear(ports.WrapUpStarted) == []
    await floor.complete("c1")
    assert [each.agent for each in floor.hear(ports.WrapUpStarted)] == ["cid"]


async def test_agent_without_beats_is_offline_after_the_grace(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    await floor.enqueue("c2")
    await floor.advance(6)
    floor.at_consoles.clear()
    floor.told.clear()
    floor.clock.time += 7.9
    await floor.acd.tick()
    assert floor.state("ann") == ("ready", None)
    floor.clock.time += 0.1
    await floor.acd.tick()
    assert floor.state("ann") == ("offline", None)
    assert floor.hear(ports.ContactLeft) == [ports.ContactLeft("c1", "s-c1", "ann", "agent_lost")]
    assert floor.hear(ports.ContactQueued) == [
        ports.ContactQueued("c1", "s-c1", "sales", START, "agent_lost"),
        ports.ContactQueued("c2", "s-c2", "sales", START, "agent_lost"),
    ]
    await floor.acd.presence("ann", True)
    assert floor.state("ann") == ("not_ready", None)


async def test_signing_out_is_at_once(floor: Floor) -> None:
    await floor.ready("ann", "bob")
    await floor.serve("c1", "ann")
    await floor.acd.presence("ann", False)
    assert floor.state("ann") == ("offline", None)
    assert floor.offered() == [("c1", "bob")]
    await floor.acd.presence("ann", False)


async def test_states_and_reasons(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    async with floor.unit() as unit:
        async with refused("unknown_reason"):
            await floor.acd.set_state(unit, "ann", "not_ready", "golf")
        async with refused("unknown_agent"):
            await floor.acd.set_state(unit, "eve", "ready")
        await floor.acd.set_state(unit, "ann", "not_ready", "lunch")
    assert floor.state("ann") == ("not_ready", "lunch")
    assert [each.outcome for each in floor.hear(ports.OfferEnded)] == ["rescinded"]
    assert floor.hear(ports.ContactQueued)[-1].returned == "rescinded"
    assert [reason.label for reason in floor.acd.reasons()] == ["Lunch"]
    async with refused("unknown_agent"):
        await floor.acd.presence("eve", True)


async def test_unknown_queue(floor: Floor) -> None:
    async with floor.unit() as unit, refused("unknown_queue"):
        await floor.acd.enqueue(unit, request("c1", "nowhere"))
    assert floor.told == []


async def test_several_commands_in_one_unit(floor: Floor) -> None:
    await floor.ready("ann")
    async with floor.unit() as unit:
        await floor.acd.enqueue(unit, request("c1"))
        await floor.acd.accept(unit, "c1.1", "ann")
        await floor.acd.complete(unit, "c1")
        await floor.acd.enqueue(unit, request("c2"))
    assert [view.contact for view in floor.acd.offers("ann")] == ["c2"]


async def test_clock_that_goes_back_changes_nothing(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    floor.clock.time -= 3600
    await floor.acd.tick()
    assert floor.offered() == [("c1", "ann")]
    await floor.advance(20)
    assert floor.offered() == []


async def test_configuration_changes_lose_nobody(floor: Floor) -> None:
    await floor.ready("ann", "cid")
    await floor.serve("c1", "ann")
    await floor.enqueue("c2")
    await floor.enqueue("c3")
    async with floor.unit() as unit:
        await floor.config.remove_queue(unit, "sales")
        await floor.config.remove_agent(unit, "ann")
        await floor.acd.reconfigure(unit)
    assert sorted((view.contact, view.queue) for view in floor.acd.waiting()) == [
        ("c1", "care"),
        ("c2", "care"),
        ("c3", "care"),
    ]
    assert floor.offered() == [("c1", "cid"), ("c2", "cid")]
    assert floor.acd.agent("ann") is None


async def test_transfer_to_a_queue_keeps_the_place(floor: Floor) -> None:
    await floor.ready("ann", "cid")
    await floor.serve("c1", "ann")
    await floor.advance(30)
    floor.told.clear()
    async with floor.unit() as unit:
        async with refused("not_yours"):
            await floor.acd.transfer(unit, "c1", "cid", queue="care")
        async with refused("unknown_queue"):
            await floor.acd.transfer(unit, "c1", "ann", queue="golf")
        async with refused("contact_gone"):
            await floor.acd.transfer(unit, "c9", "ann", queue="care")
        await floor.acd.transfer(unit, "c1", "ann", queue="care")
    assert floor.hear(ports.ContactLeft) == [ports.ContactLeft("c1", "s-c1", "ann", "transferred")]
    assert floor.hear(ports.ContactQueued) == [ports.ContactQueued("c1", "s-c1", "care", START, "transferred")]
    assert floor.hear(ports.WrapUpStarted) == []
    assert floor.offered() == [("c1", "cid")]
    ann = floor.acd.agent("ann")
    assert ann is not None
    assert (ann.sessions, ann.wrap_ups) == (0, 0)


async def test_transfer_to_an_agent(floor: Floor) -> None:
    await floor.ready("ann", "cid")
    await floor.serve("c1", "ann")
    async with floor.unit() as unit:
        async with refused("unknown_agent"):
            await floor.acd.transfer(unit, "c1", "ann", agent="eve")
        async with refused("not_ready"):
            await floor.acd.transfer(unit, "c1", "ann", agent="bob")
        await floor.acd.transfer(unit, "c1", "ann", agent="cid")
    assert floor.offered() == [("c1", "cid")]
    async with floor.unit() as unit:
        await floor.acd.reject(unit, "c1.2", "cid")
    assert floor.offered() == []
    await floor.advance(3)
    assert floor.offered() == [("c1", "ann")]
    assert floor.acd.waiting()[0].queue == "sales"


async def test_move_to_another_queue(floor: Floor) -> None:
    await floor.ready("ann", "cid")
    await floor.enqueue("c1")
    floor.told.clear()
    async with floor.unit() as unit:
        async with refused("unknown_queue"):
            await floor.acd.move(unit, "c1", "golf")
        async with refused("contact_gone"):
            await floor.acd.move(unit, "c9", "care")
        await floor.acd.move(unit, "c1", "care")
    assert [each.outcome for each in floor.hear(ports.OfferEnded)] == ["rescinded"]
    assert floor.hear(ports.ContactQueued)[-1] == ports.ContactQueued("c1", "s-c1", "care", START, "moved")
    assert floor.offered() == [("c1", "cid")]


async def test_what_an_agent_can_handle(floor: Floor) -> None:
    await floor.enqueue("c1")
    await floor.enqueue("c2", "care")
    assert [list(floor.acd.can_handle(agent)) for agent in ("ann", "bob", "cid", "eve")] == [
        ["c1"],
        ["c1", "c2"],
        ["c2"],
        [],
    ]


async def test_direct_contact_waits_for_its_agent(floor: Floor) -> None:
    await floor.ready("ann", "bob")
    async with floor.unit() as unit:
        async with refused("unknown_agent"):
            await floor.acd.enqueue(unit, msgspec.structs.replace(request("c1"), agent="eve"))
        await floor.acd.enqueue(unit, msgspec.structs.replace(request("c1"), agent="cid", agent_seconds=30.0))
    view = floor.acd.waiting_contact("c1")
    assert view is not None
    assert (view.agent, view.medium, view.priority, view.steps) == ("cid", "session", 0, 0)
    assert [list(floor.acd.can_handle(agent)) for agent in ("ann", "cid")] == [[], ["c1"]]
    await floor.advance(30)
    assert floor.offered() == [("c1", "ann")]


async def test_explanation(floor: Floor) -> None:
    await floor.ready("ann")
    found = floor.acd.explain(request("c1"))
    assert (found.queue, found.chosen, found.steps, found.next_step) == ("sales", "ann", 0, None)
    assert {each.agent: [why.code for why in each.reasons] for each in found.candidates} == {
        "ann": [],
        "bob": ["offline"],
        "cid": ["offline", "not_this_queue"],
    }
    assert floor.acd.waiting() == []
    needs = floor.acd.explain(msgspec.structs.replace(request("c1"), skills={"french": 2}))
    assert needs.candidates[0].reasons == [ports.WhyNot("skill_missing", "french", 0, 2)]
    assert needs.chosen is None
    unknown = floor.acd.explain(msgspec.structs.replace(request("c1"), skills={"no more": 2}))
    assert (unknown.chosen, unknown.skills) == ("ann", {})
    await floor.enqueue("c1")
    assert floor.acd.explain("c1").chosen == "ann"
    for asked, code in (("c9", "contact_gone"), (request("c2", "nowhere"), "unknown_queue")):
        async with refused(code):
            floor.acd.explain(asked)


async def test_one_call_at_a_time(floor: Floor) -> None:
    await floor.ready("ann")
    async with floor.unit() as unit:
        for contact in ("v1", "v2"):
            await floor.acd.enqueue(unit, msgspec.structs.replace(request(contact), medium="voice"))
        await floor.acd.enqueue(unit, request("c1"))
    assert floor.offered() == [("v1", "ann"), ("c1", "ann")]


async def test_place_kept_from_earlier(floor: Floor) -> None:
    await floor.enqueue("c1")
    async with floor.unit() as unit:
        kept = msgspec.structs.replace(request("c2"), medium="callback", arrived_at=START - 60)
        await floor.acd.enqueue(unit, kept)
    assert [(view.contact, view.position) for view in floor.acd.waiting()] == [("c2", 1), ("c1", 2)]
    assert floor.hear(ports.ContactQueued)[-1].arrived_at == START - 60


async def test_configuration_as_routed(floor: Floor) -> None:
    assert [queue.id for queue in floor.acd.configuration().queues] == ["care", "sales"]
