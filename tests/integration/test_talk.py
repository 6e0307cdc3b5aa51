"""Chat, private chat and notes."""

import pytest

from tests.support.client import Refused, Socket

from .conftest import House, state


async def test_notes_that_two_write_at_once(house: House) -> None:
    _customer, agent, session = await house.live()
    await agent.do("note.save", session, text="first", version=0)
    with pytest.raises(Refused, match="conflict"):
        await agent.do("note.save", session, text="over it", version=0)
    with pytest.raises(Refused, match="conflict"):
        await agent.do("note.save", session, text="ahead", version=7)
    note = (await agent.event("note.changed", session))["note"]
    assert (note["text"], note["version"], note["saved_by"]) == ("first", 1, "Amélie Morel")
    await agent.do("note.save", session, text="", version=1)
    await agent.until(lambda: agent.view(session)["note"]["version"] == 2)


async def test_the_same_key_is_one_line(house: House) -> None:
    customer, agent, session = await house.live()
    for _ in range(3):
        await customer.do("chat.post", session, key="k", text="once")
        await agent.do("chat.post", session, key="k", text="once, too")
    await agent.do("chat.post", session, key="end", text="end")
    await customer.until(lambda: customer.view(session)["lines"][-1]["text"] == "end")
    texts = [line["text"] for line in customer.view(session)["lines"] if line["kind"] == "chat"]
    assert sorted(texts) == ["end", "once", "once, too"]


SECRET = "between-colleagues"


async def test_a_customer_never_gets_what_is_for_staff(house: House) -> None:
    customer, agent, session = await house.live()
    seen = customer.view(session)["seq"]
    await agent.do("chat.post", session, key="1", text=SECRET, audience="staff")
    await agent.do("chat.typing", session, audience="staff")
    await agent.do("note.save", session, text=f"note {SECRET}", version=0)
    await agent.do("agent.invite", session, user=await house.user_id("sofia"))
    await agent.do("chat.post", session, key="2", text="for all")
    await agent.until(lambda: any(line["text"] == SECRET for line in agent.view(session)["lines"]))
    await customer.until(lambda: any(line["text"] == "for all" for line in customer.view(session)["lines"]))
    resumed = await Socket(customer.api, customer.welcome["resume"], {session: seen}).open()
    await resumed.event("line.added", session)
    fresh = await Socket(customer.api, resumed.welcome["resume"]).open()
    await fresh.event("session.snapshot", session)
    for socket in (customer, resumed, fresh):
        heard = repr(socket.frames)
        assert SECRET not in heard
        assert "typing" not in {frame["body"]["type"] for frame in socket.frames}
        assert not socket.bodies("invite.changed")
        assert not socket.bodies("note.changed")
    view = fresh.view(session)
    assert (view["note"], view["invites"]) == (None, [])
    assert not [line for line in view["lines"] if line["audience"] == "staff" or line["kind"] == "invited"]


async def test_a_customer_says_nothing_in_private(house: House) -> None:
    customer, _agent, session = await house.live()
    for kind, fields in (("chat.post", {"key": "k", "text": "x"}), ("chat.typing", {})):
        with pytest.raises(Refused, match="not_allowed"):
            await customer.do(kind, session, audience="staff", **fields)


async def test_typing_is_seen_and_not_kept(house: House) -> None:
    customer, agent, session = await house.live()
    await customer.do("chat.typing", session)
    assert (await agent.event("typing", session))["participant"] == customer.view(session)["you"]
    assert agent.view(session)["seq"] >= 1
    back = await Socket(agent.api).open()
    await back.event("session.snapshot", session)
    assert not back.bodies("typing")


async def test_nothing_is_said_after_the_end(house: House) -> None:
    customer, agent, session = await house.live()
    await agent.do("session.end", session)
    await customer.until(lambda: state(customer, session) == "ended")
    with pytest.raises(Refused, match="session_ended"):
        await customer.do("chat.post", session, key="k", text="hello?")
    with pytest.raises(Refused, match="not_found"):
        await agent.do("chat.post", session, key="k", text="hello?")
