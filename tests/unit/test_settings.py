"""Settings: a wrong one is refused with one line that names it."""

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from portal.config import SettingError, load_settings
from portal.core.database import psycopg_url

SECRET = "s" * 40


def load(**environ):
    return load_settings({"SECRET_KEY": SECRET, **environ})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٣"),
        ("DATABASE_URL", "mysql://localhost/portal"),
        ("DATABASE_URL", "not a url"),
        ("DATABASE_URL", "postgresql://host:port/name"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://host:many"),
        ("BASE_URL", "portal.example.org"),
        ("BASE_URL", "https://portal.example.org/sotto"),
        ("PORTAL_DEMO", "perhaps"),
        ("BEHIND_PROXY", "2"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", ""),
    ],
)
def test_wrong_setting_is_named_in_one_line(name, value):
    with pytest.raises(SettingError) as refusal:
        load(**{name: value})
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_database_url_speaks_psycopg():
    address = load(DATABASE_URL="postgres://anna:p%40ss@db.example.org:5433/portale").database_url
    assert address is not None
    url = psycopg_url(address)
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.port, url.database) == ("anna", "p@ss", 5433, "portale")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://",
        "postgresql:///portale",
        "postgresql://portal@/portal?host=/run/postgresql&port=5432",
        "postgresql://anna:p/w#?:x@db.example.org/portale",
        "postgresql://anna@office:secret@db.example.org/portale",
        "postgresql://db.example.org:/portale",
        "postgresql://db.example.org:54a/portale",
        "postgresql://[2001:db8::1]:5432/portale?sslmode=require",
        "postgresql+asyncpg://db.example.org?sslmode=require",
        "postgresql:/db.example.org/portale",
        "postgresql//db.example.org",
    ],
)
def test_address_of_a_database_is_refused_here_where_the_library_would(address):
    try:
        make_url(address)
    except (ArgumentError, ValueError):
        with pytest.raises(SettingError):
            load(DATABASE_URL=address)
    else:
        assert load(DATABASE_URL=address).database_url == address


def test_mail_server_with_and_without_encryption():
    plain = load(SMTP_URL="smtp://mail.example.org").smtp
    secure = load(SMTP_URL="smtps://anna:p%40ss@mail.example.org").smtp
    assert plain is not None
    assert secure is not None
    assert (plain.host, plain.port, plain.uses_tls) == ("mail.example.org", 25, False)
    assert (secure.port, secure.username, secure.password) == (465, "anna", "p@ss")


def test_demo_keeps_its_secret_between_starts(tmp_path):
    environ = {"PORTAL_DEMO": "1", "PORTAL_DATA_DIR": str(tmp_path / "instance")}
    first, second = load_settings(environ), load_settings(environ)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "instance" / "demo-secret").stat().st_mode & 0o077 == 0


def test_links_in_mails_follow_the_port_unless_told():
    assert load(PORT="8123").base_url == "http://127.0.0.1:8123"
    assert load(BASE_URL="https://portale.example.org/").base_url == "https://portale.example.org"
