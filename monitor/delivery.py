"""One message to one receiver through Apprise, in a process of its own that can be killed.

`monitor.notices` starts this file as a program, because a receiver that trickles its answer holds the
thread that waits for it, and a few of those would stop every other channel. In: one JSON object
(`url`, `title`, `body`) on standard input, so that no secret stands in a command line. Out: one JSON object
(`accepted`, `said`). Imports nothing of the house.

The robots of DingTalk, Feishu, Lark and WeCom answer HTTP 200 to messages that they refuse; Apprise takes
that for success. Their words are read here, and only their own code of success counts.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
from apprise import Apprise, OverflowMode
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from apprise import NotifyBase

SUCCESS_CODES = ("errcode", "code", "StatusCode")
"""Keys under which these receivers say how it went; 0 is success."""


class Robot(NamedTuple):
    """A receiver whose answer must be read: where to post, which payload, which query."""

    url: Callable[[Any], str]
    payload: Callable[[Any, str], Mapping[str, Any]]
    query: Callable[[Any], Mapping[str, str]]


def _no_query(_: NotifyBase) -> Mapping[str, str]:
    return {}


def _signature(plugin: Any) -> Mapping[str, str]:  # noqa: ANN401 - the method of Apprise is untyped
    if not plugin.secret:
        return {}
    timestamp, signature = plugin.get_signature()
    return {"timestamp": str(timestamp), "sign": str(signature)}


ROBOTS: Mapping[type, Robot] = {
    NotifyDingTalk: Robot(
        lambda plugin: plugin.notify_url.format(token=plugin.token),
        lambda plugin, text: {
            "msgtype": "text",
            "text": {"content": text},
            "at": {"atMobiles": plugin.targets, "isAtAll": False},
        },
        _signature,
    ),
    NotifyFeishu: Robot(
        lambda plugin: plugin.notify_url.format(token=plugin.token),
        lambda _, text: {"msg_type": "text", "content": {"text": text}},
        _no_query,
    ),
    NotifyLark: Robot(
        lambda plugin: plugin.webhook_url,
        lambda _, text: {"msg_type": "text", "content": {"text": text}},
        _no_query,
    ),
    NotifyWeComBot: Robot(
        lambda plugin: plugin.api_url,
        lambda _, text: {"msgtype": "text", "text": {"content": text}},
        _no_query,
    ),
}


def deliver(url: str, title: str, body: str) -> tuple[bool, str]:
    """Did the receiver take the message, and what was said where it did not. `body` begins with the title."""
    plugin = Apprise.instantiate(url)
    if plugin is None:
        return False, "not an address that Apprise knows"
    if plugin.overflow_mode == OverflowMode.UPSTREAM:
        plugin.overflow_mode = OverflowMode.SPLIT
    robot = next((ROBOTS[known] for known in type(plugin).__mro__ if known in ROBOTS), None)
    if robot is not None:
        return post(robot, plugin, body)
    service = Apprise()
    service.add(plugin)
    result = service.notify(body=body, title=title)
    return bool(result), "; ".join(entry.message for entry in result.logs())


def post(robot: Robot, plugin: Any, body: str) -> tuple[bool, str]:  # noqa: ANN401 - Apprise's plugins share no types
    """Send the message in parts that the receiver admits; it is taken when every part was taken."""
    for part in parts(body, plugin.body_maxlen):
        try:
            response = requests.post(
                robot.url(plugin),
                json=robot.payload(plugin, part),
                params=robot.query(plugin),
                timeout=plugin.request_timeout,
                verify=plugin.verify_certificate,
                allow_redirects=False,
            )
            answer = response.json() if response.ok else {}
        except requests.RequestException as error:
            return False, type(error).__name__
        codes = [answer[key] for key in SUCCESS_CODES if key in answer] if isinstance(answer, dict) else []
        if not codes or any(code != 0 for code in codes):
            return False, f"HTTP {response.status_code}, code {codes[0] if codes else 'none'}"
    return True, ""


def parts(text: str, most: int) -> list[str]:
    """The text in pieces of whole lines, none of more than `most` bytes where its lines allow it."""
    pieces: list[str] = []
    for line in text.splitlines():
        joined = f"{pieces[-1]}\n{line}" if pieces else line
        if pieces and len(joined.encode()) <= most:
            pieces[-1] = joined
        else:
            pieces.append(line)
    return pieces


def main() -> None:
    """Read one message, deliver it, say how it went."""
    message = json.load(sys.stdin)
    accepted, said = deliver(message["url"], message["title"], message["body"])
    json.dump({"accepted": accepted, "said": said}, sys.stdout)


if __name__ == "__main__":
    main()
