"""Mails to who follows a laboratory. Each ends with one tap (RFC 8058)."""

from portal.accounts.models import User
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.laboratories.models import Laboratory, LaboratoryNews

FOLLOW_LINK = "laboratory_news"
"""Purpose of the link that ends them."""


def mail_news(*, reader: User, news: LaboratoryNews, laboratory: Laboratory) -> None:
    """Tell who follows a laboratory what is new in it."""
    token = sign(FOLLOW_LINK, [reader.id, laboratory.id])
    end_address = absolute_url("laboratories.show_end_of_news", token=token)
    queue_mail(
        event_key=f"laboratory_news:{news.id}:{reader.id}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/news",
        extras=MailExtras(unsubscribe_url=end_address),
        name=reader.display_name,
        title=news.title,
        news=news.text,
        laboratory_title=laboratory.title,
        news_address=absolute_url("laboratories.show_news", slug=laboratory.slug, news_id=news.id),
        end_address=end_address,
    )
