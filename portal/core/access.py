"""Who is asking, and whether they may: the mechanism. The rules stand in `access_table.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, g

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Actor:
    """The person (or the portal itself) behind an action, with all facts that rules ask for.

    Loaded once per request by `create_app`'s loader, so that predicates need no query.
    """

    id: int | None
    name: str
    email: str | None = None
    roles: frozenset[str] = frozenset()
    association_ids: frozenset[int] = frozenset()
    """Associations this person represents."""
    managed_association_ids: frozenset[int] = frozenset()
    """Those of them whose people this person may manage."""
    district_ids: frozenset[int] = frozenset()
    """Districts of a neighbourhood architect."""
    locale: str = "it"

    @property
    def is_signed_in(self) -> bool:
        """True for a person with an account, false for visitors and for the portal itself."""
        return self.id is not None

    def has_role(self, *roles: str) -> bool:
        """Say whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)

    @property
    def account_id(self) -> int:
        """The id of a signed-in person's account; raises `ValueError` for anybody else."""
        if self.id is None:
            raise ValueError("nobody is signed in")
        return self.id


ANONYMOUS = Actor(id=None, name="")
PORTAL = Actor(id=None, name="portal")
"""The portal acting by itself (jobs, imports)."""

Predicate = Callable[[Actor, Any], bool]


def always(_actor: Actor, _subject: Any) -> bool:  # noqa: ANN401 - any subject, that is the point
    """Allow whatever the subject is."""
    return True


@dataclass(frozen=True)
class Grant:
    """`roles` hold a permission, over the subjects for which `when` is true."""

    roles: frozenset[str]
    when: Predicate = always


EVERYONE = "everyone"
"""The pseudo-role of all visitors, with or without an account."""


@dataclass(frozen=True)
class Rule:
    """Who holds one permission: any grant that fits is enough."""

    grants: tuple[Grant, ...]
    hides: bool = field(default=False)
    """True: who may not, may not even know (404 instead of 403)."""


class AccessDeniedError(Exception):
    """The actor may not; `needs_sign_in` when signing in could help, `hides` to answer 404."""

    def __init__(self, *, needs_sign_in: bool, hides: bool) -> None:
        """Keep what the page has to know."""
        super().__init__("access denied")
        self.needs_sign_in = needs_sign_in
        self.hides = hides


_NO_SUBJECT = object()


def install_access(
    app: Flask, *, table: Mapping[StrEnum, Rule], load_actor: Callable[[], Actor]
) -> None:
    """Give `app` its access table and the function that says who is asking."""
    app.extensions["portal_access"] = (dict(table), load_actor)
    app.jinja_env.globals["can"] = can
    app.jinja_env.globals["current_actor"] = current_actor


def current_actor() -> Actor:
    """Return who is asking; loaded at the first call of a request."""
    actor = g.get("actor")
    if actor is None:
        actor = g.actor = current_app.extensions["portal_access"][1]()
    return actor


def forget_actor() -> None:
    """Load the actor anew at the next call (after signing in or a change of roles)."""
    g.pop("actor", None)


def may(actor: Actor, permission: StrEnum, subject: Any = _NO_SUBJECT) -> bool:  # noqa: ANN401
    """Say whether `actor` holds `permission`, over `subject` if one is given."""
    rule: Rule = current_app.extensions["portal_access"][0][permission]
    roles = actor.roles | {EVERYONE}
    return any(
        not grant.roles.isdisjoint(roles) and (subject is _NO_SUBJECT or grant.when(actor, subject))
        for grant in rule.grants
    )


def can(permission: StrEnum | str, subject: Any = _NO_SUBJECT) -> bool:  # noqa: ANN401
    """Say whether the person asking holds `permission` (for templates and views)."""
    rules: Mapping[StrEnum, Rule] = current_app.extensions["portal_access"][0]
    known = next(key for key in rules if key == permission)
    return may(current_actor(), known, subject)


def authorize(permission: StrEnum, subject: Any = _NO_SUBJECT) -> None:  # noqa: ANN401
    """Raise `AccessDeniedError` unless the person asking holds `permission` over `subject`."""
    actor = current_actor()
    if may(actor, permission, subject):
        return
    rule: Rule = current_app.extensions["portal_access"][0][permission]
    hides = rule.hides and subject is not _NO_SUBJECT
    raise AccessDeniedError(needs_sign_in=not actor.is_signed_in, hides=hides)


def requires(permission: StrEnum) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a view: only who holds `permission` gets in. Every view carries it.

    Rules about a particular object are asked again inside, by `authorize(permission, object)`.
    """

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded_view(*args: P.args, **kwargs: P.kwargs) -> R:
            authorize(permission)
            return view(*args, **kwargs)

        guarded_view.permission = permission  # type: ignore[attr-defined]
        return guarded_view

    return guard
