"""What a reader puts together from events equals a fresh snapshot: after every kind of event, for every reader."""

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

from rs_server.protocol import session as protocol
from rs_server.protocol.session import Durable
from tests.support.client import Refused, Socket

from .conftest import House, accept, me, offered, state


def settled(socket: Socket, session: str) -> dict[str, Any]:
    """The view without the presence of those who left, which a fresh reader does not get; and, for a customer,
    without the number of the last event, which may be one that customers do not get."""
    view = socket.view(session)
    if not view:
        return {}
    if socket.token is not None:
        view.pop("seq")
    here = {person["id"] for person in view["participants"] if person["left_at"] is None}
    presence = sorted((p for p in view["presence"] if p["participant"] in here), key=lambda p: str(p["participant"]))
    return {**view, "presence": presence}


def sorted_desk(socket: Socket) -> dict[str, Any]:
    desk = socket.desk()
    return {key: sorted(value, key=repr) if isinstance(value, list) else value for key, value in desk.items()}


async def equal(reader: Socket, view: Callable[[], Any], want: Callable[[], Any]) -> None:
    """Both come to the same, soon."""
    try:
        await reader.until(lambda: view() == want(), 5)
    except TimeoutError:
        assert view() == want()


class Watcher:
    """A second socket for each reader, to compare with."""

    def __init__(self, house: House, session: str, *readers: Socket) -> None:
        self.house, self.session, self.readers = house, session, readers
        self.seen: set[str] = set()
        self.windows: dict[Socket, Socket] = {}

    async def fresh(self, reader: Socket) -> Socket:
        """A new socket of the same person, of a customer in another window."""
        if reader.token is None:
            last = await Socket(reader.api).open()
        elif reader in self.windows:
            window = self.windows[reader]
            last = await Socket(window.api, window.welcome["resume"]).open()
        else:
            path = (await reader.api.call("POST", "/session/link"))["path"]
            last = await self.house.join(path.removeprefix("/j/"))
        if reader.token is not None:
            self.windows[reader] = last
        await last.event("session.snapshot", self.session)
        return last

    async def check(self) -> None:
        for reader in self.readers:
            last = await self.fresh(reader)
            await equal(reader, partial(settled, reader, self.session), partial(settled, last, self.session))
            await last.close()
        for reader in self.readers:
            self.seen.update(frame["body"]["type"] for frame in reader.frames)


async def test_every_kind_of_event(house: House) -> None:
    agent, other = await house.agent("amelie"), await house.staff("sofia")
    session = (await agent.api.call("POST", "/sessions", {"queue": "billing", "customer_name": "J."}))["session"]
    await agent.event("session.snapshot", session)
    watch = Watcher(house, session, agent)
    await watch.check()

    for way in ("number", "link", "link"):
        made = await agent.api.call("POST", f"/sessions/{session}/invites", {"way": way})
        await watch.check()
    await agent.api.call("DELETE", f"/sessions/{session}/invites/{made['invite']['id']}")
    await watch.check()
    link = (
        (await agent.api.call("POST", f"/sessions/{session}/invites", {"way": "link"}))["url"]
        .rsplit("/", 1)[-1]
        .partition("?")[0]
    )
    customer = await house.join(link, "Jeanne")
    await customer.event("session.snapshot", session)
    watch.readers = (agent, customer)
    await watch.check()

    await agent.do("session.rename", session, name="Jeanne d'Arc")
    await customer.do("chat.post", session, key="1", text="hello")
    await agent.do("chat.post", session, key="2", text="between us", audience="staff")
    await agent.do("note.save", session, text="a note", version=0)
    await watch.check()

    await agent.do("grant.ask", session, capability="see")
    await watch.check()
    grant = agent.view(session)["grants"][-1]["id"]
    await customer.until(lambda: customer.view(session)["grants"])
    await customer.do("grant.answer", session, grant=grant, allow=True)
    await customer.do("grant.give", session, capability="hear")
    await agent.do("grant.give", session, capability="screen_view")
    await watch.check()
    await customer.do("stop", session)
    await agent.do("grant.ask", session, capability="screen_view")
    await agent.do("grant.cancel", session, grant=await newest_question(agent, session))
    await watch.check()

    await agent.do("recording.start", session)
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=True)
    await watch.check()
    await agent.do("recording.stop", session)

    await customer.do("media.open", session)
    await customer.do("media.mute", session, muted=True)
    await agent.do("media.open", session)
    await agent.do("media.focus")
    await watch.check()
    await agent.do("media.focus", session)
    await agent.do("media.answer", session, leg=(await agent.event("media.offer", session))["leg"], sdp="v=0")
    await watch.check()

    await agent.do("agent.invite", session, user=await house.user_id("sofia"))
    await other.until(lambda: other.desk().get("invitations"))
    await other.do("agent.join", session)
    await watch.check()
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=True)
    await other.event("session.snapshot", session)
    watch.readers = (agent, customer, other)
    await watch.check()
    await other.do("agent.state", state="ready")
    await agent.do("session.hand_over", session, to=me(other, session))
    await watch.check()
    await agent.do("session.leave", session)
    watch.readers = (customer, other)
    await watch.check()

    files = f"{house.base}/api/v1/sessions/{session}/files"
    headers = {"Upload-Length": "3", "Upload-Metadata": "name YQ==", "Tus-Resumable": "1.0.0"}
    async with customer.api.http.post(files, headers={**customer.api.headers(), **headers}) as response:
        place = response.headers["Location"]
        assert response.status == 201
    await watch.check()
    patch = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}
    async with customer.api.http.patch(
        house.base + place if place.startswith("/") else place, data=b"abc", headers={**customer.api.headers(), **patch}
    ) as response:
        assert response.status == 204
    await watch.check()

    await other.do("session.end", session)
    await customer.until(lambda: state(customer, session) == "ended")
    await customer.do("session.rate", session, stars=4, comment="fine")
    await customer.until(lambda: customer.view(session)["session"]["rating"] == 4)
    last = await Socket(customer.api, customer.welcome["resume"]).open()
    await last.event("session.snapshot", session)
    assert settled(last, session) == settled(customer, session)

    durable = {str(kind.__struct_config__.tag) for kind in get_args(Durable)}
    assert durable <= watch.seen, durable - watch.seen
    assert str(protocol.PresenceChanged.__struct_config__.tag) in watch.seen


