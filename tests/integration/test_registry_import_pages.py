"""Importing a list in the browser: upload, report, apply or discard."""

import gc
import io
import re
import sys

import pytest
from flask import request
from sqlalchemy import func, select

from portal.core.database import db
from portal.core.history import HistoryEntry
from portal.core.mail import MailMessage
from portal.permissions import Role
from portal.registry import services
from portal.registry.models import Association, ImportProgress, ImportRun
from portal.registry.services import import_runs
from portal.registry.services.import_progress import write_progress
from portal.registry.states import AssociationState, ImportState
from tests.client import parse, texts
from tests.factories.import_files import (
    REPRESENTATIVE,
    RUNTS_NAME,
    make_csv,
    make_workbook,
    runts_row,
)
from tests.factories.people import make_user
from tests.factories.registry import make_association, tax_code_of

IMPORTING = sys.modules["portal.registry.services.import_associations"]
"""The module; the function of that name hides it."""
PAGE = "/gestione/registro/importa"


@pytest.fixture
def clerk(client):
    person = make_user(name="Anna Inventata", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def form_with(token, content, name):
    """Return the form as a browser sends it: the test client would leave files open."""
    return (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--x\r\n'
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    ).encode() + content


def upload(client, content, name=RUNTS_NAME):
    body = form_with(client.csrf_token(), content, name) + b"\r\n--x--\r\n"
    return client.post(PAGE, data=body, content_type="multipart/form-data; boundary=x")


def uploaded(client, content, name=RUNTS_NAME):
    """Upload a list, let the job check it, and return the address of its page."""
    answer = upload(client, content, name)
    assert answer.status_code == 303
    work()
    return answer.location


def work():
    """Do what the worker would do."""
    jobs = db.session.execute(
        db.text(
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        )
    ).all()
    db.session.commit()
    for job_id, name, arguments in jobs:
        if name in ("check_import", "apply_import"):
            from portal.core.jobs import _JOBS

            _JOBS[name].run(**arguments)
        db.session.execute(
            db.text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = :id"),
            {"id": job_id},
        )
    db.session.commit()


def words_of(answer):
    return texts(parse(answer.get_data(as_text=True)).find(".//main"))


def the_run():
    db.session.expire_all()
    return db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(1)).one()


def press(client, page, what):
    return client.submit(f"{page}/{what}", {"version": the_run().version})


def test_a_list_is_uploaded_checked_and_applied(client, clerk):
    make_association(tax_code=tax_code_of(2), name="VECCHIO NOME")
    make_association(tax_code=tax_code_of(3), name="Cura da sé", state=AssociationState.ENROLLED)
    rows = [
        runts_row(1, name="+ ENERGIA"),
        runts_row(2, name="NUOVO NOME", municipality="REGGIO EMILIA"),
        runts_row(3, name="ALTRO NOME"),
        runts_row(4, province="NA", municipality="NAPOLI"),
        runts_row(5, tax_code="123"),
    ]
    page = uploaded(client, make_workbook(rows))
    answer = client.get(page)
    shown = words_of(answer)
    assert "Controlla prima di applicare" in shown
    assert "Abbiamo letto 5 righe" in shown
    assert "1 nuova" in shown.replace("\n", " ")
    assert "+ ENERGIA" in shown
    assert "NUOVO NOME" in shown
    assert "1 è di un’altra provincia: resta fuori. NA 1" in shown
    assert "Riga 6" in shown
    assert "elenco del RUNTS" in shown
    assert "Di 1 associazione l’elenco dice altro." in shown
    assert "Applica 3 cambi" in shown
    assert db.session.scalar(select(func.count()).select_from(Association)) == 2

    assert press(client, page, "applica").location == page
    assert "Stiamo applicando" in words_of(client.get(page))
    work()
    assert "Il registro segue l’elenco" in words_of(client.get(page))
    assert set(db.session.scalars(select(Association.name))) == {
        "+ ENERGIA",
        "NUOVO NOME",
        "Cura da sé",
    }
    assert the_run().state is ImportState.APPLIED
    [mail] = db.session.scalars(select(MailMessage)).all()
    assert mail.recipient == clerk.email
    assert (
        mail.text_body.splitlines()[2]
        == "abbiamo applicato l’elenco 20260804_iscritti_v1.0.xlsx al registro delle associazioni:"
        " 1 nuove, 2 cambiate, 0 uguali, 2 rifiutate."
    )
    assert page in mail.text_body
    steps = db.session.scalars(
        select(HistoryEntry.action).where(HistoryEntry.subject_kind == "import_run")
    )
    assert list(steps) == ["check", "apply", "finish"]
    names = set(
        db.session.scalars(
            select(HistoryEntry.actor_name).where(HistoryEntry.subject_kind == "association")
        )
    )
    assert names == {"Anna Inventata"}


