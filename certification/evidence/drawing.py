"""A page of a PDF as a picture, and its words. Run as a program of its own: `drawing.py PAGE WIDTH < pdf > png`.

Reading PDFs is where hostile files bite. This process knows nothing, may use little memory and little time, and takes
only itself down; besides, PDFium must not run in two threads at once. `python drawing.py PAGE 0` gives the words.
"""

import resource
import subprocess
import sys
from pathlib import Path

SECONDS = 10
MEMORY = 1024 * 1024 * 1024
TALLEST = 4000  # pixels; a page may be a strip of wallpaper
MOST_WORDS = 20_000  # characters


class UndrawableError(Exception):
    """This page cannot be shown as a picture."""


def page_picture(pdf: bytes, page: int, *, width: int) -> bytes:
    """The page, counted from 1, as PNG. Raises UndrawableError."""
    return _run(pdf, page, width)


def page_words(pdf: bytes, page: int) -> str:
    """The words of the page, for copying and for reading aloud; empty for a scan. Raises UndrawableError."""
    return _run(pdf, page, 0).decode()


def _run(pdf: bytes, page: int, width: int) -> bytes:
    command = [sys.executable, "-I", str(Path(__file__)), str(page), str(width)]
    try:
        done = subprocess.run(command, input=pdf, capture_output=True, timeout=2 * SECONDS, check=True, env={})  # noqa: S603 - our own program and two numbers
    except subprocess.SubprocessError as error:
        raise UndrawableError from error
    return done.stdout


def _program(page: int, width: int) -> None:
    import pypdfium2  # noqa: PLC0415 - only where it is run: the web server never loads PDFium

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    there = pypdfium2.PdfDocument(sys.stdin.buffer.read())[page - 1]
    if not width:
        sys.stdout.buffer.write(there.get_textpage().get_text_bounded()[:MOST_WORDS].encode())
        return
    wide, tall = there.get_size()
    there.render(scale=min(width / wide, TALLEST / tall)).to_pil().save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    _program(int(sys.argv[1]), int(sys.argv[2]))
