"""axe-core, run in the page; the content security policy keeps it out, so it is evaluated, not loaded."""

from functools import cache
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # for that axe writes inline styles, which the content security policy refuses
}


@cache
def _axe() -> str:
    return Path(settings.BASE_DIR, "node_modules/axe-core/axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """Each violation in one line: rule, what is wrong, where."""
    page.evaluate(_axe())
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)["violations"]
    return [
        f"{page.url}: {each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found
    ]