def test_names_of_people_stay_nowhere(client, clerk, caplog):
    with caplog.at_level("DEBUG"):
        page = uploaded(client, make_csv([runts_row(1), runts_row(2, section="?")]), "x.csv")
        press(client, page, "applica")
        work()
    secret = REPRESENTATIVE.split()[-1]
    tables = db.session.scalars(
        db.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ).all()
    for table in tables:
        found = db.session.scalar(
            db.text(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE :name'),  # noqa: S608
            {"name": f"%{secret}%"},
        )
        assert found == 0, table
    assert secret not in caplog.text
    assert secret not in client.get(page).get_data(as_text=True)
    assert secret not in client.get(f"{page}/rifiutate.csv").get_data(as_text=True)


def test_after_the_check_the_rows_are_kept_instead_of_the_file(client, clerk):
    uploaded(client, make_csv([runts_row(1)]), "x.csv")
    assert REPRESENTATIVE.encode() not in bytes(the_run().content)


def test_while_it_is_checked_the_page_says_so_and_looks_again(client, clerk):
    page = upload(client, make_csv([runts_row(1)]), "x.csv").location
    answer = client.get(page)
    html = answer.get_data(as_text=True)
    assert "Stiamo controllando" in html
    assert 'hx-trigger="click, every 2s"' in html
    partial = client.get(page, headers={"HX-Request": "true"})
    assert partial.get_data(as_text=True).lstrip().startswith('<div id="import-progress"')
    write_progress(run_id=the_run().id, done=29, total=46)
    assert "29 righe su 46" in client.get(page).get_data(as_text=True)
    work()
    done = client.get(page, headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, page)


def test_progress_is_seen_while_the_work_goes_on(client, clerk, monkeypatch):
    upload(client, make_csv([runts_row(n) for n in range(1, 8)]), "x.csv")
    run_id = the_run().id
    seen = []
    monkeypatch.setattr(IMPORTING, "ROWS_AT_ONCE", 3)
    real = import_runs._write_progress

    def note(run_id, done, total):
        real(run_id, done, total)
        with db.engine.connect() as other:
            seen.append(
                tuple(other.execute(select(ImportProgress.done, ImportProgress.total)).one())
            )

    monkeypatch.setattr(import_runs, "_write_progress", note)
    import_runs.check_import_run(run_id=run_id)
    db.session.commit()
    assert seen == [(3, 7), (6, 7), (7, 7)]


def test_a_list_is_discarded(client, clerk):
    page = uploaded(client, make_csv([runts_row(1)]), "x.csv")
    press(client, page, "scarta")
    run = the_run()
    assert (run.state, run.content) == (ImportState.DISCARDED, None)
    assert "non è cambiato nulla" in words_of(client.get(page))
    assert press(client, page, "applica").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(Association)) == 0


def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(client, clerk):
    page = uploaded(client, make_workbook([runts_row(1, name="=1+1")]))
    shown = words_of(client.get(page))
    assert "Il registro è com’era prima" in shown
    assert "Riga 2: In questa riga c’è una formula" in shown
    run = the_run()
    assert (run.state, run.content) == (ImportState.FAILED, None)
    assert press(client, page, "applica").status_code == 409


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "Questo file è vuoto"), (b"x" * (20 * 1024 * 1024 + 1), "pesa più di 20 MB")],
)
def test_an_empty_or_large_file_is_refused_beside_its_field(client, clerk, content, words):
    answer = upload(client, content)
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_without_a_file_the_page_says_to_choose_one(client, clerk):
    answer = client.submit(PAGE)
    assert answer.status_code == 422
    assert "Scegli il file con l’elenco." in words_of(answer)


def test_a_request_far_too_large_gets_its_page_before_it_is_read(client, clerk):
    answer = upload(client, b"x" * (22 * 1024 * 1024))
    assert answer.status_code == 413
    assert "al massimo 21 MB" in words_of(answer)


def test_other_forms_with_files_keep_the_limit_of_all(app):
    for path, limit in ((PAGE, 21), ("/registro/richiesta/associazione", 12)):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        with app.test_request_context(path, method="POST", headers=headers):
            assert request.max_content_length == limit * 1024 * 1024
    with app.test_request_context(PAGE, method="POST", data={"a": "b"}):
        assert request.max_content_length == 1024 * 1024


