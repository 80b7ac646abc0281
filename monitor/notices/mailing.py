"""One message to one mail server, with every answer of the server read.

Recipients are asked for first: where one of them is refused nobody gets the message, so that trying again
repeats it to nobody. Apprise reads the address; its own sending tells a refusal from an interruption no more.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.notices.receivers import TAKEN, Receipt, Word

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

OK = (250, 251)
PERMANENT = 500
"""Codes from here on are the server's last word on sender or recipient; below, it asks to try again."""
CLOSING = 421


class Letter(NamedTuple):
    """One message: its stable id, subject, text, and the same as HTML (empty for none)."""

    id: str
    title: str
    body: str
    html: str


def post(plugin: Any, letter: Letter, at: datetime, tell: Callable[[], None]) -> Receipt:  # noqa: ANN401 - Apprise's
    """Send a letter by the server of Apprise's mail plugin. `tell` is called before the letter itself leaves."""
    message = written(plugin, letter, at)
    recipients = [address for _, address in plugin.targets] + sorted(plugin.cc | plugin.bcc)
    try:
        server = _connection(plugin)
        try:
            refusal = _announced(server, plugin.from_addr[1], recipients)
            if refusal is not None:
                return refusal
            tell()
            return _handed_over(server, message.as_bytes())
        finally:
            _leave(server)
    except smtplib.SMTPAuthenticationError as error:
        return Receipt(Word.REFUSED, f"SMTP {error.smtp_code} at login", is_permanent=error.smtp_code >= PERMANENT)
    except smtplib.SMTPResponseException as error:
        return Receipt(Word.REFUSED, f"SMTP {error.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:
        # Everything that can break after the letter began to leave is caught in `_handed_over`.
        return Receipt(Word.REFUSED, type(error).__name__)


def written(plugin: Any, letter: Letter, at: datetime) -> EmailMessage:  # noqa: ANN401 - Apprise's
    """The letter as text and HTML. Its Message-ID is the stable id: a mailbox that gets it twice may show it once."""
    message = EmailMessage(policy=SMTP)
    sender = plugin.from_addr
    message["From"] = formataddr((sender[0] or "", sender[1]))
    message["To"] = ", ".join(formataddr((name or "", address)) for name, address in plugin.targets)
    if plugin.cc:
        message["Cc"] = ", ".join(sorted(plugin.cc))
    if plugin.reply_to:
        message["Reply-To"] = ", ".join(sorted(plugin.reply_to))
    message["Subject"] = " ".join(letter.title.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.id}@{sender[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    for name, value in plugin.headers.items():
        if name not in message:
            message[name] = " ".join(value.split())
    message.set_content(letter.body, cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    return message


def _connection(plugin: Any) -> smtplib.SMTP:  # noqa: ANN401 - Apprise's
    context = ssl.create_default_context()
    if not plugin.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    timeout = plugin.socket_connect_timeout
    if plugin.secure_mode == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(plugin.smtp_host, plugin.port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(plugin.smtp_host, plugin.port, timeout=timeout)
    try:
        if plugin.secure_mode == "starttls":
            server.starttls(context=context)
        if plugin.user and plugin.password:
            server.login(plugin.user, plugin.password)
    except BaseException:
        server.close()
        raise
    return server


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye and hang up: whatever is answered to that, or is not, the server's word on the letter stands."""
    with suppress(OSError, smtplib.SMTPException):
        server.putcmd("quit")
    server.close()


def _announced(server: smtplib.SMTP, sender: str, recipients: list[str]) -> Receipt | None:
    """The refusal of sender or of any recipient, None where all are welcome."""
    server.ehlo_or_helo_if_needed()
    code, _ = server.mail(sender)
    if code not in OK:
        return Receipt(Word.REFUSED, f"SMTP {code} at the sender", is_permanent=code >= PERMANENT)
    codes = [server.rcpt(recipient)[0] for recipient in recipients]
    refused = [code for code in codes if code not in OK]
    if not refused:
        return None
    said = f"SMTP {max(refused)} at {len(refused)} of {len(codes)} recipients"
    return Receipt(Word.REFUSED, said, is_permanent=max(refused) >= PERMANENT)


def _handed_over(server: smtplib.SMTP, content: bytes) -> Receipt:
    try:
        code, _ = server.data(content)
    except smtplib.SMTPDataError as error:
        return Receipt(Word.REFUSED, f"SMTP {error.smtp_code} at the message")
    except (OSError, smtplib.SMTPException) as error:
        return Receipt(Word.UNKNOWN, f"{type(error).__name__} after the message had begun to leave")
    if code in OK:
        return TAKEN
    # A server that closes for service after the last line has not said that it dropped the message.
    word = Word.UNKNOWN if code == CLOSING else Word.REFUSED
    return Receipt(word, f"SMTP {code} at the message")
