"""What native clients show and what is done there, over real sockets: nothing without the consent of that moment."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from rs_server.services import desktop
from tests.support import native
from tests.support.client import Refused, Socket
from tests.support.figures import held
from tests.support.page import RawSocket

from .conftest import House, me
from .test_native import allow
from .test_page_control import grant_of
from .test_page_stream import Scene as Together

MOVE = {"op": "move", "x": 0.5, "y": 0.25}


@dataclass
class Scene:
    """A live session, and the customer's native client."""

    house: House
    customer: Socket
    agent: Socket
    session: str
    client: Socket

    @property
    def giver(self) -> str:
        return me(self.customer, self.session)

    async def let(self, *capabilities: str) -> None:
        await allow(self.client, self.agent, self.session, *capabilities)

    async def shows(self, number: int = 1, kind: str = "desktop", **more: Any) -> None:
        shown = native.picture(number, kind, **more)
        await self.client.do("desktop.share", self.session, picture=shown)
        await self.agent.until(lambda: self.seen(self.agent) == number)

    def seen(self, socket: Socket) -> int | None:
        told = socket.bodies("desktop.shared", self.session)
        return told[-1]["picture"] and int(told[-1]["picture"]["number"]) if told else None

    async def input(self, *events: dict[str, Any], picture: int = 1, by: Socket | None = None) -> None:
        fields = {"giver": self.giver, "picture": picture, "events": list(events) or [MOVE]}
        await (by or self.agent).do("desktop.input", self.session, **fields)

    def done(self) -> list[dict[str, Any]]:
        return self.client.bodies("desktop.do", self.session)

    async def colleague(self, name: str = "paul") -> Socket:
        return await Together(self.house, self.customer, self.agent, self.session).colleague(name)

    async def notices(self) -> Counter[str]:
        detail = await (await self.house.signed_in("otto")).call("GET", f"/sessions/{self.session}")
        counts: Counter[str] = Counter()
        for row in detail["notices"]:
            counts[row["what"]] += row["count"]
        return counts

    async def lines(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.agent.view(self.session)["lines"] if line["kind"] == kind]


@pytest.fixture
async def scene(house: House) -> Scene:
    customer, agent, session = await house.live()
    return Scene(house, customer, agent, session, await native.client_of(customer, house.api("")))


# --- what is shown ---


async def test_what_is_shown_is_told_to_those_who_see_it_and_to_the_giver(scene: Scene) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        await scene.client.do("desktop.share", scene.session, picture=native.picture())
    await scene.let("desktop_view")
    monitors = [{"id": name, "name": name, "width": 800, "height": 600} for name in ("DP-1", "DP-2")]
    blind = await scene.colleague()
    await scene.shows(monitors=monitors, monitor="DP-1")
    await scene.customer.event("desktop.shared")
    (told,) = scene.agent.bodies("desktop.shared")
    assert told["giver"] == scene.giver
    assert told["picture"]["monitors"] == monitors
    assert scene.customer.bodies("desktop.shared") == [told]
    late = await Socket(scene.agent.api).open()
    assert (await late.event("session.snapshot", scene.session))["shares"] == [{**told, "type": "desktop.shared"}]
    for socket in (blind, scene.client):
        assert not socket.bodies("desktop.shared")

    with pytest.raises(Refused, match="not_allowed"):
        await scene.client.do("desktop.share", scene.session, picture=native.picture(2, "application"))
    await scene.shows(2, name="DP-2")
    again = scene.agent.bodies("desktop.shared")[-1]
    assert again["since"] == told["since"]
    await scene.client.do("desktop.share", scene.session, picture=None)
    await scene.agent.event("desktop.shared", picture=None)
    assert [line["data"] for line in await scene.lines("sharing")] == [
        {"what": "desktop", "name": "DP-1"},
        {"what": "desktop", "name": "DP-2"},
    ]


async def test_an_application_is_named_in_the_log(scene: Scene) -> None:
    await scene.let("application_view")
    await scene.shows(kind="application", name="Tax \u202e2026")
    await scene.shows(1, "application", name="Tax \u202e2026", width=640)
    (line,) = await scene.lines("sharing")
    assert line["data"] == {"what": "application", "name": "Tax \N{REPLACEMENT CHARACTER}2026"}
    assert (line["by"], line["audience"]) == (scene.giver, "everyone")


