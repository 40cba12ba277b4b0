"""What every template of ours must be, read as files."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*"))
PAGES = [name for name in NAMES if name.endswith(".html") and not name.startswith("pdf/")]


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".html", ".txt"))])
def test_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_template_has_nothing_inline(name: str) -> None:
    source = (TEMPLATES / name).read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\ssrc=)|javascript:", source)


@pytest.mark.parametrize("name", PAGES)
def test_template_asks_no_other_host(name: str) -> None:
    source = (TEMPLATES / name).read_text()

    assert not re.search(r"(src|href|action)=[\"'](https?:)?//", source)


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.name)
def test_component_names_its_parameters_first(path: Path) -> None:
    assert path.read_text().startswith("{# ")
