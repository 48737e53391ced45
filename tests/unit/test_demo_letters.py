import pytest

from portal.demo.letters import with_own_links

BASE = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Apri {BASE}/conferma/x?a=1&b=2 ora.",
         f'Apri <a href="/conferma/x?a=1&amp;b=2">{BASE}/conferma/x?a=1&amp;b=2</a> ora.'),
        (f"({BASE}/x).", '(<a href="/x">http://127.0.0.1:8000/x</a>).'),
        (BASE, '<a href="/">http://127.0.0.1:8000</a>'),
        ("https://altrove.example/x", "https://altrove.example/x"),
        (f"{BASE}//altrove.example", f"{BASE}//altrove.example"),
        (f"{BASE}0/x", f"{BASE}0/x"),
        (f"{BASE}@altrove.example/x", f"{BASE}@altrove.example/x"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (f'{BASE}/"onclick="x', f'<a href="/">{BASE}/</a>&#34;onclick=&#34;x'),
        ("", ""),
    ],
)  # fmt: skip
def test_only_addresses_of_the_portal_become_links(text, shown):
    assert str(with_own_links(text, BASE)) == shown
