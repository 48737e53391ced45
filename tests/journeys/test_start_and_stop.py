"""`portal run` as a newcomer meets it: it starts, it stops cleanly, it says what is wrong."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from sqlalchemy import text

from portal.core.database import db
from portal.core.embedded_database import default_data_dir
from tests.journeys.conftest import ROOT, start_portal, stop_portal
from tests.journeys.processes import app_on, children_of, is_alive, processes_named, wait_until


def run_to_the_end(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_second_start_keeps_the_data_and_ctrl_c_leaves_nothing_running(make_folder):
    folder = make_folder()
    portal = start_portal(folder)
    with app_on(portal):
        first = db.session.scalar(text("SELECT count(*) FROM association"))
        db.session.execute(
            text("UPDATE user_account SET display_name = 'Anna Cambiata' WHERE email = :email"),
            {"email": "cittadina@example.org"},
        )
        db.session.commit()
    descendants = children_of(portal.process.pid)
    assert descendants
    assert stop_portal(portal) == 0
    wait_until(lambda: not any(is_alive(pid) for pid in descendants), what=str(descendants))
    assert "Traceback" not in portal.log()

    again = start_portal(folder)
    with app_on(again):
        assert db.session.scalar(text("SELECT count(*) FROM association")) == first > 600
        names = db.session.scalars(text("SELECT display_name FROM user_account")).all()
        assert names.count("Anna Cambiata") == 1
    assert stop_portal(again) == 0


def test_start_says_address_accounts_and_where_mail_goes(portal):
    wait_until(lambda: "/demo/posta" in portal.log())
    log = portal.log()
    assert portal.url in log
    for account in ("cittadina", "associazione", "operatore", "architetta", "admin"):
        assert f"{account}@example.org" in log
    assert "collaborativa-2026" in log


def test_process_that_ends_is_started_again(make_folder):
    portal = start_portal(make_folder())
    (worker,) = processes_named(portal, "portal worker")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: [p for p in processes_named(portal, "portal worker") if p != worker] != [])
    assert portal.read("/healthz")[0] == 200
    assert stop_portal(portal) == 0


def test_terminate_stops_the_database_too(make_folder):
    portal = start_portal(make_folder())
    postmaster = default_data_dir(portal.folder / "instance") / "postmaster.pid"
    pid = int(postmaster.read_text().splitlines()[0])
    assert is_alive(pid)
    portal.process.terminate()
    portal.process.wait(timeout=60)
    wait_until(lambda: not is_alive(pid), what="the database still runs")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "many", "PORTAL_DEMO": "1"}, "PORT"),
        ({"PORTAL_DEMO": "0"}, "SECRET_KEY"),
        ({"PORTAL_DEMO": "1", "DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"PORTAL_DEMO": "1", "SMTP_URL": "ftp://x"}, "SMTP_URL"),
        (
            {"PORTAL_DEMO": "1", "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/nowhere"},
            "The database cannot be reached",
        ),
        ({"PORTAL_DEMO": "1", "PORTAL_DATA_DIR": "/proc/nowhere"}, "PORTAL_DATA_DIR"),
    ],
)
def test_wrong_setting_stops_the_start_with_one_line(environment, named):
    ended = run_to_the_end("run", **environment)
    assert ended.returncode == 1
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert named in lines[0]


def test_taken_port_is_said(make_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run_to_the_end(
            "run", PORT=str(port), PORTAL_DEMO="1", PORTAL_DATA_DIR=str(make_folder() / "i")
        )
    assert ended.returncode == 1
    assert f"PORT {port} is taken" in ended.stderr


def test_outside_the_demo_its_mailbox_and_accounts_do_not_exist(make_folder):
    portal = start_portal(make_folder(), PORTAL_DEMO="0", SECRET_KEY="k" * 40, HOST="127.0.0.1")
    assert portal.read("/demo/posta")[0] == 404
    status, page = portal.read("/")
    assert status == 200
    assert "demo-line" not in page
    with app_on(portal):
        assert db.session.scalar(text("SELECT count(*) FROM user_account")) == 0
    assert stop_portal(portal) == 0
