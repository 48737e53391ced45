"""`create_app`: settings → extensions → features → access table → error pages."""

import hashlib
import logging
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import URL
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from portal.access_table import ACCESS_TABLE, load_actor
from portal.accounts.commitments import install_commitments
from portal.accounts.erasure import install_erasure
from portal.accounts.jobs import finish_erasure, forget_ended_sessions
from portal.accounts.routes import accounts
from portal.accounts.sign_in import install_sign_in
from portal.association_table import ASSOCIATION_TABLE
from portal.case_table import CASE_TABLE
from portal.chain.jobs import remind_of_drafts
from portal.chain.routes import chain
from portal.commitment_table import COMMITMENT_TABLE
from portal.config import PROJECT_ROOT, Settings, load_settings, require_database_url
from portal.core.access import install_access
from portal.core.addresses import install_addresses
from portal.core.caching import install_caching
from portal.core.database import psycopg_url
from portal.core.extensions import install_extensions
from portal.core.jobs import install_jobs
from portal.core.origins import install_origins
from portal.core.request_limits import install_request_limits
from portal.core.security_headers import add_static_headers, install_security_headers
from portal.core.templating import PortalEnvironment, install_templating
from portal.erasure_table import ERASURE_TABLE
from portal.error_pages import install_error_pages
from portal.home.calendar_routes import own_calendar
from portal.home.landing import landing_address
from portal.home.routes import home
from portal.laboratories.jobs.agreements import make_agreement_document
from portal.laboratories.jobs.comments import mail_new_comments
from portal.laboratories.jobs.endings import (
    ask_participants,
    find_ending_agreements,
    tell_of_ending,
)
from portal.laboratories.jobs.meetings import (
    find_due_meetings,
    give_back_meeting_place,
    lapse_meeting_offers,
    remind_of_meeting,
)
from portal.laboratories.jobs.telling import (
    mail_laboratory_news,
    mail_proposal_answer,
    remind_of_commitments,
    tell_supporters,
)
from portal.laboratories.openings import install_openings
from portal.laboratories.routes import laboratories
from portal.moderation.jobs import resume_cases
from portal.moderation.kinds import install_case_kinds
from portal.moderation.routes import moderation
from portal.opening_table import OPENING_TABLE
from portal.origin_table import ORIGIN_TABLE
from portal.permissions import Permission
from portal.places.routes import places
from portal.registry.jobs.freshness import remind_confirmations
from portal.registry.jobs.imports import apply_import, check_import, discard_old_imports
from portal.registry.jobs.removals import apply_removal_notices
from portal.registry.routes import registry
from portal.registry.ties import install_ties
from portal.territory.routes import territory
from portal.volunteering.jobs import (
    ask_after_absences,
    ask_attendance,
    call_people,
    find_due_shifts,
    find_saved_searches,
    give_back_place,
    give_back_unmet_place,
    lapse_offers,
    mail_saved_searches,
    recheck_volunteers,
    remind_interviews,
)
from portal.volunteering.routes import volunteering

JOBS = (
    forget_ended_sessions,
    finish_erasure,
    resume_cases,
    check_import,
    apply_import,
    discard_old_imports,
    apply_removal_notices,
    remind_confirmations,
    find_due_shifts,
    lapse_offers,
    ask_attendance,
    call_people,
    give_back_place,
    give_back_unmet_place,
    recheck_volunteers,
    find_saved_searches,
    mail_saved_searches,
    ask_after_absences,
    remind_interviews,
    mail_laboratory_news,
    remind_of_commitments,
    mail_proposal_answer,
    tell_supporters,
    ask_participants,
    find_ending_agreements,
    mail_new_comments,
    find_due_meetings,
    lapse_meeting_offers,
    remind_of_meeting,
    give_back_meeting_place,
    make_agreement_document,
    tell_of_ending,
    remind_of_drafts,
)
"""Jobs of the features: known to the worker because they are named here."""
FEATURES = (
    home, own_calendar, accounts, territory, moderation, registry, places, volunteering,
    laboratories, chain,
)  # fmt: skip

