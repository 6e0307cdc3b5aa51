"""The page stream over real sockets: what is granted arrives as it was sent, and nothing else does."""

import asyncio
import os
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from rs_server.core.permissions import AGENT_CLIENT, CUSTOMER, CUSTOMER_CLIENT, STRANGER, Profile, allowed
from rs_server.demo import SITE_KEY
from rs_server.http.page_stream import PERMISSION
from rs_server.protocol.page import FRAME_LIMIT, HEADER_SIZE, Header, Kind, pack
from rs_server.services.page_state import Stream
from rs_server.store.tables import media_notices
from tests.support.client import Api, Refused, Socket
from tests.support.page import Page, PageSocket, RawView, payload

from .conftest import ELSEWHERE, SHOP, House, me, state
from .test_permissions import ACTORS, come, furnish


async def offer(house: House, *capabilities: str) -> None:
    identity = house.services.identity
    await identity.put_site(replace(identity.site(SITE_KEY), capabilities=capabilities))


@dataclass
class Scene:
    """A live session begun on a page of the shop."""

    house: House
    customer: Socket
    agent: Socket
    session: str

    async def give(self) -> None:
        await self.customer.do("grant.give", self.session, capability="page_view")

    async def withdraw(self) -> None:
        await self.customer.do("grant.withdraw", self.session, capability="page_view")

    async def source(self, tab: str = "first-tab") -> Page:
        api = self.customer.api
        return Page(await PageSocket(api, self.session, "source", api.access, tab).open())

    async def view(self, agent: Socket | None = None) -> PageSocket:
        return await PageSocket((agent or self.agent).api, self.session, "view").open()

    async def colleague(self, name: str = "paul") -> Socket:
        """A further agent, to whom the customer agreed."""
        second = await self.house.staff(name)
        user = (await second.event("desk.snapshot"))["me"]["user"]
        await self.agent.do("agent.invite", self.session, user=user)
        await second.do("agent.join", self.session)
        question = await self.customer.until(
            lambda: next(
                (
                    grant
                    for grant in self.customer.view(self.session)["grants"]
                    if grant["capability"] == "further_agent" and grant["state"] == "asked"
                ),
                None,
            )
        )
        await self.customer.do("grant.answer", self.session, grant=question["id"], allow=True)
        await second.event("session.snapshot", self.session)
        return second

    def stream(self) -> Stream:
        found: Stream = self.house.services.page_streams._streams[self.session]
        return found

    def dropped(self) -> dict[str, int]:
        shown = self.stream().shown
        return dict(shown.dropped) if shown is not None else {}

    async def was_dropped(self, reason: str, times: int) -> None:
        async with asyncio.timeout(30):
            while self.dropped().get(reason, 0) < times:
                await asyncio.sleep(0.005)
        assert self.dropped()[reason] == times


@pytest.fixture
async def scene(house: House) -> Scene:
    customer, agent, session = await house.live()
    return Scene(house, customer, agent, session)


async def test_bytes_pass_unchanged(scene: Scene) -> None:
    await scene.give()
    page, view = await scene.source(), await scene.view()
    assert page.wire.flow()
    assert view.flow()
    chunks = [os.urandom(FRAME_LIMIT - HEADER_SIZE), b"", bytes(range(256)) * 100]
    sent = await page.snapshot(*chunks)
    sent += await page.event(b"\x00\xff not JSON")
    sent += await page.event(b"first", b"second")
    await view.has(*sent)
    assert [payload(frame) for frame in view.frames][:3] == chunks
    assert scene.dropped() == {}


async def test_who_comes_late_gets_the_last_snapshot_and_all_since(scene: Scene) -> None:
    await scene.give()
    page = await scene.source()
    await page.snapshot(b"old")
    await page.event(b"old event")
    sent = await page.snapshot(b"snap", b"shot")
    sent += await page.event(b"one")
    first = await scene.view()
    await first.has(*sent)
    sent += await page.event(b"two")
    await first.count(len(sent))
    second = await scene.view()
    sent += await page.event(b"three")
    await second.has(*sent)
    assert page.wire.asked() == 0
    # Half of a new snapshot: what is shown is the last whole one, and then the new one.
    half = pack(Header(Kind.SNAPSHOT, page.epoch + 1, 0, 0, last=False), b"half")
    await page.wire.ws.send_bytes(half)
    async with asyncio.timeout(30):
        while scene.stream().epoch == page.epoch:
            await asyncio.sleep(0.005)
    third = await scene.view()
    await third.has(*sent)
    rest = pack(Header(Kind.SNAPSHOT, page.epoch + 1, 0, 1), b"rest")
    await page.wire.ws.send_bytes(rest)
    await third.has(*sent, half, rest)
    fourth = await scene.view()
    await fourth.has(half, rest)


