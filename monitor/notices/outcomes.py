"""What came of a message that was not taken, in the operator's words, and what they should do next.

Pure. The first row whose pattern is found in what was said holds; the last one takes everything. Where nothing need
be done the advice says so: whatever a channel did not take stays in the outbox.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from storage.faults import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping


class Advice(NamedTuple):
    """One kind of outcome: its `name`, how what was said is known by it, `what` it is and what to do, each in Chinese
    and in English. `what` empty: what was said is in the operator's language already."""

    name: str
    pattern: str
    what: tuple[str, str]
    todo: tuple[str, str]


_RETRY = ("更正后运行 nianbao notify --retry-dead", "then run `nianbao notify --retry-dead`")

OUTCOMES: tuple[Advice, ...] = (
    Advice(
        "rate_limit",
        r"^rate_limit$",
        ("已达每分钟上限", "its limit a minute is reached"),
        ("一分钟后再运行；服务会自动续发", "run it again in a minute; the service goes on by itself"),
    ),
    Advice(
        "asked_to_wait",
        r"^asked_to_wait$",
        ("接收方要求稍候", "the receiver asked to wait"),
        ("不必处理，到时自动续发", "nothing: it goes on by itself when that time is over"),
    ),
    Advice(
        "other_sender",
        r"^other_sender$",
        ("另一个进程正在发送", "another process is sending"),
        ("等它结束；如刚刚中断，两分钟后再运行", "wait for it; if it was cut off, run it again in two minutes"),
    ),
    Advice(
        "variable_unset",
        r"^(?:环境变量没有设置|environment variables not set)",
        ("", ""),
        (
            "设置该环境变量（服务的写进它的环境文件），或改正 nianbao.toml 中的变量名，再运行一次",
            "set that variable (for the service in its environment file), or correct its name in nianbao.toml",
        ),
    ),
    Advice(
        "own_fault",
        r"^a fault of this program",
        ("本程序出错", "this program is at fault"),
        (
            "请把这一行和日志发给我们；其他渠道不受影响，该渠道会自动再试",
            "send us this line and the log; other channels go on, and this one is tried again",
        ),
    ),
    Advice(
        "not_posted",
        r"Apprise says that the message was not sent",
        (
            "登录等步骤有应答，但消息看来没有发出",
            "its steps were answered, but the message seems not to have been posted",
        ),
        (
            "核对该渠道的用户名、密码和目标（应答的也可能是登录页）；会自动重发，标明“可能重复”",
            "check user, password and target of the channel; it is sent again, marked as possibly a duplicate",
        ),
    ),
    Advice(
        "maybe_arrived",
        r"may have arrived|after the message had begun to leave|HTTP 50[24]",
        ("可能已经送达，结果不明", "it may have arrived, nobody can say"),
        (
            "可先问接收人是否收到；无论如何，下次会以同一消息编号重发，并标明“可能重复”",
            "ask whether it has; in any case it is sent again under the same id, marked as possibly a duplicate",
        ),
    ),
    Advice(
        "login_refused",
        r"HTTP 40[13]|SMTP \d+ at login",
        ("接收方不认密钥或密码", "the receiver does not accept the key or password"),
        (
            f"在接收方核对或重新生成密钥，更新环境变量或 nianbao.toml；{_RETRY[0]}",
            f"check the key with the receiver, or have a new one made, and put it into its variable; {_RETRY[1]}",
        ),
    ),
    Advice(
        "address_gone",
        r"HTTP 4(?:04|10)",
        ("该地址已不存在", "there is nothing at that address any more"),
        (
            f"核对该渠道的 url（机器人是否已被移除）；{_RETRY[0]}",
            f"check the channel's url (was the robot removed?); {_RETRY[1]}",
        ),
    ),
    Advice(
        "too_many",
        r"HTTP 429",
        ("接收方限流", "the receiver has had too much"),
        (
            "不必处理，稍后自动重发；如常见，请调大 interval_hours",
            "nothing: it is sent again later; where that is usual, give it a longer interval_hours",
        ),
    ),
    Advice(
        "page_for_answer",
        r"page of HTML|code none",
        ("应答的不是该接收方，可能被代理或登录页截下", "somebody else answered: perhaps a proxy, or a page to log in"),
        (
            "核对该渠道的 url，以及本机出网的代理和防火墙；更正前会自动再试",
            "check the channel's url, and the proxy and firewall before this machine; it is tried again until then",
        ),
    ),
    Advice(
        "robot_refused",
        r"HTTP 2\d\d, ",
        ("接收方收下了请求，但拒绝了消息", "the receiver took the request and refused the message"),
        (
            f"按返回的代码核对机器人的安全设置（关键词、签名、IP 名单）、是否仍在群内；渠道如已停用，{_RETRY[0]}",
            f"by its code, check the robot's settings and that it is in the group; where it is out of use, {_RETRY[1]}",
        ),
    ),
    Advice(
        "moved",
        r"HTTP 3\d\d",
        ("接收方要求转到别的地址，不予跟随", "the receiver points elsewhere, which is not followed"),
        ("把该渠道的 url 改为新地址", "put the new address into the channel's url"),
    ),
    Advice(
        "mail_refused",
        r"SMTP \d+",
        ("邮件服务器拒收", "the mail server refused it"),
        (
            f"按代码核对发件人、收件人和邮箱配额（4xx 会自动再试）；{_RETRY[0]}",
            f"by the code, check sender, recipients and quota (4xx is tried again by itself); {_RETRY[1]}",
        ),
    ),
    Advice(
        "certificate",
        r"SSL|[Cc]ertificate",
        ("加密连接不可信", "the encrypted connection cannot be trusted"),
        (
            "核对本机时间和根证书，或请接收方更换证书；更正前会自动再试",
            "check this machine's time and root certificates, or have the receiver renew its own; it is tried again",
        ),
    ),
    Advice(
        "receiver_broken",
        r"HTTP 5\d\d",
        ("接收方出错", "the receiver is broken"),
        (
            "不必处理，会自动再试；一天后仍如此，请联系接收方",
            "nothing: it is tried again; after a day, tell whoever runs the receiver",
        ),
    ),
    Advice(
        "unknown_address",
        r"Apprise|Invalid(?:URL|Schema|Header)",
        ("该地址的写法不对", "that is not an address that can be used"),
        (
            f"对照 Apprise 的写法更正该渠道的 url；{_RETRY[0]}",
            f"write the channel's url as Apprise expects it; {_RETRY[1]}",
        ),
    ),
    Advice(
        "unreachable",
        r"Connect|Timeout|Proxy|gaierror|refused|no answer within|OSError|ServerDisconnected",
        ("连不上接收方，消息没有发出", "the receiver cannot be reached, nothing has left"),
        (
            "核对主机名、端口、DNS、代理和防火墙；会自动再试",
            "check host, port, DNS, proxy and firewall; it is tried again by itself",
        ),
    ),
    Advice(
        "other",
        r"",
        ("没有送达", "it was not taken"),
        (
            f"内容仍在发件箱，会自动再试；渠道如已停用，{_RETRY[0]}",
            f"it stays in the outbox and is tried again; where the channel is out of use, correct it, {_RETRY[1]}",
        ),
    ),
)
"""In their order: what nobody can say stands before the codes that it may bear."""

_BRACKETS: Mapping[str, str] = {"zh": "{what}（{said}）", "en": "{what} ({said})"}


def outcome_of(said: str) -> Advice:
    """The kind of outcome that these words are of."""
    return next(advice for advice in OUTCOMES if re.search(advice.pattern, said))


def outcome_text(said: str, language: str) -> str:
    """What it is in that language, with what was said beside it."""
    what = outcome_of(said).what[LANGUAGES.index(language)]
    return _BRACKETS[language].format(what=what, said=said) if what else said


def advice_text(said: str, language: str) -> str:
    """What the operator should do next."""
    return outcome_of(said).todo[LANGUAGES.index(language)]
