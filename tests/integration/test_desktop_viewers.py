"""Beside input: monitors, marks, the clipboard; and an agent's screen in the customer's hands."""

import pytest

from tests.support import native
from tests.support.client import Refused, Socket

from .conftest import House, me
from .test_desktop import MOVE, Scene
from .test_desktop import scene as scene  # a fixture
from .test_native import own
from .test_page_control import grant_of

# --- choosing and pointing ---


async def test_another_monitor_and_mode(scene: Scene) -> None:
    for grants in ((), ("desktop_view",)):
        await scene.let(*grants)
        with pytest.raises(Refused, match="not_allowed"):
            await scene.agent.do("desktop.choose", scene.session, giver=scene.giver, monitor="DP-2")
    monitors = [{"id": name, "name": name, "width": 800, "height": 600} for name in ("DP-1", "DP-2")]
    await scene.shows(monitors=monitors, monitor="DP-1")
    with pytest.raises(Refused, match="not_found"):
        await scene.agent.do("desktop.choose", scene.session, giver=scene.giver, monitor="DP-3")
    await scene.agent.do("desktop.choose", scene.session, giver=scene.giver, monitor="DP-2", mode="sampling")
    told = await scene.client.event("desktop.set", scene.session)
    assert (told["by_name"], told["monitor"], told["mode"]) == ("Amélie Morel", "DP-2", "sampling")


async def test_marks_are_shown_there_and_to_the_others_who_see_it(scene: Scene) -> None:
    wipe = {"giver": scene.giver, "picture": 1, "shown": {"mark": "wipe"}}
    with pytest.raises(Refused, match="not_allowed"):
        await scene.agent.do("desktop.point", scene.session, **wipe)
    await scene.let("desktop_view")
    await scene.shows()
    other_window = await Socket(scene.agent.api).open()
    await other_window.event("session.snapshot", scene.session)
    stroke = {"mark": "stroke", "stroke": 1, "points": [[0.1, 0.2], [0.3, 0.4]], "end": True}
    await scene.agent.do("desktop.point", scene.session, **{**wipe, "shown": stroke})
    mark = await scene.client.event("desktop.mark", scene.session)
    assert (mark["by"], mark["picture"], mark["shown"]) == (me(scene.agent, scene.session), 1, stroke)
    told = await other_window.event("desktop.pointed", scene.session)
    assert (told["by"], told["giver"], told["shown"]) == (mark["by"], scene.giver, stroke)
    with pytest.raises(Refused, match="conflict"):
        await scene.agent.do("desktop.point", scene.session, **{**wipe, "picture": 2})
    for socket in (scene.agent, scene.customer):
        assert not socket.bodies("desktop.pointed")
    assert (await scene.notices())["dropped:desktop_point"] == 1


async def test_marks_are_not_for_a_client_that_cannot_show_them(house: House) -> None:
    customer, agent, session = await house.live()
    client = await native.client_of(customer, house.api(""), "desktop", "control")
    scene = Scene(house, customer, agent, session, client)
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    await agent.do("desktop.point", session, giver=scene.giver, picture=1, shown={"mark": "wipe"})
    # What comes behind it has come.
    await scene.input()
    await client.event("desktop.do", session)
    assert not client.bodies("desktop.mark")


# --- the clipboard ---


async def test_each_way_has_a_consent_of_its_own(scene: Scene) -> None:
    await scene.let("desktop_view", "desktop_control")
    put_in = {"giver": scene.giver, "text": "from the agent\n"}
    for _ in range(2):
        with pytest.raises(Refused, match="not_allowed"):
            await scene.agent.do("clipboard.put", scene.session, **put_in)
    with pytest.raises(Refused, match="not_allowed"):
        await scene.client.do("clipboard.put", scene.session, text="mine")
    await scene.let("clipboard_in")
    await scene.agent.do("clipboard.put", scene.session, **put_in)
    told = await scene.client.event("clipboard.got", scene.session)
    assert (told["by"], told["text"]) == (me(scene.agent, scene.session), "from the agent\n")
    with pytest.raises(Refused, match="not_allowed"):
        await scene.client.do("clipboard.put", scene.session, text="mine")
    await scene.let("clipboard_out")
    text = "é" * (128 * 1024)
    await scene.client.do("clipboard.put", scene.session, text=text)
    assert (await scene.agent.event("clipboard.got", scene.session))["text"] == text
    for long in (text + "x", "x" * 300_000):
        with pytest.raises(Refused, match=r"too_large|bad_request"):
            await scene.client.do("clipboard.put", scene.session, text=long)
    with pytest.raises(Refused, match="bad_request"):
        await scene.customer.do("clipboard.put", scene.session, text="from a page")
    await scene.customer.do("grant.withdraw", scene.session, capability="desktop_control")
    for capability in ("clipboard_in", "clipboard_out"):
        await grant_of(scene.agent, scene.session, capability, "ended")
    with pytest.raises(Refused, match="not_allowed"):
        await scene.agent.do("clipboard.put", scene.session, **put_in)
    assert not scene.customer.bodies("clipboard.got")
    assert {"dropped:clipboard_in", "dropped:clipboard_out"} <= (await scene.notices()).keys()


# --- the other way round ---


async def test_the_customer_controls_what_an_agent_shares(house: House) -> None:
    customer, agent, session = await house.live()
    client = await own(house, agent, session)
    giver = me(agent, session)
    move = {"giver": giver, "picture": 1, "events": [MOVE]}
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("desktop.input", session, **move)
    await client.do("grant.give", session, capability="application_view")
    await client.do("desktop.share", session, picture=native.picture(1, "application", "Editor"))
    told = await customer.event("desktop.shared", session)
    assert (told["giver"], told["picture"]["name"]) == (giver, "Editor")
    assert (await agent.event("desktop.shared", session))["picture"]["name"] == "Editor"
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("desktop.input", session, **move)
    await client.do("grant.give", session, capability="application_control")
    await customer.do("desktop.input", session, **move)
    done = await client.event("desktop.do", session)
    assert (done["by"], done["by_name"]) == (me(customer, session), "Jeanne")
    (control,) = [g for g in agent.view(session)["grants"] if g["capability"] == "application_control"]
    await customer.do("grant.cancel", session, grant=control["id"])
    await grant_of(client, session, "application_control", "ended")
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("desktop.input", session, **move)
    with pytest.raises(Refused, match="not_allowed"):
        await client.do("clipboard.put", session, text="mine")
    for capability in ("application_control", "clipboard_in", "clipboard_out"):
        await client.do("grant.give", session, capability=capability)
    await client.do("clipboard.put", session, text="mine")
    assert (await customer.event("clipboard.got", session))["text"] == "mine"
    await customer.do("clipboard.put", session, giver=giver, text="yours")
    assert (await client.event("clipboard.got", session))["text"] == "yours"
    await client.do("stop", session)
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("desktop.input", session, **move)
    await customer.event("desktop.shared", session, picture=None)
    for capability in ("clipboard_in", "clipboard_out"):
        await grant_of(customer, session, capability, "withdrawn")
    assert not agent.bodies("desktop.do")
    assert not agent.bodies("clipboard.got")