# What had arrived is closed by the collector, not by the library that read it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_upload_that_breaks_off_leaves_nothing(client, clerk):
    body = form_with(client.csrf_token(), make_csv([runts_row(1)])[:200], "a.csv")
    answer = client.post(
        PAGE,
        input_stream=io.BytesIO(body),
        content_length=len(body) + 100_000,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0
    gc.collect()


def test_the_second_of_two_clerks_is_told(client, clerk):
    page = uploaded(client, make_csv([runts_row(1)]), "x.csv")
    version = the_run().version
    press(client, page, "applica")
    for what in ("applica", "scarta"):
        answer = client.submit(f"{page}/{what}", {"version": version})
        assert answer.status_code == 409
        assert "se n’è già occupat" in words_of(answer) or "già" in words_of(answer)
    assert the_run().state is ImportState.APPLYING


def test_one_list_is_applied_at_a_time(client, clerk):
    first = uploaded(client, make_csv([runts_row(1)]), "a.csv")
    press(client, first, "applica")
    second = upload(client, make_csv([runts_row(2)]), "b.csv").location
    services.check_import_run(run_id=the_run().id)
    db.session.commit()
    answer = press(client, second, "applica")
    assert answer.status_code == 409
    assert "Si sta applicando un altro elenco" in words_of(answer)


def test_applying_compares_once_more(client, clerk):
    page = uploaded(client, make_csv([runts_row(1), runts_row(2)]), "x.csv")
    assert the_run().new == 2
    make_association(
        tax_code=tax_code_of(2), name="ARRIVATA PRIMA", state=AssociationState.ENROLLED
    )
    press(client, page, "applica")
    work()
    run = the_run()
    assert (run.new, run.changed, run.rejected) == (1, 1, 0)
    assert "ARRIVATA PRIMA" in set(db.session.scalars(select(Association.name)))


def test_what_fails_while_applying_leaves_the_registry_as_it_was(client, clerk, monkeypatch):
    page = uploaded(client, make_csv([runts_row(n) for n in range(1, 5)]), "x.csv")
    press(client, page, "applica")
    monkeypatch.setattr(IMPORTING, "ROWS_AT_ONCE", 2)
    real = import_runs._write_progress

    def fail_late(run_id, done, total):
        real(run_id, done, total)
        if done == total:
            raise ZeroDivisionError

    monkeypatch.setattr(import_runs, "_write_progress", fail_late)
    work()
    assert the_run().state is ImportState.FAILED
    assert db.session.scalar(select(func.count()).select_from(Association)) == 0
    shown = words_of(client.get(page))
    assert "Qualcosa è andato storto da parte nostra" in shown
    [mail] = db.session.scalars(select(MailMessage)).all()
    assert mail.subject == "L’elenco x.csv non è stato applicato"


def test_jobs_may_run_twice(client, clerk):
    page = uploaded(client, make_csv([runts_row(1)]), "x.csv")
    services.check_import_run(run_id=the_run().id)
    db.session.commit()
    press(client, page, "applica")
    for _turn in range(2):
        services.apply_import_run(run_id=the_run().id)
        db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Association)) == 1
    assert db.session.scalar(select(func.count()).select_from(MailMessage)) == 1
    services.apply_import_run(run_id=10**9)


def test_lists_that_nobody_applied_are_discarded_after_a_month(client, clerk):
    uploaded(client, make_csv([runts_row(1)]), "x.csv")
    services.discard_old_import_runs()
    assert the_run().state is ImportState.CHECKED
    db.session.execute(db.text("UPDATE import_run SET created_at = now() - interval '31 days'"))
    services.discard_old_import_runs()
    db.session.commit()
    run = the_run()
    assert (run.state, run.content) == (ImportState.DISCARDED, None)


def test_all_rows_are_read_page_by_page_and_rejected_ones_downloaded(client, clerk):
    rows = [runts_row(n) for n in range(1, 61)]
    rows += [runts_row(100 + n, tax_code="=1") for n in range(25)]
    page = uploaded(client, make_csv(rows), "x.csv")
    assert "Vedi tutte le 60" in words_of(client.get(page))
    second = words_of(client.get(f"{page}/nuove?pagina=2"))
    assert "ENTE DI PROVA 51" in second
    assert "ENTE DI PROVA 9" not in second
    assert "Riga 62" in words_of(client.get(f"{page}/rifiutate"))
    assert client.get(f"{page}/cambiate").status_code == 200
    answer = client.get(f"{page}/rifiutate.csv")
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].lstrip("\ufeff") == "riga,codice_fiscale,denominazione,motivo"
    assert len(lines) == 26
    assert lines[1].startswith("62,'=1,ENTE DI PROVA 100,")


def test_the_list_of_imports_has_a_constant_number_of_queries(client, clerk):
    from tests.sql_counter import counted_sql

    uploaded(client, make_csv([runts_row(1)]), "x.csv")
    with counted_sql() as one:
        client.get(PAGE)
    for number in range(2, 5):
        upload(client, make_csv([runts_row(number)]), f"{number}.csv")
    with counted_sql() as several:
        client.get(PAGE)
    assert len(one) == len(several) <= 12


def test_a_list_without_changes_cannot_be_applied(client, clerk):
    data = make_csv([runts_row(1)])
    page = uploaded(client, data, "x.csv")
    press(client, page, "applica")
    work()
    page = uploaded(client, data, "x.csv")
    html = client.get(page).get_data(as_text=True)
    assert "Non c’è nulla da applicare" in html
    assert not re.search(r'action="[^"]+/applica"', html)


def test_names_of_files_are_cleaned(client, clerk):
    uploaded(client, make_csv([runts_row(1)]), "C:\\elenchi\\\u202e" + "a" * 300 + ".csv")
    name = the_run().file_name
    assert len(name) == 200
    assert name.endswith("aaa.csv")
    assert "\u202e" not in name
