"""From agreement to hands: each module adds its pages to the blueprint."""

from portal.chain.routes import agreement_chain, openings
from portal.chain.routes.blueprint import chain

__all__ = ["agreement_chain", "chain", "openings"]