async def test_without_a_log_a_snapshot_is_asked_for_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a session is bounded; viewers who are there go on."""
    monkeypatch.setattr("rs_server.services.page_state.LOG_LIMIT", 300_000)
    monkeypatch.setattr("rs_server.services.page_relay.SNAPSHOT_SECONDS", 0.2)
    await scene.give()
    page, first = await scene.source(), await scene.view()
    sent = await page.snapshot(b"snapshot")
    stream = scene.stream()
    most = 0
    for number in range(20):
        sent += await page.event(os.urandom(60_000))
        await first.count(len(sent))
        most = max(most, stream.log.size)
        assert stream.log.size <= 300_000, number
    assert most > 200_000
    assert first.frames == sent
    while stream.log.frames():
        sent += await page.event(os.urandom(60_000))
        await first.count(len(sent))
    late = [await scene.view() for _ in range(3)]
    await page.wire.until(page.wire.asked)
    anew = await page.snapshot(b"anew")
    for view in late:
        await view.has(*anew)
    assert page.wire.asked() == 1
    await scene.view()
    await first.until(lambda: first.bye)
    assert first.bye == "not_allowed", "of one person's sockets the oldest goes"


async def test_a_slow_viewer_is_cut_and_others_are_not(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.http.page_stream.MOST_BEHIND", 500_000)
    second = await scene.colleague()
    await scene.give()
    page, quick = await scene.source(), await scene.view(second)
    sent = await page.snapshot(b"snapshot")
    slow = await RawView(scene.agent.api, scene.session).open_view()
    assert len(scene.stream().views) == 2
    for _ in range(40):
        sent += await page.event(os.urandom(60_000))
        await quick.count(len(sent))
    assert quick.frames == sent
    # Its words, Bye among them, come behind what the system had taken already.
    got = await slow.rest()
    assert b'"behind"' in got[-1]
    assert got[:-1] == sent[: len(got) - 1], "what came was whole and in order"
    assert len(got) < len(sent)
    slow.close()
    back = await scene.view()
    await back.has(*sent)


async def test_the_wire_carries_what_repeats_itself_once(scene: Scene) -> None:
    """permessage-deflate with context takeover (RFC 7692, 7.1.1)."""
    await scene.give()
    page = await scene.source()
    message = os.urandom(2000).hex().encode()
    await page.snapshot(b"s")
    view = await RawView(scene.agent.api, scene.session).open_view()
    assert b"permessage-deflate" in view.answer
    assert b"no_context_takeover" not in view.answer
    sizes = []
    await view.frame()
    for _ in range(5):
        (sent,) = await page.event(message)
        size, frame = await view.frame()
        assert frame == sent
        sizes.append(size)
    assert sizes[0] > 1900
    assert all(size < sizes[0] / 20 for size in sizes[1:]), sizes
    view.close()
    async with scene.agent.api.http.ws_connect(
        f"{scene.house.base}/api/v1/socket", headers={"Origin": scene.house.base}, compress=15
    ) as control:
        assert control.compress == 0, "the control socket stays small"


# --- consent ---


async def notices(house: House) -> int:
    """Frames of a page that were held back, by the detail report."""
    async with house.services.hub.database.read() as connection:
        found = await connection.execute(select(media_notices).where(media_notices.c.what == "dropped:page"))
        return sum(row.count for row in found)


async def test_nothing_passes_before_the_grant(scene: Scene) -> None:
    page, view = await scene.source(), await scene.view()
    assert not page.wire.flow()
    assert not view.flow()
    await page.snapshot(b"secret")
    await page.event(b"secret")
    await scene.was_dropped("no_consent", 2)
    async with asyncio.timeout(30):
        while not await notices(scene.house):
            await asyncio.sleep(0.01)
    await scene.agent.do("grant.ask", scene.session, capability="page_view")
    await page.event(b"secret")
    await scene.was_dropped("no_consent", 3)
    await scene.give()
    await view.until(view.flow)
    await page.wire.until(page.wire.flow)
    await page.event(b"secret")
    await scene.was_dropped("epoch", 1)
    sent = await page.snapshot(b"public")
    await view.has(*sent)


async def test_withdrawal_ends_it_at_once_for_those_whom_it_concerns(scene: Scene) -> None:
    second = await scene.colleague()
    await scene.give()
    page, first, other = await scene.source(), await scene.view(), await scene.view(second)
    sent = await page.snapshot(b"snapshot")
    await first.has(*sent)
    grant = next(
        grant["id"]
        for grant in scene.customer.view(scene.session)["grants"]
        if grant["capability"] == "page_view" and grant["holder"] == me(scene.agent, scene.session)
    )
    await scene.customer.do("grant.withdraw", scene.session, grant=grant)
    more = await page.event(b"not for the first")
    await other.has(*sent, *more)
    assert not first.flow()
    assert first.frames == sent
    late = await scene.view()
    assert not late.flow()
    await scene.withdraw()
    await page.wire.until(lambda: not page.wire.flow())
    await page.event(b"for nobody")
    await scene.was_dropped("late", 1)
    await other.until(lambda: not other.flow())
    assert other.frames == sent + more
    assert scene.stream().log.size == 0
    # Given again: from a new snapshot, on the same sockets.
    await scene.give()
    await page.wire.until(page.wire.flow)
    anew = await page.snapshot(b"anew")
    await other.has(*sent, *more, *anew)
    await first.has(*sent, *anew)
    assert not first.bye
    assert not other.bye
    await scene.customer.do("stop", scene.session)
    await first.until(lambda: not first.flow())


async def test_a_page_that_pauses_is_seen_by_nobody_until_it_resumes(scene: Scene) -> None:
    await scene.give()
    page, view = await scene.source(), await scene.view()
    other = await scene.source("other-tab")
    sent = await page.snapshot(b"snapshot")
    await view.has(*sent)
    await other.wire.ws.send_json({"type": "page.pause", "paused": True})
    await view.until(lambda: not view.flow())
    await page.wire.until(lambda: not page.wire.flow())
    await scene.agent.event("page.tabs", scene.session, paused=True)
    assert scene.stream().log.size == 0
    await page.event(b"secret")
    await scene.was_dropped("late", 1)
    assert not (await scene.view()).flow()
    again = await scene.source("third-tab")
    assert not again.wire.flow(), "it is of the session"
    await again.wire.ws.send_json({"type": "page.pause", "paused": False})
    await other.wire.close()
    await scene.withdraw()
    await scene.give()
    assert not (await scene.view()).flow(), "whatever is allowed meanwhile"
    other = await scene.source("other-tab")
    assert not other.wire.flow(), "it comes back as it was"
    await other.wire.ws.send_json({"type": "page.pause", "paused": False})
    await view.until(view.flow)
    await page.wire.until(page.wire.flow)
    await scene.agent.event("page.tabs", scene.session, paused=False)
    anew = await page.snapshot(b"anew")
    await view.has(*sent, *anew)


async def test_what_is_queued_at_the_withdrawal_never_arrives(scene: Scene) -> None:
    await scene.give()
    page = await scene.source()
    await page.snapshot(b"snapshot")
    slow = await RawView(scene.agent.api, scene.session).open_view()
    stream = scene.stream()
    connection: Any = next(iter(stream.views))
    for _ in range(40):
        (last,) = await page.event(os.urandom(60_000))
    async with asyncio.timeout(30):
        while stream.log.frames()[-1] != last:
            await asyncio.sleep(0.005)
    waiting = connection.out.pending
    assert waiting > 10
    await scene.withdraw()
    got = await slow.rest()
    assert len(got) < 41 - waiting, "what the system still had is lost with the connection"
    assert last not in got
    slow.close()
    assert not (await scene.view()).flow()


async def test_the_end_of_a_part_ends_the_view(scene: Scene) -> None:
    second = await scene.colleague()
    await scene.give()
    page, first, other = await scene.source(), await scene.view(), await scene.view(second)
    await second.do("session.leave", scene.session)
    await other.until(lambda: other.bye)
    assert other.bye == "not_found"
    assert not first.bye
    await scene.agent.do("session.end", scene.session)
    await first.until(lambda: first.bye)
    await page.wire.until(lambda: page.wire.bye)
    assert (first.bye, page.wire.bye) == ("session_ended", "session_ended")
    streams = scene.house.services.page_streams
    async with asyncio.timeout(30):
        while streams._streams:
            await asyncio.sleep(0.01)


async def test_signing_out_ends_the_view(scene: Scene) -> None:
    await scene.give()
    view = await scene.view()
    await scene.agent.api.call("POST", "/logout")
    await view.until(lambda: view.bye)
    assert view.bye == "not_signed_in"


async def test_page_view_needs_a_page(scene: Scene) -> None:
    """No company's page is in a session that the agent began; nor where the site does not offer it."""
    agent = await scene.house.staff("sofia")
    await agent.event("desk.snapshot")
    await agent.do("agent.state", state="ready")
    customer, _, session = await scene.house.called(agent)
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("grant.give", session, capability="page_view")


