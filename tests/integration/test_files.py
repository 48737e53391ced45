"""Documents that are kept: what the database refuses, and how they come back."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage, MultiDict

from portal.core.database import db
from portal.core.downloads import file_response
from portal.core.errors import NotFoundError, constraint_name
from portal.core.files import (
    LARGEST_FILE_BYTES,
    PICTURES,
    FileRefusedError,
    MediaType,
    StoredFile,
    delete_stored_file,
    get_stored_file,
    store_made,
    store_upload,
)
from portal.core.forms import MOST_FILES, PortalForm, UploadField, UploadsField, required
from tests.factories.files import PDF, picture, upload


@pytest.fixture(autouse=True)
def empty_database(database):
    return database


class SomeForm(PortalForm):
    bylaws = UploadField("Statuto", [required("Scegli lo statuto.")])
    logo = UploadField("Logo", allowed=PICTURES)
    others = UploadsField("Altri documenti")


def filled_in(app: Flask, **files: object) -> SomeForm:
    data = MultiDict()
    for name, chosen in files.items():
        for one in chosen if isinstance(chosen, list) else [chosen]:
            data.add(name, one)
    made = app.test_request_context(
        "/", method="POST", data=data, content_type="multipart/form-data"
    )
    made.push()
    try:
        form = SomeForm(meta={"csrf": False})
        form.validate()
        return form
    finally:
        made.pop()


def sent(content: bytes = PDF, name: str = "statuto.pdf") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def test_uploaded_document_comes_back_as_it_was():
    stored = store_upload(upload=upload(PDF, "Statuto.pdf"))
    db.session.expire_all()
    found = get_stored_file(stored.id)
    assert (found.name, found.media_type, found.content) == ("Statuto.pdf", MediaType.PDF, PDF)
    assert found.size == len(PDF)


def test_content_is_not_read_where_only_the_name_is_shown():
    stored = store_upload(upload=upload(PDF))
    db.session.expire_all()
    again = db.session.get(StoredFile, stored.id)
    assert "content" not in vars(again)


def test_refused_upload_leaves_nothing():
    with pytest.raises(FileRefusedError):
        store_upload(upload=upload(b"MZ"))
    assert db.session.query(StoredFile).count() == 0


def test_deleted_document_is_gone():
    stored = store_made(name="Ricevuta", content=PDF)
    assert stored.name == "Ricevuta.pdf"
    delete_stored_file(stored.id)
    with pytest.raises(NotFoundError):
        get_stored_file(stored.id)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("size_is_of_content", {"size": 3}),
        ("size_is_allowed", {"size": 0, "content": b""}),
        (
            "size_is_allowed",
            {"size": LARGEST_FILE_BYTES + 1, "content": b"x" * (LARGEST_FILE_BYTES + 1)},
        ),
        ("sha256_is_hexadecimal", {"sha256": "Z" * 64}),
        ("has_name", {"name": "  "}),
    ],
)
def test_database_refuses_an_impossible_document(rule, change):
    right = {"name": "a.pdf", "media_type": MediaType.PDF, "size": 2, "sha256": "0" * 64}
    db.session.add(StoredFile(**{**right, "content": b"ab", **change}))
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    assert constraint_name(refused.value) == f"ck_stored_file_{rule}"


def test_download_keeps_its_name_and_nothing_in_it_runs(app):
    stored = store_upload(upload=upload(PDF, "Atto così.pdf"))
    with app.test_request_context("/"):
        response = app.process_response(file_response(get_stored_file(stored.id)))
        shown = app.process_response(file_response(stored, as_attachment=False))
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    assert "filename*=UTF-8''Atto%20cos%C3%AC.pdf" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert response.get_data() == PDF
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_form_takes_files(app):
    form = filled_in(app, bylaws=sent(), others=[sent(name="a.pdf"), sent(name="b.pdf")])
    assert form.error_list == []
    assert isinstance(form.bylaws.data, FileStorage)
    assert form.logo.data is None
    assert [u.filename for u in form.others.data] == ["a.pdf", "b.pdf"]


def test_form_says_beside_the_field_what_is_wrong_with_a_file(app):
    form = filled_in(app, bylaws=sent(b"MZ"), logo=sent())
    assert [str(m) for m in form.bylaws.errors] == [
        "Questo non è un PDF, un JPEG o un PNG: salvalo in uno di questi formati."
    ]
    assert [str(m) for m in form.logo.errors] == [
        "Questa non è un’immagine JPEG o PNG: scegline una."
    ]


def test_form_without_its_required_file_says_so(app):
    assert [m for _, m in filled_in(app).error_list] == ["Scegli lo statuto."]
    text_alone = filled_in(app, bylaws="statuto.pdf")
    assert [m for _, m in text_alone.error_list] == ["Scegli lo statuto."]


def test_more_files_than_a_form_takes_are_refused(app):
    many = [sent(name=f"{n}.pdf") for n in range(MOST_FILES + 1)]
    form = filled_in(app, bylaws=sent(), others=many)
    assert [m for _, m in form.error_list] == ["Al massimo 5 file per volta."]


def test_macro_shows_label_help_error_and_the_name_to_choose_again(app):
    template = app.jinja_env.from_string(
        '{% from "components/field.html" import upload %}'
        "{{ upload(form.bylaws) }}{{ upload(form.logo) }}"
    )
    form = filled_in(app, bylaws=sent(), logo=(BytesIO(picture()[:40]), "logo.jpg"))
    with app.test_request_context("/"):
        html = template.render(form=form)
    assert "PDF, JPEG o PNG, al massimo 10 MB." in html
    assert "Scegli di nuovo statuto.pdf: il browser non conserva i file." in html
    assert 'type="file"' in html
    assert 'accept="application/pdf,image/jpeg,image/png"' in html
    assert 'aria-describedby="logo-aiuto logo-errore"' in html
    assert "danneggiato o incompleto" in html
