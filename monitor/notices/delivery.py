"""One message to one receiver through Apprise, in a process of its own that can be killed.

`monitor.notices.sending` starts this module as a program, because a receiver that trickles its answer holds the
thread that waits for it, and a few of those would stop every other channel. In: one JSON object
(`url`, `title`, `body`, `html`, `id`, `at`, `limit`) on standard input, so that no secret stands in a command
line. Out: the line WRITING before anything of the message leaves, and one JSON object, the receipt.

Apprise builds the request and takes every HTTP 200 for success, and every failure for one. What was answered,
and whether the request had left when it failed, is therefore read where all its plugins ask: at `requests`.
"""

from __future__ import annotations

import json
import resource
import signal
import ssl
import sys
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import requests
from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode, PersistentStoreMode
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from monitor.notices.mailing import Letter, post
from monitor.notices.receivers import (
    ANY,
    DINGTALK,
    FEISHU,
    LARK,
    MAIL,
    TAKEN,
    WECOM,
    WRITING,
    Receipt,
    Receiver,
    Word,
    read_answer,
    receiver_of,
    together,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MEMORY = 512 << 20
"""Bytes of address space: an answer without an end, or one that unpacks to gigabytes, ends this process alone."""

PATIENCE = 20.0
"""Seconds that a receiver may take for the next bytes of its answer; the whole is the parent's to limit."""

ROBOTS: Mapping[type, Receiver] = {
    NotifyDingTalk: DINGTALK,
    NotifyFeishu: FEISHU,
    NotifyLark: LARK,
    NotifyWeComBot: WECOM,
}
NOT_POSTED = "every answer was good, and yet Apprise says that the message was not sent"
_NEVER_LEFT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)


def deliver(url: str, letter: Letter, at: datetime, tell: Callable[[], None]) -> Receipt:
    """What became of a message. The body begins with the title. `tell` is called before anything leaves."""
    # Nothing of Apprise's own is kept on disk, and its name goes out with no message.
    asset = AppriseAsset(storage_mode=PersistentStoreMode.MEMORY, app_id="nianbao", app_desc="nianbao")
    plugin: Any = Apprise.instantiate(url, asset=asset)
    if plugin is None:
        return Receipt(Word.REFUSED, "not an address that Apprise knows", is_permanent=True)
    if receiver_of(url) is MAIL and plugin.pgp_mode == "no":
        return post(plugin, letter, at, tell)
    return speak(plugin, letter, tell)


def speak(plugin: Any, letter: Letter, tell: Callable[[], None]) -> Receipt:  # noqa: ANN401 - Apprise's
    """The same for a receiver that Apprise has made of its address, and that is asked over HTTP."""
    if plugin.overflow_mode == OverflowMode.UPSTREAM:
        plugin.overflow_mode = OverflowMode.SPLIT
    # Some would show two lines and drop the rest without a word.
    plugin.body_max_line_count = 0
    plugin.socket_read_timeout = max(plugin.socket_read_timeout, PATIENCE)
    robot = next((ROBOTS[known] for known in type(plugin).__mro__ if known in ROBOTS), None)
    if isinstance(plugin, NotifyDingTalk):
        _quote_once(plugin)
    with overheard(robot or ANY, tell) as receipts:
        is_taken = plugin.notify(
            body=letter.body, title="" if robot else letter.title, body_format=NotifyFormat.TEXT.value
        )
    if receipts:
        receipt = together(receipts)
        if receipt.word is Word.TAKEN and not is_taken and robot is None:
            # Some log in first, or ask for rooms, and post nothing where that brought them nothing.
            return Receipt(Word.UNKNOWN, f"{NOT_POSTED}; it may have arrived all the same")
        return receipt
    # This plugin does not speak HTTP: its word is all there is.
    return TAKEN if is_taken else Receipt(Word.UNKNOWN, "not taken, for no reason that is told")


def _quote_once(robot: Any) -> None:  # noqa: ANN401 - the method of Apprise is untyped
    """Sign as DingTalk reads it: `requests` quotes the query, and Apprise 2.2 hands it a signature that is
    quoted already, which the robot answers with «sign not match»."""
    if robot.secret:
        timestamp, signature = robot.get_signature()
        robot.get_signature = lambda: (timestamp, unquote(signature))


@contextmanager
def overheard(receiver: Receiver, tell: Callable[[], None]) -> Iterator[list[Receipt]]:
    """The receipts of all HTTP exchanges within, in their order; redirects are not followed."""
    receipts: list[Receipt] = []
    whole = requests.Session.request

    def request(session: requests.Session, *values: Any, **named: Any) -> requests.Response:  # noqa: ANN401
        tell()
        try:
            response = whole(session, *values, **{**named, "allow_redirects": False})
        except requests.RequestException as error:
            receipts.append(_broken(error))
            raise
        receipts.append(read_answer(receiver, response.status_code, response.headers, response.content))
        return response

    requests.Session.request = request  # type: ignore[method-assign, assignment]
    try:
        yield receipts
    finally:
        requests.Session.request = whole  # type: ignore[method-assign]


def _broken(error: requests.RequestException) -> Receipt:
    """What an exchange says that broke off: nothing, unless it broke before the request left."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    is_distrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    never_left = isinstance(error, _NEVER_LEFT) or isinstance(reason, NewConnectionError) or is_distrusted
    said = [type(one).__name__ for one in (error, reason) if isinstance(one, Exception)]
    return Receipt(Word.REFUSED if never_left else Word.UNKNOWN, " ".join(dict.fromkeys(said)))


def main() -> None:
    """Read one message, deliver it, say how it went. From when it begins to leave it has `limit` seconds."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    message = json.load(sys.stdin)

    def tell() -> None:
        print(WRITING, flush=True)  # noqa: T201 - the parent reads it
        signal.setitimer(signal.ITIMER_REAL, message["limit"])

    letter = Letter(message["id"], message["title"], message["body"], message["html"])
    receipt = deliver(message["url"], letter, datetime.fromisoformat(message["at"]), tell)
    print(json.dumps(receipt._asdict()))  # noqa: T201 - same


if __name__ == "__main__":
    main()
