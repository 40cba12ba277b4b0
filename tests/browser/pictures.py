"""The pictures of docs/portal.md: drawn where `PORTAL_PICTURES=1` asks for them, else not at all."""

import os
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, ViewportSize

PHONE = ViewportSize(width=390, height=844)
PICTURES = Path(settings.BASE_DIR) / "docs" / "portal"
COLOURS = 64  # enough for text and badges, and a third of the bytes


def draw(page: Page, name: str) -> None:
    """What a phone shows of the page."""
    if not os.environ.get("PORTAL_PICTURES"):
        return
    page.set_viewport_size(PHONE)
    picture = Image.open(BytesIO(page.screenshot()))
    PICTURES.mkdir(exist_ok=True)
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=COLOURS).save(PICTURES / f"{name}.png", optimize=True)