async def test_a_flood_of_pictures_and_measures_is_bounded(scene: Scene) -> None:
    """Of a client that is hostile: neither the log nor who views is flooded, and the conversation goes on."""
    await scene.let("desktop_view")
    refused = Counter[str]()

    async def share(number: int) -> None:
        try:
            shown = native.picture(number, name=f"DP-{number}")
            await scene.client.do("desktop.share", scene.session, picture=shown)
        except Refused as error:
            refused[error.code] += 1

    begun = asyncio.get_running_loop().time()
    for number in range(300):
        await asyncio.gather(
            share(number), scene.client.do("desktop.measure", scene.session, rate=30.0, delay=0.1, bits=1e6)
        )
    seconds = asyncio.get_running_loop().time() - begun
    assert set(refused) == {"throttled"}
    assert len(await scene.lines("sharing")) <= 31 + seconds / 30
    assert len(scene.agent.bodies("desktop.shared")) <= 62 + seconds
    assert len(scene.agent.bodies("desktop.quality")) <= 2 + seconds / 1.9
    await scene.customer.do("chat.post", scene.session, key="k", text="still there")
    await scene.agent.event("line.added")


async def test_what_is_in_the_log_already_can_be_shown_again_however_often(scene: Scene) -> None:
    await scene.let("desktop_view")
    for number in range(45):
        await scene.client.do("desktop.share", scene.session, picture=native.picture(number, name=f"DP-{number % 2}"))
    await scene.agent.until(lambda: scene.seen(scene.agent) == 44)
    assert 2 < len(await scene.lines("sharing")) < 40


async def test_each_consent_is_followed_by_what_is_shown_however_often(scene: Scene) -> None:
    for number in range(34):
        await scene.let("desktop_view")
        await scene.shows(number)
        await scene.client.do("stop", scene.session)
        await scene.agent.until(lambda: scene.seen(scene.agent) is None)
    assert len(await scene.lines("sharing")) == 34


async def test_who_is_let_see_later_is_told_and_who_no_longer_may_as_well(scene: Scene) -> None:
    await scene.let("desktop_view")
    second = await scene.colleague()
    await scene.shows()
    await second.do("grant.ask", scene.session, capability="desktop_view")
    question = await scene.client.until(
        lambda: next((g for g in scene.client.view(scene.session)["grants"] if g["state"] == "asked"), None)
    )
    await scene.client.do("grant.answer", scene.session, grant=question["id"], allow=True)
    await second.event("desktop.shared")
    assert scene.seen(second) == 1
    await scene.customer.do("grant.withdraw", scene.session, grant=question["id"])
    await second.event("desktop.shared", picture=None)
    assert scene.seen(scene.agent) == 1
    await scene.customer.do("grant.withdraw", scene.session, capability="desktop_view")
    await scene.agent.event("desktop.shared", picture=None)
    await scene.customer.event("desktop.shared", picture=None)


async def test_who_comes_back_hears_what_is_shown_now(scene: Scene) -> None:
    await scene.let("desktop_view")
    await scene.shows()
    seen = scene.agent.view(scene.session)["seq"]
    await scene.agent.close()
    await scene.client.do("desktop.share", scene.session, picture=None)
    agent = await Socket(scene.agent.api, since={scene.session: seen}).open()
    told = await agent.event("desktop.shared", scene.session, giver=scene.giver)
    assert told["picture"] is None


async def test_how_it_goes_is_told_to_those_who_see_it(scene: Scene) -> None:
    await scene.let("desktop_view")
    await scene.shows()
    for _ in range(3):
        await scene.client.do("desktop.measure", scene.session, rate=24.5, delay=0.12, bits=2e6)
    told = await scene.agent.event("desktop.quality", scene.session)
    assert (told["giver"], told["rate"], told["delay"], told["bits"]) == (scene.giver, 24.5, 0.12, 2e6)
    await scene.client.do("chat.typing", scene.session)
    await scene.agent.event("typing")
    assert len(scene.agent.bodies("desktop.quality")) == 1
    assert not scene.customer.bodies("desktop.quality")


# --- input ---


async def test_input_goes_to_the_client_with_who_it_is_by(scene: Scene) -> None:
    await scene.let("desktop_view", "desktop_control")
    with pytest.raises(Refused, match="conflict"):
        await scene.input()
    await scene.shows()
    events: list[dict[str, Any]] = [
        MOVE,
        {"op": "button", "x": 0.5, "y": 0.25, "button": 1, "down": True},
        {"op": "wheel", "x": 0.5, "y": 0.25, "dx": 0, "dy": -1.5},
        {"op": "key", "key": "é", "code": "Digit2", "down": True},
        {"op": "text", "text": "Ünïcode ✓\n"},
        {"op": "release"},
    ]
    await scene.input(*events)
    (done,) = await scene.client.until(scene.done)
    assert (done["by"], done["by_name"], done["picture"]) == (me(scene.agent, scene.session), "Amélie Morel", 1)
    assert done["events"] == events
    assert not scene.customer.bodies("desktop.do")
    await scene.shows(2)
    with pytest.raises(Refused, match="conflict"):
        await scene.input(picture=1)
    await scene.input(picture=2)
    assert len(await scene.lines("control_on")) == 1
    await scene.customer.do("grant.withdraw", scene.session, capability="desktop_control")
    await scene.agent.until(lambda: any(b["line"]["kind"] == "control_off" for b in scene.agent.bodies("line.added")))
    (off,) = await scene.lines("control_off")
    assert (off["by_name"], off["data"]) == ("Amélie Morel", {"capability": "desktop_control", "giver": "Jeanne"})


