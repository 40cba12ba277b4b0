"""An SMTP server that does, step by step, what the test says: answers, waits, is slow, hangs up, is held."""

import socketserver
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message

USUAL = {"CONNECT": "220 ready", "DATA": "354 go on", "BODY": "250 accepted", "QUIT": "221 bye"}
HANG_UP = ""


class Hold:
    """The server stops here until the test lets it go on; then it gives `answer`, or the usual one."""

    def __init__(self, answer: str | None = None) -> None:
        self.answer = answer
        self.arrived, self.released = threading.Event(), threading.Event()


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.forget()

    def forget(self) -> None:
        self.accepted: list[Message] = []
        self.refuse: dict[str, str] = {}
        self.script: defaultdict[str, deque[str | float | Hold]] = defaultdict(deque)
        self.connections = 0

    def will(self, step: str, *moves: str | float | Hold) -> None:
        """What happens the next times somebody reaches the step: an answer, seconds of silence, or a hold."""
        self.script[step].extend(moves)

    def answer(self, step: str) -> str:
        move = self.script[step].popleft() if self.script[step] else None
        if isinstance(move, float):
            time.sleep(move)
        if isinstance(move, Hold):
            move.arrived.set()
            move.released.wait(60)
            move = move.answer
        return move if isinstance(move, str) else USUAL.get(step, "250 OK")

    def addresses(self) -> list[str]:
        return sorted(str(message["To"]) for message in self.accepted)


class Dialogue(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(ConnectionError):
            if self._say(self.server.answer("CONNECT")):
                while (line := self.rfile.readline()) and self._react(line):
                    pass

    def _react(self, line: bytes) -> bool:
        verb = line[:4].decode().upper()
        refusal = self.server.refuse.get(line.decode().partition("<")[2].partition(">")[0])
        said = refusal if verb == "RCPT" and refusal else self.server.answer(verb)
        return self._say(said) and verb != "QUIT" and (verb != "DATA" or said[0] != "3" or self._read_body())

    def _read_body(self) -> bool:
        body = b"".join(iter(self.rfile.readline, b".\r\n"))
        answer = self.server.answer("BODY")
        if answer.startswith("250"):
            self.server.accepted.append(message_from_bytes(body))
        return self._say(answer)

    def _say(self, answer: str) -> bool:
        """False where the dialogue is over."""
        if answer != HANG_UP:
            self.wfile.write(answer.encode() + b"\r\n")
        return answer != HANG_UP and not answer.startswith("421")


@contextmanager
def running() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
