"""Settings, read once from the environment.

A wrong setting stops the start with one clear line (`SettingError`), never a traceback.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The checkout: templates, static files, migrations and translations lie beside the package."""
_DATABASE_URL = re.compile(
    r"[\w+]+://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]*)(?::\d+)?(?:[/?].*)?"
)
"""As SQLAlchemy reads it, which the command that becomes the web server does not load."""


class SettingError(Exception):
    """A setting of the environment is missing or wrong; the message is for the person starting."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, from `SMTP_URL` (`smtp://user:password@host:587`)."""

    host: str
    port: int
    username: str | None
    password: str | None
    uses_tls: bool
    """True for `smtps://`: encrypted from the first byte. Otherwise STARTTLS where offered."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    secret_key: str
    """Signs sessions and links in mails. Required outside demo mode."""
    is_demo: bool
    """True under `make run`: demo accounts, demo mailbox, one line on every page saying so."""
    port: int
    """TCP port of the web process."""
    database_url: str | None
    """The PostgreSQL server to use (`core.database.psycopg_url`); None means the embedded one."""
    data_dir: Path
    """Where the embedded database and the demo's secret live."""
    smtp: SmtpServer | None
    """None keeps mail in the demo mailbox; required outside demo mode for mail to leave."""
    mail_from: str
    """Sender of every mail."""
    base_url: str
    """Scheme and host of links in mails, without a final slash."""
    is_behind_proxy: bool
    """True when one reverse proxy sets X-Forwarded-For, -Proto and -Host."""
    rate_limit_storage: str
    """Flask-Limiter's storage; `memory://` counts per process, a Redis address counts for all."""
    is_testing: bool = False
    """True in tests only: cheap password hashing, no throttling unless a test asks."""


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process, from `environ` (default: the real environment).

    Raises `SettingError` naming the variable and what it should look like.
    """
    env = os.environ if environ is None else environ
    is_demo = _read_flag(env, "PORTAL_DEMO", default=False)
    port = _read_port(env)
    data_dir = Path(env.get("PORTAL_DATA_DIR") or PROJECT_ROOT / "instance").expanduser().absolute()
    return Settings(
        secret_key=_read_secret_key(env, is_demo=is_demo, data_dir=data_dir),
        is_demo=is_demo,
        port=port,
        database_url=_read_database_url(env),
        data_dir=data_dir,
        smtp=_read_smtp(env),
        mail_from=env.get("MAIL_FROM") or "Città collaborativa <portale@example.org>",
        base_url=_read_base_url(env, port),
        is_behind_proxy=_read_flag(env, "BEHIND_PROXY", default=False),
        rate_limit_storage=env.get("RATE_LIMIT_STORAGE") or "memory://",
    )


def require_database_url(settings: Settings) -> str:
    """Return the database of these settings; raises `SettingError` when they name none."""
    if settings.database_url is None:
        raise SettingError("DATABASE_URL is missing: only `portal run` starts its own database.")
    return settings.database_url


def _read_flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise SettingError(f"{name} is {value!r}: write 1 or 0.")


def _read_port(env: Mapping[str, str]) -> int:
    value = env.get("PORT") or "8000"
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:  # noqa: PLR2004 - the range of TCP ports
        raise SettingError(f"PORT is {value!r}: write a number from 1 to 65535.")
    return int(value)


def _read_database_url(env: Mapping[str, str]) -> str | None:
    value = env.get("DATABASE_URL", "").strip()
    if not value:
        return None
    if not _DATABASE_URL.fullmatch(value):
        raise SettingError(
            "DATABASE_URL cannot be read: write postgresql://user:password@host:5432/name."
        )
    if re.split(r"[+:]", value)[0] not in {"postgresql", "postgres"}:
        raise SettingError(
            "DATABASE_URL must name a PostgreSQL server: postgresql://user:password@host/name."
        )
    return value


def _read_smtp(env: Mapping[str, str]) -> SmtpServer | None:
    value = env.get("SMTP_URL", "").strip()
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise SettingError("SMTP_URL cannot be read: write smtp://host:25.") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingError("SMTP_URL cannot be read: write smtp://host:25 or smtps://host:465.")
    uses_tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if uses_tls else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        uses_tls=uses_tls,
    )


def _read_base_url(env: Mapping[str, str], port: int) -> str:
    value = (env.get("BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise SettingError(f"BASE_URL is {value!r}: write https://portal.example.org.")
    return value


def _read_secret_key(env: Mapping[str, str], *, is_demo: bool, data_dir: Path) -> str:
    value = env.get("SECRET_KEY", "")
    if value:
        if len(value) < 32 and not is_demo:  # noqa: PLR2004 - 16 random bytes in hexadecimal
            raise SettingError("SECRET_KEY is too short: use at least 32 random characters.")
        return value
    if not is_demo:
        raise SettingError(
            "SECRET_KEY is missing: set at least 32 random characters, "
            "for instance from `python -c 'import secrets; print(secrets.token_hex(32))'`."
        )
    return _keep_demo_secret(data_dir)


def _keep_demo_secret(data_dir: Path) -> str:
    """Return the demo's own secret, made at the first start so that sessions survive a second."""
    path = data_dir / "demo-secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise SettingError(f"PORTAL_DATA_DIR {data_dir} cannot be written: {error}.") from error
    secret = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
