"""axe, and what it cannot decide by itself."""

from typing import Any

from playwright.sync_api import Page

from tests.journeys.conftest import AXE, Visitor

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

EXPLAINED_INCOMPLETE = {
    # Text partly under the sticky action bar or day heading: scrolling uncovers it, and the pairs
    # of the palette have a contrast test of their own (tests/unit). Names on the map stand on a
    # drawing: they have an outline of the other colour, and the list beside says the same.
    "color-contrast": ("bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring", "bgGradient",
                       "pseudoContent", "shortTextContent", "imgNode"),
}  # fmt: skip


STILL = """() => {
  const isBusy = document.querySelector('[aria-busy=true], .htmx-request') !== null
    || document.getAnimations().some(animation => animation.playState === 'running');
  // What answers while one types starts its request only some time after the last key.
  const rest = document.querySelector('[hx-trigger*="delay"]') ? 800 : 0;
  if (isBusy || window.stillSince === undefined) { window.stillSince = performance.now(); }
  return !isBusy && performance.now() - window.stillSince >= rest;
}"""
"""True once nothing on the page is on its way: what waits is paler, and axe would say so."""


def complaints_of(page: Page) -> list[str]:
    """Return what axe refuses, and what it could not decide and nobody explained."""
    page.wait_for_load_state()
    # Without scripts axe's promises never end, and neither would the test.
    assert page.evaluate("matchMedia('(scripting: enabled)').matches"), "axe needs scripts"
    # Evaluated, not added as a script element, which the policy of the page would refuse.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Reading half a megabyte takes its time: still is what the page has to be after it.
    page.wait_for_function(STILL)
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags},"
        " resultTypes: ['violations', 'incomplete']})",
        TAGS,
    )
    found = [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
    for rule in result["incomplete"]:
        explained = EXPLAINED_INCOMPLETE.get(rule["id"], ())
        for node in rule["nodes"]:
            keys = [_key_of(check) for check in node["any"] + node["all"] + node["none"]]
            if not any(key in explained for key in keys):
                found.append(f"incomplete {rule['id']} {keys}: {node['html'][:160]}")
    return found


def _key_of(check: dict[str, Any]) -> str | None:
    """Return why axe could not decide.

    Of an empty field it says so even where what covers the field is why: no ground was found then.
    """
    data = check.get("data") or {}
    is_covered = data.get("messageKey") == "emptyValue" and data.get("bgColor") is None
    return "elmPartiallyObscured" if is_covered else data.get("messageKey")


def overflow_of(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    # The answer to a button is there before its page is: until then there is nothing to measure.
    page.wait_for_load_state()
    return page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")


def expect_well_made(visitor: Visitor) -> None:
    """Expect a page no wider than its window and, where its scripts run, nothing axe refuses.

    A page without scripts is the same HTML: axe has read it in the journey with them.
    """
    assert overflow_of(visitor.page) <= 0
    if visitor.has_javascript:
        complaints = complaints_of(visitor.page)
        assert complaints == [], "\n".join(complaints)
