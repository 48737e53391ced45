"""Front page, search across, pages about the portal, operations."""

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import can, current_actor, requires
from portal.core.addresses import local_address
from portal.core.caching import HoldsFor, revalidated
from portal.core.extensions import LOCALE_COOKIE, LOCALES
from portal.core.htmx import render_page
from portal.core.mail import absolute_url
from portal.core.pagination import requested_text
from portal.home import queries
from portal.home.readiness import check_readiness
from portal.permissions import Permission

home = Blueprint("home", __name__)

ONE_YEAR_SECONDS = 31_536_000

PUBLIC_PAGES = (
    "home.show_home",
    "volunteering.list_shifts",
    "laboratories.list_laboratories",
    "registry.list_associations",
    "registry.show_map",
    "places.list_places",
    "home.show_how_it_works",
    "home.show_privacy",
    "home.show_accessibility",
    "home.show_legal",
    "home.show_credits",
)
"""Endpoints of the map for search engines."""

DESK_LINKS = (
    (Permission.QUEUE_READ, "moderation.show_queue", "it-list"),
    (Permission.VOLUNTEERS_ADMINISTER, "volunteering.show_office_desk", "door-people"),
    (Permission.LABORATORY_OPEN, "laboratories.show_laboratories_desk", "door-pact"),
    (Permission.PROJECT_ADMINISTER, "volunteering.list_projects", "door-hand"),
    (Permission.PLACE_CARE, "places.list_cared", "door-house"),
    (Permission.CERTIFICATE_REVOKE, "volunteering.list_certificates_for_office", "it-file"),
    (Permission.REGISTRY_ADMINISTER, "registry.show_figures", "it-pa"),
    (Permission.REGISTRY_ADMINISTER, "registry.list_entries", "it-search"),
    (Permission.REGISTRY_ADMINISTER, "registry.list_duplicates", "it-copy"),
    (Permission.ASSOCIATION_IMPORT, "registry.list_imports", "it-upload"),
    (Permission.LETTER_TEMPLATE_EDIT, "moderation.show_letter_templates", "it-mail"),
    (Permission.PROCEDURE_READ, "moderation.show_terms", "it-clock"),
    (Permission.OFFICE_EDIT, "laboratories.show_offices", "it-pa"),
    (Permission.TERRITORY_EDIT, "territory.show_territory", "it-map-marker"),
    (Permission.ROLE_GRANT, "accounts.list_people", "it-user"),
)
"""What the office can do, for whom, with which icon; `home/desk.html` words it."""


@home.get("/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def show_home() -> Response:
    """Show the four doors, what is needed now, and the figures."""
    return render_page("home/home.html", front=queries.load_front_page())


@home.get("/cerca")
@requires(Permission.PORTAL_READ)
def search() -> Response:
    """Search across all features, grouped by door."""
    text = requested_text()
    return render_page(
        "home/search.html",
        partial="home/_results.html",
        text=text,
        groups=queries.search_portal(text),
    )


@home.get("/area-personale/")
@requires(Permission.PERSONAL_AREA_READ)
def show_personal_area() -> Response:
    """Show what waits for me, my next dates, my requests."""
    area = queries.load_personal_area(current_actor().account_id)
    return render_page("home/personal_area.html", area=area)


@home.get("/gestione/")
@requires(Permission.QUEUE_READ)
def show_desk() -> Response:
    """Show the office what waits today, and everything it can do here."""
    desk = queries.load_desk(current_actor(), with_registry=can(Permission.REGISTRY_ADMINISTER))
    return render_page("home/desk.html", desk=desk, links=DESK_LINKS)


@home.get("/come-funziona")
@requires(Permission.PORTAL_READ)
def show_how_it_works() -> Response:
    """Explain the portal and say where the front desk is."""
    return render_page("home/how_it_works.html")


@home.get("/privacy")
@requires(Permission.PORTAL_READ)
def show_privacy() -> Response:
    """Show what is kept of a person, why and for how long (GDPR, art. 13)."""
    return render_page("home/privacy.html")


@home.get("/accessibilita")
@requires(Permission.PORTAL_READ)
def show_accessibility() -> Response:
    """Show the accessibility statement (Law 4/2004, art. 3-quater)."""
    return render_page("home/accessibility.html")


@home.get("/note-legali")
@requires(Permission.PORTAL_READ)
def show_legal() -> Response:
    """Show the legal notes."""
    return render_page("home/legal.html")


@home.get("/crediti")
@requires(Permission.PORTAL_READ)
def show_credits() -> Response:
    """Show sources and licences."""
    return render_page("home/credits.html")


@home.get("/lingua/<code>")
@requires(Permission.PORTAL_READ)
def choose_language(code: str) -> BaseResponse:
    """Remember the language in a cookie of one year and go back to where one was."""
    if code not in LOCALES:
        abort(404)
    response = redirect(local_address(request.args.get("next")), code=303)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        LOCALE_COOKIE,
        code,
        max_age=ONE_YEAR_SECONDS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


@home.get("/robots.txt")
@requires(Permission.PORTAL_READ)
def show_robots() -> Response:
    """Say to search engines what is worth reading; a demo is for none of them."""
    return _file("home/robots.txt", "text/plain")


@home.get("/sitemap.xml")
@requires(Permission.PORTAL_READ)
def show_sitemap() -> Response:
    """List the pages from which everything public is reached."""
    return _file("home/sitemap.xml", "application/xml")


@home.get("/healthz")
@requires(Permission.OPERATIONS_READ)
def show_health() -> Response:
    """Say that the process lives; asks nobody else."""
    return jsonify(status="ok")


@home.get("/readyz")
@requires(Permission.OPERATIONS_READ)
def show_readiness() -> Response:
    """Say whether database, migrations and worker are well: 200, or 503 with which is not."""
    ready = check_readiness()
    response = jsonify(
        status="ok" if ready.is_complete else "unavailable",
        database=ready.database,
        migrations=ready.migrations,
        worker=ready.worker,
    )
    response.status_code = 200 if ready.is_complete else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(template: str, media_type: str) -> Response:
    response = render_page(template, address=absolute_url, pages=PUBLIC_PAGES)
    response.mimetype = media_type
    return response
