"""What the first visit of a page weighs: every file, as a browser that takes brotli gets it."""

import re
from http.client import HTTPConnection

import brotli

from bench import pages
from bench.results import Result, summarise
from bench.stage import Stage

PAGES = {"home": "/", "registry list": pages.REGISTRY, "shift list": pages.SHIFTS}
PROXY_QUALITY = 5
"""Of brotli for pages, as reverse proxies set it; static files are compressed beforehand."""
KILOBYTE = 1_000
LIMITS = {"HTML": 15, "CSS": 20, "JavaScript": 18, "fonts": 34}
FONTS = re.compile(r"url\(\.\./(fonts/titillium-web-(?!ext)[0-9a-z.-]+\.woff2)\)")


def measure_weight(stage: Stage) -> list[Result]:
    """Return kilobytes of each kind of file for each page, and in all."""
    results = []
    for name, path in PAGES.items():
        html = pages.fetch(stage.portal, path)[2]
        files = {"HTML": len(brotli.compress(html, quality=PROXY_QUALITY))}
        files |= _static_files(stage, html.decode())
        for kind, size in files.items():
            limit = LIMITS.get(kind)
            results.append(summarise(f"{name}: {kind}", "kB", [size / KILOBYTE], at_most=limit))
        total = sum(files.values()) / KILOBYTE
        results.append(summarise(f"{name}: first load", "kB", [total], at_most=70))
    return results


def _static_files(stage: Stage, html: str) -> dict[str, int]:
    """Return the bytes of style, script, fonts and icons that `html` makes a browser fetch.

    All three weights of the font in Latin-1: titles, text and bold words use them on every page.
    """
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', html))
    sizes = {"CSS": 0, "JavaScript": 0, "fonts": 0, "icons": 0}
    for address in sorted(addresses):
        if address.endswith(".css"):
            sizes["CSS"] += _size(stage, address)
            base = address.rpartition("css/")[0]
            for font in set(FONTS.findall(pages.fetch(stage.portal, address)[2].decode())):
                sizes["fonts"] += _size(stage, base + font)
        elif address.endswith(".js"):
            sizes["JavaScript"] += _size(stage, address)
        elif address.endswith((".svg", ".png")) and "apple" not in address:
            sizes["icons"] += _size(stage, address)
    return sizes


def _size(stage: Stage, address: str) -> int:
    connection = HTTPConnection("127.0.0.1", stage.portal.port, timeout=30)
    try:
        connection.request("GET", address, headers={"Accept-Encoding": "br, gzip"})
        return len(connection.getresponse().read())
    finally:
        connection.close()
