"""The portal of a collaborative city."""

from portal.app import create_app

__all__ = ["create_app"]
