"""What one visit of a page tells: its answer, its weight, its width on a phone and enlarged, and what axe finds."""

import gzip

from playwright.sync_api import Page, ViewportSize

from tests.browser.accessibility import violations

NARROWEST = ViewportSize(width=320, height=640)
AT_200_PERCENT = ViewportSize(width=640, height=400)  # what a screen of 1280 by 800 shows of a page at twice the size
MOST_BYTES = 100_000  # transferred, without the typeface
TYPEFACES = (".woff2", ".woff", ".ttf")
_LOADED = "performance.getEntriesByType('resource').map(each => each.name)"


def flaws(page: Page, site: str, path: str) -> list[str]:
    """Each flaw of the page in one line."""
    answer = page.goto(f"{site}{path}")
    if answer is None or answer.status != 200 or page.url != f"{site}{path}":
        return [f"{path} leads to {page.url}"]
    size = len(gzip.compress(answer.body(), 6)) + sum(_sizes_of(page))
    heavy = [] if 3_000 < size < MOST_BYTES else [f"{path} takes {size} bytes"]
    return [*heavy, *flaws_here(page)]


def flaws_here(page: Page) -> list[str]:
    """Of the page as it stands, for example with its errors."""
    return [*_too_wide(page, AT_200_PERCENT), *_too_wide(page, NARROWEST), *violations(page)]


def _too_wide(page: Page, size: ViewportSize) -> list[str]:
    page.set_viewport_size(size)
    is_wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{page.url} is wider than {size['width']}"] if is_wider else []


_sizes: dict[str, int] = {}


def _sizes_of(page: Page) -> list[int]:
    """What the page needs beside itself, compressed as the proxy does (deploy/Caddyfile), with an empty cache."""
    needed = [name for name in page.evaluate(_LOADED) if not name.endswith(TYPEFACES)]
    for name in needed:
        if name not in _sizes:
            _sizes[name] = len(gzip.compress(page.request.get(name).body(), 6))
    return [_sizes[name] for name in needed]