async def test_a_site_offers_it_or_not(house: House) -> None:
    await offer(house, "hear", "see", "screen_view")
    customer, _agent, session = await house.live()
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("grant.give", session, capability="page_view")
    assert "page_view" in customer.view(session)["session"]["withheld"]


# --- who may open it ---


async def knock(api: Api, session: str, role: str, token: str | None = None) -> str:
    """What the door says."""
    try:
        found = await PageSocket(api, session, role, token).open()
    except aiohttp.WSServerHandshakeError as error:
        return f"http {error.status}"
    answer = found.bye or "welcome"
    await found.close()
    return answer


@pytest.mark.parametrize("actor", ACTORS)
async def test_every_role_by_everybody_equals_the_table(house: House, actor: str) -> None:
    assert set(ACTORS) == {STRANGER, CUSTOMER, CUSTOMER_CLIENT, AGENT_CLIENT, *Profile}
    session = await furnish(house)
    api, _socket, own = await come(house, actor)
    for role, permission in PERMISSION.items():
        answer = await knock(api, own or session, role, api.access)
        if actor == STRANGER:
            assert answer == "not_signed_in"
        elif actor in (CUSTOMER_CLIENT, AGENT_CLIENT):
            assert answer == "resume_refused", "a native client has no page"
        elif not allowed(permission, [actor]):
            assert answer == "not_allowed", (role, answer)
        else:
            assert answer == ("welcome" if own else "not_found"), (role, answer)


