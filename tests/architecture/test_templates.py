"""Templates are code: they compile, say what they are, and use only what there is."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes

from portal.config import PROJECT_ROOT
from tests.architecture.conftest import TEMPLATES

ALL = sorted(p for p in TEMPLATES.rglob("*") if p.suffix in {".html", ".txt"})
MAILS = TEMPLATES / "emails"
ON_PAGES = [p for p in ALL if MAILS not in p.parents]
PAGES = [
    p
    for p in ON_PAGES
    if p.suffix == ".html"
    and not p.name.startswith("_")
    and p.parent.name not in {"components", "layouts"}
]
CSS = (PROJECT_ROOT / "static" / "css" / "portal.css").read_text(encoding="utf-8")
CSS_CLASSES = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", CSS))
SPRITE = (PROJECT_ROOT / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")
ICONS = set(re.findall(r'id="([^"]+)"', SPRITE))

CODE = "".join(p.read_text(encoding="utf-8") for p in (PROJECT_ROOT / "portal").rglob("*.py"))

CLASS_ATTRIBUTE = re.compile(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
COMPARED = re.compile(r"""(?:==|!=|\bin)\s*(?:\([^)]*\)|"[^"]*"|'[^']*')""")


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def source_of(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def classes_of(source: str) -> Iterator[str]:
    """Return the classes a template writes: literal ones, and words inside expressions."""
    for value in CLASS_ATTRIBUTE.findall(source):
        for expression in JINJA.findall(value):
            if expression.startswith("{{"):
                for words in re.findall(r'"([^"]*)"', COMPARED.sub("", expression)):
                    yield from words.split()
        # What touches an expression is only a part of a name.
        yield from re.findall(r"(?<![\w\0-])[a-zA-Z][\w-]*(?![\w\0-])", JINJA.sub("\0", value))


@cache
def tree_of_template(app, path: Path) -> nodes.Template:
    """Return what a template says, read once; nobody changes it."""
    return app.jinja_env.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_template_compiles(app, path):
    app.jinja_env.get_template(name_of(path))


def titles_of(app, path: Path) -> list[nodes.Block]:
    """Return the title blocks of a page, or of the feature's own frame that it extends."""
    tree = tree_of_template(app, path)
    titles = [b for b in tree.find_all(nodes.Block) if b.name == "title"]
    for frame in tree.find_all(nodes.Extends):
        name = frame.template.as_const()
        if not name.startswith("layouts/"):
            titles += titles_of(app, TEMPLATES / name)
    return titles


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page_has_a_title(app, path):
    assert len(titles_of(app, path)) == 1


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_template_imports_only_what_it_uses(app, path):
    if path.parent.name == "layouts":
        pytest.skip("what layouts import is there for their pages")
    tree = tree_of_template(app, path)
    imported = {
        (n if isinstance(n, str) else n[1])
        for i in tree.find_all(nodes.FromImport)
        for n in i.names
    }
    used = {n.name for n in tree.find_all(nodes.Name)}
    assert imported <= used


@pytest.mark.parametrize("path", ON_PAGES, ids=name_of)
def test_classes_are_in_the_style_sheet(path):
    unknown = {c for c in classes_of(source_of(path)) if c not in CSS_CLASSES}
    assert unknown == set()


@pytest.mark.parametrize("path", ON_PAGES, ids=name_of)
def test_icons_are_in_the_sprite(path):
    source = source_of(path)
    named = re.findall(r'(?<!door_)icon\("([^"]+)"', source)
    named += re.findall(
        r'(?:state_tag|empty_state|notice|fact)\([^)]*?"((?:it|ui)-[a-z-]+)"', source
    )
    assert {n for n in named if n not in ICONS} == set()


@pytest.mark.parametrize("path", ON_PAGES, ids=name_of)
def test_page_carries_no_inline_style_or_script(path):
    source = JINJA.sub("", source_of(path))
    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"<style\b", source)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", source)
    assert not re.search(r"\s(?:on[a-z]+|hx-on[^=\s]*)\s*=", source)
    assert "javascript:" not in source
    assert not re.search(r"\shx-boost\b", source)


SWAPPED = sorted(set(re.findall(r'partial="([^"]+)"', CODE)))


@pytest.mark.parametrize("name", SWAPPED)
def test_partial_is_rooted_in_its_own_name(name):
    source = re.sub(
        r"\{% macro .*?\{% endmacro %\}", "", source_of(TEMPLATES / name), flags=re.DOTALL
    )
    source = JINJA.sub("", source)
    root = Path(name).stem.removeprefix("_").replace("_", "-")
    allowed = {root, "results"} if root.endswith("results") else {root}
    tags = re.findall(r"<[a-z][^>]*>", source)
    assert tags, "a partial has a root"
    assert any(f'id="{one}"' in tags[0] for one in allowed), tags[0]


def test_texts_are_never_marked_safe():
    # What stands in the template itself, between quotes, is nobody's text.
    marked = re.compile(r"[^'\"\s]\s*\|\s*safe\b|autoescape")
    trusting = [name_of(p) for p in ALL if marked.search(source_of(p))]
    assert trusting == []


def test_each_mail_has_subject_text_and_html():
    folders = {p.parent for p in MAILS.rglob("*.*")} - {MAILS / "layouts"}
    for folder in sorted(folders):
        found = {p.name for p in folder.iterdir()}
        assert found == {"subject.txt", "body.txt", "body.html"}, name_of(folder)


def test_each_mail_is_sent_by_somebody():
    for folder in sorted({p.parent for p in MAILS.rglob("subject.txt")}):
        event = name_of(folder).removeprefix("emails/")
        family = event.rpartition("_")[0] + "_{"
        names = (event, family, f"/{folder.name}", f'"{folder.name}"')
        assert any(name in CODE for name in names), event


def test_names_keep_their_capitals():
    """Jinja's `capitalize` makes every further letter small, months and names among them."""
    wrong = [name_of(path) for path in ALL if "|capitalize" in source_of(path)]
    assert wrong == []
