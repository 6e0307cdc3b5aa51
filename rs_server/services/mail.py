"""Mail that leaves: by SMTP, or into the outbox of the demonstration."""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol

import aiosmtplib
import structlog

from rs_server.ports import Clock
from rs_server.protocol.api import Mail
from rs_server.protocol.errors import Code, ProtocolError

log = structlog.get_logger()


class Mailer(Protocol):
    async def send(self, to: str, subject: str, text: str) -> None:
        """Raises `mail_failed`."""


class SmtpMailer:
    """Sends by the company's mail server (RFC 5321)."""

    def __init__(
        self, host: str, port: int, sender: str, *, user: str = "", password: str = "", starttls: bool | None = None
    ) -> None:
        self._host, self._port, self._sender = host, port, sender
        self._user, self._password, self._starttls = user or None, password or None, starttls

    async def send(self, to: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(localtime=False), make_msgid(domain="deskside.invalid")
        message.set_content(text)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                start_tls=self._starttls,
                timeout=15,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            log.warning("mail not sent", error=str(error))
            raise ProtocolError(Code.MAIL_FAILED, "the mail server did not take it") from error


class Outbox:
    """Keeps what it is given, to be looked at; the last 200."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.mails: list[Mail] = []
        self._count = 0

    async def send(self, to: str, subject: str, text: str) -> None:
        self._count += 1
        self.mails.append(Mail(id=self._count, at=self._clock.now(), to=to, subject=subject, text=text))
        del self.mails[:-200]
