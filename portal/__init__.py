"""The portal of a collaborative city."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute
    """Load the app when somebody asks for it: the web process starts without it (`cli`)."""
    if name != "create_app":
        raise AttributeError(name)
    from portal.app import create_app  # noqa: PLC0415 - that is the point

    return create_app