async def newest_question(socket: Socket, session: str) -> str:
    """The grant that is asked for now."""

    def find() -> Any:
        asked = [grant for grant in socket.view(session).get("grants", ()) if grant["state"] == "asked"]
        return asked[-1]["id"] if asked else None

    return str(await socket.until(find))


async def test_waiting_being_served_and_waiting_again(house: House) -> None:
    first, session = await house.customer("Jeanne")
    second, _ = await house.customer("Karl")
    watch = Watcher(house, session, first)
    await first.until(lambda: first.view(session).get("position"))
    await watch.check()
    agent = await house.agent()
    other = await house.agent("sofia")
    await accept(agent, session)
    watch.readers = (first, agent)
    await watch.check()
    await agent.do("chat.post", session, key="1", text="hello")
    await agent.close()
    await watch_offline(first, session)
    watch.readers = (first,)
    await watch.check()
    await second.close()
    await other.close()


async def watch_offline(customer: Socket, session: str) -> None:
    await customer.until(
        lambda: any(
            not presence["online"]
            for presence in customer.view(session)["presence"]
            if presence["participant"] == customer.view(session)["session"]["primary"]
        )
    )


async def check_desk(*sockets: Socket) -> None:
    for socket in sockets:
        other = await Socket(socket.api).open()
        await other.event("desk.snapshot")
        await equal(socket, partial(sorted_desk, socket), partial(sorted_desk, other))
        await other.close()


async def test_the_desk(house: House) -> None:
    agent, other, boss = await house.agent("amelie"), await house.staff("paul"), await house.staff("sam")
    everybody = (agent, other, boss)
    await check_desk(*everybody)
    await other.do("agent.state", state="not_ready", reason="lunch")
    await check_desk(*everybody)
    customer, session = await house.customer("Jeanne", question="why?")
    offer = await offered(agent, session)
    await check_desk(*everybody)
    await agent.do("offer.reject", offer=offer["id"])
    await check_desk(*everybody)
    contact = (await boss.until(lambda: boss.desk()["waiting"]))[0]["contact"]
    await agent.do("contact.pick", contact=contact)
    await agent.event("session.snapshot", session)
    await check_desk(*everybody)
    await agent.do("agent.invite", session, user=await house.user_id("paul"))
    await other.until(lambda: other.desk()["invitations"])
    await check_desk(*everybody)
    await other.do("invitation.decline", session)
    await check_desk(*everybody)
    await agent.do("session.end", session)
    await customer.until(lambda: state(customer, session) == "ended")
    await agent.until(lambda: agent.desk()["wrap_ups"])
    await check_desk(*everybody)
    await agent.do("wrap_up.done", contact=contact, outcome_code="solved")
    await agent.until(lambda: not agent.desk()["wrap_ups"])
    await check_desk(*everybody)
    await other.api.call("POST", "/logout")
    await other.until(lambda: other.bye)
    await check_desk(agent, boss)


async def test_a_refused_command_tells_nobody(house: House) -> None:
    customer, agent, session = await house.live()
    await agent.until(lambda: state(agent, session) == "live")
    before = (agent.view(session), customer.view(session))
    for socket, kind, fields in (
        (agent, "grant.answer", {"grant": "x", "allow": True}),
        (agent, "session.hand_over", {"to": "x"}),
        (customer, "session.rate", {"stars": 3}),
        (customer, "grant.give", {"capability": "desktop_control"}),
        (customer, "chat.post", {"key": "k", "text": "x", "audience": "staff"}),
    ):
        try:
            await socket.do(kind, session, **fields)
        except Refused:
            continue
        raise AssertionError(kind)
    assert (agent.view(session), customer.view(session)) == before