async def test_only_ones_own_session(scene: Scene) -> None:
    other, theirs = await scene.house.customer("Karl")
    assert await knock(other.api, scene.session, "source", other.api.access) == "not_found"
    assert await knock(scene.customer.api, theirs, "source", scene.customer.api.access) == "not_found"
    assert await knock(scene.agent.api, theirs, "view") == "not_found"
    assert await knock(scene.agent.api, "x" * 24, "view") == "not_found"
    paul = await scene.house.staff("paul")
    user = (await paul.event("desk.snapshot"))["me"]["user"]
    await scene.agent.do("agent.invite", scene.session, user=user)
    assert await knock(paul.api, scene.session, "view") == "not_found"
    await paul.do("agent.join", scene.session)
    assert await knock(paul.api, scene.session, "view") == "not_found", "the customer did not agree yet"
    await scene.agent.do("session.end", scene.session)
    await scene.customer.until(lambda: state(scene.customer, scene.session) == "ended")
    assert await knock(scene.customer.api, scene.session, "source", scene.customer.api.access) == "session_ended"
    assert await knock(scene.agent.api, scene.session, "view") == "not_found", "nobody of staff has a part any more"


async def test_tokens(scene: Scene) -> None:
    api = scene.customer.api
    for token in (scene.customer.token, scene.customer.welcome["resume"], "x" * 32):
        assert await knock(api, scene.session, "source", token) == "resume_refused"
    former = api.access
    back = await Socket(api, scene.customer.welcome["resume"]).open()
    assert await knock(api, scene.session, "source", former) == "resume_refused"
    assert await knock(api, scene.session, "source", back.welcome["access"]) == "welcome"
    assert back.bye is None


async def test_origins(scene: Scene) -> None:
    house, cookies = scene.house, scene.agent.api
    got = {}
    for origin in (house.base, SHOP, ELSEWHERE, "null", ""):
        page = await knock(house.api(origin), scene.session, "source", scene.customer.api.access)
        cookies.origin = origin
        got[origin] = (page, await knock(cookies, scene.session, "view"))
    assert got == {
        house.base: ("resume_refused", "welcome"),
        SHOP: ("welcome", "not_signed_in"),
        ELSEWHERE: ("http 403", "http 403"),
        "null": ("http 403", "http 403"),
        "": ("welcome", "not_signed_in"),
    }


async def test_wrong_hellos_are_slowed_down(house: House) -> None:
    api = house.api(address="127.0.0.6")
    said = [await knock(api, "s", "source", "x" * 32) for _ in range(40)]
    assert said[:30] == ["resume_refused"] * 30
    assert "throttled" in said[30:]
