"""`python -m benchmarks._sink`: a mail server in a process of its own, which takes everything and keeps nothing.

It prints its port and ends with its standard input.
"""

import socket
import sys
from contextlib import closing

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink


def main() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
