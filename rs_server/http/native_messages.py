"""What native clients say, and what is done by way of them."""

from rs_server.http.sent import MessageRule, Sent
from rs_server.protocol import desktop, folders
from rs_server.protocol.errors import Code, ProtocolError


async def desktop_share(sent: Sent) -> None:
    await sent.services.desktops.share(sent.session, sent.me, sent.native, sent.body)


async def desktop_measure(sent: Sent) -> None:
    sent.services.desktops.measure(sent.session, sent.native.participant, sent.body)


async def desktop_input(sent: Sent) -> None:
    await sent.services.desktops.input(sent.session, sent.me, sent.body)


async def desktop_choose(sent: Sent) -> None:
    sent.services.desktops.choose(sent.session, sent.me, sent.body)


async def desktop_point(sent: Sent) -> None:
    await sent.services.desktops.point(sent.session, sent.me, sent.client, sent.body)


async def clipboard_put(sent: Sent) -> None:
    body: desktop.ClipboardPut = sent.body
    if body.giver is not None:
        await sent.services.clipboards.give_in(sent.session, sent.me, body.giver, body.text)
    elif sent.able is not None:
        await sent.services.clipboards.give_out(sent.session, sent.me, sent.native, body.text)
    else:
        raise ProtocolError(Code.BAD_REQUEST, "into whose clipboard?", field="giver")


async def folder_ask(sent: Sent) -> None:
    await sent.services.folders.ask(sent.session, sent.me, sent.body)


async def folder_answer(sent: Sent) -> None:
    await sent.services.folders.answer(sent.session, sent.me, sent.native, sent.body)


_BOTH, _NATIVE, _GIVE = "session.take_part", "session.native", "session.give"

MESSAGES: list[MessageRule] = [
    MessageRule(desktop.DesktopShare, _NATIVE, desktop_share),
    MessageRule(desktop.DesktopMeasure, _NATIVE, desktop_measure),
    MessageRule(desktop.DesktopInput, _BOTH, desktop_input),
    MessageRule(desktop.DesktopChoose, _BOTH, desktop_choose),
    MessageRule(desktop.DesktopPoint, _BOTH, desktop_point),
    # An agent's own client too: what is copied there is given to the customer.
    MessageRule(desktop.ClipboardPut, _GIVE, clipboard_put),
    MessageRule(folders.FolderAsk, "session.agent", folder_ask),
    MessageRule(folders.FolderAnswer, _NATIVE, folder_answer),
]
