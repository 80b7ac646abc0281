"""A receiver of messages in a process of its own: what it acknowledges is on its disk before it says so.

`python tests/kill_receiver.py LOG` prints its port and writes one JSON line a message, `[channel, text]`; the
channel is the last part of the path that was posted to.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = f"{body.get('title', '')}\n{body.get('message', '')}"
        line = json.dumps([self.path.rstrip("/").rpartition("/")[2], text], ensure_ascii=False)
        with self.server.writing:
            self.server.log.write(line + "\n")
            self.server.log.flush()
            os.fsync(self.server.log.fileno())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """Say nothing."""


def main(path: Path) -> None:
    """Receive until the process is ended."""
    with path.open("w", encoding="utf-8") as log, ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.log = log
        server.writing = Lock()
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
