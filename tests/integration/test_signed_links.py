"""Links of mails: nobody changes them, one purpose each, until they are too old."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.core.clock import frozen, utc_now
from portal.core.signed_links import read, sign

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _in_app(app: Flask):
    with app.app_context():
        yield


def test_what_was_signed_comes_back():
    assert read("invitation", sign("invitation", {"id": 7}), WEEK) == {"id": 7}


def test_token_fits_into_an_address():
    token = sign("invitation", ["è?&/", 1])
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_link_of_one_purpose_is_none_of_another():
    assert read("confirmation", sign("invitation", 7), WEEK) is None


def test_changed_link_says_nothing():
    token = sign("invitation", 7)
    for changed in (token[:-1], "x" + token, "", "è", "a.b"):
        assert read("invitation", changed, WEEK) is None


def test_link_lasts_as_long_as_said_and_no_longer():
    token = sign("invitation", 7)
    now = utc_now()
    with frozen(now + WEEK - timedelta(minutes=1)):
        assert read("invitation", token, WEEK) == 7
    with frozen(now + WEEK + timedelta(minutes=1)):
        assert read("invitation", token, WEEK) is None