async def test_input_before_the_grant_is_dropped_and_noted(scene: Scene) -> None:
    for grants in ((), ("desktop_view",)):
        await scene.let(*grants)
        if grants:
            await scene.shows()
        with pytest.raises(Refused, match="not_allowed"):
            await scene.input(MOVE, MOVE)
    await scene.agent.do("grant.ask", scene.session, capability="desktop_control")
    with pytest.raises(Refused, match="not_allowed"):
        await scene.input()
    await scene.customer.do("chat.post", scene.session, key="1", text="after")
    await scene.client.event("line.added")
    assert not scene.done()
    await scene.house.services.recordings.notices.close()
    assert (await scene.notices())["dropped:desktop_input"] == 5
    assert not await scene.lines("control_on")


async def test_while_something_is_asked_nobody_controls(scene: Scene) -> None:
    """Whoever controls the computer could answer for its user, in a browser as well."""
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    await scene.input()
    await scene.agent.do("grant.ask", scene.session, capability="see")
    with pytest.raises(Refused, match="conflict"):
        await scene.input()
    with pytest.raises(Refused, match="controlled"):
        await scene.customer.do("grant.give", scene.session, capability="screen_view")
    question = await grant_of(scene.customer, scene.session, "see", "asked")
    await scene.customer.do("grant.answer", scene.session, grant=question["id"], allow=False)
    await scene.input()
    await scene.client.until(lambda: len(scene.done()) == 2)
    await scene.house.services.recordings.notices.close()
    assert not await scene.notices()


async def test_control_of_one_kind_is_none_of_the_other(scene: Scene) -> None:
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    await scene.input()
    await scene.let("application_view")
    await grant_of(scene.agent, scene.session, "desktop_control", "ended")
    await scene.agent.event("desktop.shared", picture=None)
    await scene.shows(2, "application", name="Editor")
    with pytest.raises(Refused, match="not_allowed"):
        await scene.input(picture=2)
    assert len(scene.done()) == 1


async def test_a_colleague_has_no_control_by_anothers_grant(scene: Scene) -> None:
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    second = await scene.colleague()
    with pytest.raises(Refused, match="not_allowed"):
        await scene.input(by=second)
    await scene.agent.do("session.hand_over", scene.session, to=me(second, scene.session))
    await grant_of(scene.agent, scene.session, "desktop_control", "ended")
    for socket in (scene.agent, second):
        with pytest.raises(Refused, match="not_allowed"):
            await scene.input(by=socket)
    assert not scene.done()


async def test_only_what_was_given_at_this_client_counts(scene: Scene) -> None:
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    async with scene.house.services.hub.change(scene.session) as change:
        for grant in list(change.session.live_grants()):
            if grant.capability == "desktop_control":
                change.grant(msgspec.structs.replace(grant, endpoint="another"))
    with pytest.raises(Refused, match="not_allowed"):
        await scene.input()
    assert not scene.done()


async def test_while_the_client_is_away_nothing_is_taken(scene: Scene) -> None:
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    await scene.client.close()
    await scene.agent.until(lambda: all(p["native"] is None for p in scene.agent.view(scene.session)["presence"]))
    with pytest.raises(Refused, match="not_ready"):
        await scene.input()
    with pytest.raises(Refused, match="not_ready"):
        await scene.agent.do("desktop.choose", scene.session, giver=scene.giver, mode="sampling")
    scene.client = await native.back(scene.client)
    await scene.client.event("session.snapshot", scene.session)
    await scene.input()
    await scene.client.until(scene.done)


BAD: list[Any] = [
    {"op": "move", "x": 1.01, "y": 0},
    {"op": "move", "x": -0.1, "y": 0},
    {"op": "move", "x": "0", "y": 0},
    {"op": "move", "x": 0},
    {"op": "button", "x": 0, "y": 0, "button": 4, "down": True},
    {"op": "wheel", "x": 0, "y": 0, "dy": 1e9},
    {"op": "key", "key": "", "down": True},
    {"op": "key", "key": "x" * 33, "down": True},
    {"op": "key", "key": "a", "code": "Key A", "down": True},
    {"op": "text", "text": "\x1b[2J"},
    {"op": "text", "text": "x" * 1001},
    {"op": "release", "more": 1},
    {"op": "exec", "text": "xterm"},
]


