"""The demo's mailbox: the mail that would have been sent. Registered in demo mode only."""

from flask import Blueprint, Response, current_app

from portal.config import Settings
from portal.core.access import requires
from portal.core.htmx import render_page
from portal.core.pagination import requested_page, requested_text
from portal.demo import queries
from portal.demo.letters import with_own_links
from portal.permissions import Permission

demo = Blueprint("demo", __name__)


@demo.get("/demo/posta")
@requires(Permission.DEMO_READ)
def show_mailbox() -> Response:
    """Show the mail, newest first; `a` asks for one person's."""
    recipient = requested_text("a")
    mails = queries.list_mail(recipient=recipient, page=requested_page())
    return _unkept(
        render_page(
            "demo/mail_list.html",
            partial="demo/_results.html",
            page=mails,
            recipient=recipient,
            recipients=queries.list_recipients(),
        )
    )


@demo.get("/demo/posta/<int:mail_id>")
@requires(Permission.DEMO_READ)
def show_mail(mail_id: int) -> Response:
    """Show one mail as text: its own HTML would need styles that these pages forbid."""
    settings: Settings = current_app.extensions["portal_settings"]
    mail = queries.get_mail(mail_id)
    return _unkept(
        render_page(
            "demo/mail_detail.html",
            mail=mail,
            sender=settings.mail_from,
            letter=with_own_links(mail.text_body, settings.base_url),
        )
    )


def _unkept(response: Response) -> Response:
    # Mails hold codes and links that let people in.
    response.headers["Cache-Control"] = "no-store"
    return response
