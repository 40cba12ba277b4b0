"""A real IMAP4 server on a socket, as small as reading reports needs: one folder, the commands of RFC 3501 we use."""

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from threading import Thread

PARTIAL = re.compile(rb"BODY\.PEEK\[\]<0\.(\d+)>")
ASKED = b'UNSEEN OR HEADER Content-Type "report" HEADER X-Failed-Recipients ""'


class Mailbox(socketserver.ThreadingTCPServer):
    """`said` keeps the commands; `deaf` closes the connection at the command it names."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, messages: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.messages = messages
        self.seen: set[int] = set()
        self.said: list[bytes] = []
        self.deaf = b""

    @property
    def url(self) -> str:
        return f"imap://post%40example.org:geheim%2F1@127.0.0.1:{self.server_address[1]}/INBOX"

    def unread_reports(self) -> list[int]:
        return [uid for uid, raw in enumerate(self.messages, 1) if uid not in self.seen and _is_report(raw)]


class Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, command = line.strip().partition(b" ")
            self.server.said.append(command)
            if self.server.deaf and command.startswith(self.server.deaf):
                return
            status = b"".join(self.answer(command)) or b"OK done"
            self.wfile.write(tag + b" " + status + b"\r\n")
            if command == b"LOGOUT":
                return

    def answer(self, command: bytes) -> Iterator[bytes]:
        """Write what the command shows; what it yields is the end, where that is not OK."""
        write = self.wfile.write
        if command == b"CAPABILITY":
            write(b"* CAPABILITY IMAP4rev1\r\n")
        elif command.startswith(b"LOGIN") and b'"geheim/1"' not in command:
            yield b"NO wrong password"
        elif command.startswith(b"SELECT"):
            write(b"* %d EXISTS\r\n" % len(self.server.messages))
        elif command == b"UID SEARCH " + ASKED:
            write(b"* SEARCH " + b" ".join(b"%d" % uid for uid in self.server.unread_reports()) + b"\r\n")
        elif command.startswith(b"UID FETCH"):
            write(self.fetched(command))
        elif command.startswith(b"UID STORE"):
            self.server.seen.add(int(command.split()[2]))
        elif not command.startswith((b"LOGIN", b"LOGOUT")):
            yield b"BAD unknown command"

    def fetched(self, command: bytes) -> bytes:
        uid, limit = int(command.split()[2]), PARTIAL.search(command)
        raw = self.server.messages[uid - 1][: int(limit.group(1)) if limit else None]
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(raw), raw)


def _is_report(raw: bytes) -> bool:
    message = message_from_bytes(raw)
    return "report" in str(message["Content-Type"]).lower() or "X-Failed-Recipients" in message


@contextmanager
def holding(messages: list[bytes]) -> Iterator[Mailbox]:
    with Mailbox(messages) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