@pytest.mark.parametrize("event", BAD, ids=lambda event: str(event)[:50])
async def test_input_that_is_none(scene: Scene, event: Any) -> None:
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    with pytest.raises(Refused, match="bad_request"):
        await scene.input(event)
    for events in ([], [MOVE] * 65):
        with pytest.raises(Refused, match="bad_request"):
            await scene.agent.do("desktop.input", scene.session, giver=scene.giver, picture=1, events=events)
    await scene.input()
    assert len(await scene.client.until(scene.done)) == 1


# --- withdrawal ---


async def raw_client(scene: Scene) -> RawSocket:
    """The client again, on a connection that reads nothing until told."""
    await scene.client.close()
    hello = {"type": "hello", "token": scene.client.welcome["resume"], "since": {}, **scene.client.hello}
    raw = RawSocket(scene.client.api, "/api/v1/socket", hello)
    assert (await raw.open())["type"] == "welcome"
    command = {"type": "desktop.share", "picture": native.picture()}
    await raw.say({"type": "command", "id": 1, "session": scene.session, "body": command})
    return raw


async def words(raw: RawSocket, over: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """What comes, up to the word that is wanted."""
    got: list[dict[str, Any]] = []
    while not (got and over(got[-1])):
        frame = json.loads((await raw.frame())[1])
        got.append(frame["body"] if frame["type"] == "event" else frame)
    return got


def is_the_end(word: dict[str, Any]) -> bool:
    return bool(word["type"] == "session.changed" and word["session"]["state"] == "ended")


@pytest.mark.parametrize("how", ["stop", "withdraw", "end"])
async def test_a_thousand_inputs_behind_a_slow_reader_and_then_stop(scene: Scene, how: str) -> None:
    await scene.let("desktop_view", "desktop_control")
    await scene.shows()
    raw = await raw_client(scene)
    await scene.agent.until(lambda: len(scene.agent.bodies("desktop.shared")) == 2)
    text = {"op": "text", "text": "x" * 400}
    codes: list[str] = []
    while codes.count("behind") < 3:
        try:
            await scene.input(*[text] * 4)
            codes.append("passed")
        except Refused as refused:
            codes.append(refused.code)
    passed = codes.count("passed")
    assert passed >= desktop.MOST_BEHIND, "a thousand inputs"
    assert set(codes) == {"passed", "behind"}
    if how == "stop":
        await scene.customer.do("stop", scene.session)
    elif how == "withdraw":
        await scene.customer.do("grant.withdraw", scene.session, capability="desktop_control")
    if how != "end":
        with pytest.raises(Refused, match="not_allowed"):
            await scene.input()
    await scene.agent.do("session.end", scene.session)
    told = await words(raw, is_the_end)
    kinds = [word["type"] for word in told]
    over = next(
        i
        for i, word in enumerate(told)
        if word["type"] == "grant.changed"
        and word["grant"]["capability"] == "desktop_control"
        and word["grant"]["state"] in ("withdrawn", "ended")
    )
    assert "desktop.do" not in kinds[over:], "none arrives after the word that ends it"
    arrived = kinds.count("desktop.do")
    assert arrived < passed - desktop.MOST_BEHIND + 10, (arrived, passed)
    raw.close()


async def test_stop_to_the_last_input_that_is_passed(scene: Scene) -> None:
    """Of a reader who keeps up: what arrives after the customer's Stop was sent."""
    clock = asyncio.get_running_loop().time
    slowest = 0.0
    for _ in range(20):
        await scene.let("desktop_view", "desktop_control")
        await scene.shows()
        arrived: list[float] = []
        acting = asyncio.create_task(act_until_refused(scene))
        hearing = asyncio.create_task(note_arrivals(scene, arrived))
        await scene.client.until(scene.done)
        began = clock()
        await scene.customer.do("stop", scene.session)
        assert await acting in ("not_allowed", "conflict")
        hearing.cancel()
        slowest = max([slowest, *(at - began for at in arrived)])
        scene.client.frames = [frame for frame in scene.client.frames if frame["body"]["type"] != "desktop.do"]
    held("native: slowest Stop to last input passed, of 20", slowest * 1000, "ms", 200)


async def act_until_refused(scene: Scene) -> str:
    while True:
        try:
            await scene.input()
        except Refused as refused:
            return refused.code


async def note_arrivals(scene: Scene, arrived: list[float]) -> None:
    while True:
        await scene.client.until(lambda: len(scene.done()) > len(arrived), timeout=30)
        arrived.append(asyncio.get_running_loop().time())
