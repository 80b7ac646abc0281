"""Receivers of messages on loopback that behave as told: well, badly, or not at all. Real sockets, real protocols."""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import struct
import threading
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 20
"""Seconds after which a receiver that hangs lets go by itself."""


class Webhook(ThreadingHTTPServer):
    """Keeps every message that came whole in `messages`, and does with it what `behaviour` says."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviour="ok"):
        super().__init__(("127.0.0.1", 0), _Post)
        self.behaviour = behaviour
        self.messages = []
        self.followed = []
        self.arrived = threading.Event()
        self.released = threading.Event()

    def url(self, path="hook"):
        return f"json://127.0.0.1:{self.server_port}/{path}"

    def handle_error(self, *_):
        """Say nothing of connections that were cut on purpose."""


class _Post(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.messages.append(body)
        self.server.arrived.set()
        BEHAVIOURS[self.server.behaviour](self)

    def do_GET(self):
        self.server.followed.append(self.path)
        self.answer(200, b"{}")

    def answer(self, status, body=b"{}", *, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


def _reset(post):
    # Linger of zero seconds: the connection ends with RST instead of FIN.
    post.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    post.connection.close()


def _hang(post):
    post.server.released.wait(PATIENCE)


def _trickle(post):
    post.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(PATIENCE * 10):
        post.wfile.write(b"x")
        post.wfile.flush()
        if post.server.released.wait(0.1):
            return


def _slow(post):
    # Longer than Apprise waits by itself.
    post.server.released.wait(4.5)
    post.answer(200)


def _bomb(post):
    # Gigabytes of nothing, packed small.
    post.answer(200, gzip.compress(bytes(1 << 20)) * 2048, Content_Encoding="gzip")


BEHAVIOURS = {
    "ok": lambda post: post.answer(200),
    "ok_without_a_word": lambda post: post.answer(204, b""),
    "failure_in_200": lambda post: post.answer(200, b'{"errcode": 310000, "errmsg": "keywords not in content"}'),
    "false_in_200": lambda post: post.answer(200, b'{"success": false}'),
    "page_in_200": lambda post: post.answer(200, b"<!DOCTYPE html><html><body>login</body></html>"),
    "half_an_answer": lambda post: post.answer(200, b'{"ok": tr', length=100),
    "too_many": lambda post: post.answer(429, Retry_After="120"),
    "broken": lambda post: post.answer(500),
    "busy": lambda post: post.answer(503, Retry_After="600"),
    "lost_behind_a_gateway": lambda post: post.answer(502),
    "moved": lambda post: post.answer(302, Location=f"http://127.0.0.1:{post.server.server_port}/elsewhere"),
    "unauthorised": lambda post: post.answer(401),
    "forbidden": lambda post: post.answer(403),
    "absent": lambda post: post.answer(404),
    "gone": lambda post: post.answer(410),
    "bomb": _bomb,
    "reset": _reset,
    "hang": _hang,
    "trickle": _trickle,
    "slow": _slow,
}


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a message needs. `refuses` maps a word of the conversation to the answer in its
    place: `RCPT:name`, `MAIL`, `DATA` (the whole message), `QUIT`, or `DROP` for a connection cut after the message."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.refuses = {}
        self.messages = []
        self.recipients = []
        self.released = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    def url(self, *recipients):
        return f"mailto://127.0.0.1:{self.port}/?from=watch@example.org&to={','.join(recipients)}"

    def handle_error(self, *_):
        """Say nothing of connections that were cut on purpose."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        recipients = []
        self.say("220 stub")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "RCPT":
                name = line.partition("<")[2].partition("@")[0]
                refusal = self.server.refuses.get(f"RCPT:{name}")
                recipients += [] if refusal else [name]
                self.say(refusal or "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                content = self.content()
                if not self.take(content, recipients):
                    return
            elif verb == "QUIT":
                self.say(self.server.refuses.get(verb, "221 bye"))
                return
            else:
                self.say(self.server.refuses.get(verb, "250 ok"))

    def take(self, content, recipients):
        if "DROP" in self.server.refuses:
            self.server.messages.append(content)
            return False
        refusal = self.server.refuses.get("DATA")
        if refusal is None:
            self.server.messages.append(content)
            self.server.recipients.append(tuple(recipients))
        self.say(refusal or "250 taken")
        return True

    def content(self):
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=default)

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())
