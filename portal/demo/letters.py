"""A mail's words on a page."""

import re

from markupsafe import Markup

_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def with_own_links(text: str, base_url: str) -> Markup:
    """Return `text` escaped, with the addresses of this portal as links.

    They lead to the host one is on, whatever the settings call it; addresses of others stay words.
    """
    parts: list[Markup] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found[0]
        path = address.removeprefix(base_url)
        parts.append(Markup("{}").format(text[end : found.start()]))
        is_own = path != address and path[:1] in {"/", ""} and not path.startswith("//")
        parts.append(
            Markup('<a href="{}">{}</a>').format(path or "/", address)
            if is_own
            else Markup("{}").format(address)
        )
        end = found.end()
    return Markup().join([*parts, Markup("{}").format(text[end:])])
