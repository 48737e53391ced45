"""What the reading of pages by axe lets pass, and what not."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessibility import complaints_of, overflow_of

PAGE = """<!doctype html><html lang="it"><title>Prova</title><style>
h1 {{ height: 600px; margin: 0 }}
textarea {{ height: 100px; background: #fff; color: {color} }}
div {{ position: sticky; bottom: 0; z-index: 9; height: 150px; background: #fff }}
</style><main><h1>Prova</h1><label>Commento <textarea name="text">{words}</textarea></label>
<p style="height: 900px">Altro</p>{bar}</main></html>"""
BAR = "<div>Manda tutto</div>"


@pytest.mark.parametrize("words", ["", "Una panchina"])
@pytest.mark.parametrize(
    ("color", "bar", "is_refused"),
    [
        ("#333", "", False),
        ("#333", BAR, False),
        ("#ccc", "", True),
    ],
    ids=["dark", "dark under a bar", "pale"],
)
def test_pale_fields_are_refused_and_covered_ones_are_not(
    browser: Browser, words, color, bar, is_refused
):
    page = browser.new_page()
    page.set_content(PAGE.format(words=words, color=color, bar=bar))
    complaints = complaints_of(page)
    page.close()
    assert len(complaints) == is_refused, complaints
    assert all("color-contrast" in complaint for complaint in complaints)


@pytest.fixture
def slow_page() -> Iterator[str]:
    """Return the address of a page whose first byte comes some time after its head."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.flush()
            time.sleep(0.5)
            self.wfile.write(b"<!doctype html><title>Prova</title><p style='width: 200vw'>Largo")

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_page_on_its_way_is_measured_once_it_is_there(browser, slow_page, has_javascript):
    context = browser.new_context(java_script_enabled=has_javascript)
    page = context.new_page()
    page.goto(slow_page, wait_until="commit")
    assert overflow_of(page) > 0
    context.close()