STATIC_DIR = PROJECT_ROOT / "static"
ONE_YEAR_SECONDS = 31_536_000


def create_app(settings: Settings | None = None, *, database_url: URL | None = None) -> Flask:
    """Return the portal.

    `settings` default to the environment's; `database_url` to theirs (who starts the embedded
    database passes its address). Raises `SettingError` when neither names a database.
    """
    settings = settings or load_settings()
    database_url = database_url or psycopg_url(require_database_url(settings))
    _log_to_stderr()
    app = Flask(
        "portal", root_path=str(PROJECT_ROOT), template_folder="templates", static_folder=None
    )
    app.jinja_environment = PortalEnvironment
    app.extensions["portal_settings"] = settings
    app.config.from_mapping(_flask_config(settings, database_url))
    install_extensions(app, is_limited=not settings.is_testing)
    install_request_limits(app)
    install_addresses(app)
    install_sign_in(app, landing_address=landing_address)
    for blueprint in FEATURES:
        app.register_blueprint(blueprint)
    if settings.is_demo:
        # Outside demo mode neither its addresses nor its code exist.
        from portal.demo.routes import demo  # noqa: PLC0415

        app.register_blueprint(demo)
    install_access(app, table=ACCESS_TABLE, load_actor=load_actor)
    install_case_kinds(app, CASE_TABLE)
    install_ties(app, ASSOCIATION_TABLE)
    install_commitments(app, COMMITMENT_TABLE)
    install_openings(app, OPENING_TABLE)
    install_origins(app, ORIGIN_TABLE)
    install_erasure(app, ERASURE_TABLE)
    install_jobs(app, database_url)
    install_templating(app, static_prefix=_serve_static(app))
    install_caching(app, program=_program(settings))
    app.jinja_env.globals["Permission"] = Permission
    install_security_headers(app)
    install_error_pages(app)
    if settings.is_behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings, database_url: URL) -> dict[str, object]:
    is_https = settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.is_testing,
        "SESSION_COOKIE_NAME": "__Host-portal" if is_https else "portal",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Forms stay open on phones for days; the session itself is the limit.
        "WTF_CSRF_TIME_LIMIT": None,
        "SQLALCHEMY_DATABASE_URI": database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # As many as blocking threads: a request never waits for a connection.
            "pool_size": 5,
            "max_overflow": 0,
            "connect_args": {"connect_timeout": 5, "options": "-c timezone=UTC"},
        },
        "BABEL_DEFAULT_LOCALE": "it",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Rome",
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT_ROOT / "translations"),
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
    }


def _serve_static(app: Flask) -> str:
    """Let WhiteNoise serve `static/` below an address that changes with its content."""
    prefix = f"static/{_content_hash(STATIC_DIR)}/"
    server = WhiteNoise(
        app.wsgi_app,
        root=str(STATIC_DIR),
        prefix=prefix,
        max_age=ONE_YEAR_SECONDS,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=add_static_headers,
    )
    app.wsgi_app = server  # type: ignore[method-assign]
    return f"/{prefix}"


def _program(settings: Settings) -> str:
    """Name what pages are made with: code, templates, words, style, and what they say of it."""
    sources = (("portal", "*.py"), ("templates", "*"), ("translations", "*.mo"), ("static", "*"))
    hashes = (_content_hash(PROJECT_ROOT / folder, pattern) for folder, pattern in sources)
    return " ".join((*hashes, settings.base_url, str(settings.is_demo)))


def _content_hash(folder: Path, pattern: str = "*") -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob(pattern) if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _log_to_stderr() -> None:
    if not logging.getLogger().handlers:
        logging.basicConfig(
            stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s"
        )
        # One line a job is too many; what fails is said as an error.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
