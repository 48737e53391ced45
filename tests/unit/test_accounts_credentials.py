"""Addresses and passwords as people write them."""

import pytest

from portal.accounts.credentials import find_password_problem, normalise_email


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("ada+turni@example.org", "ada+turni@example.org"),
        ("ada@città.it", "ada@xn--citt-3na.it"),
    ],
)
def test_address_is_stored_in_one_way(typed, stored):
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "ada", "ada@", "@example.org", "ada@localhost", "ada@comune.test", "àda@example.org",
     "a b@example.org", "ada@example.org\nbcc: x@y.it", "a" * 250 + "@example.org", "\x00@a.it"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is whatever was typed
        normalise_email(typed)


@pytest.mark.parametrize(
    "password",
    ["", "corta", "password", "passwordpassword", "Password12345!", "P@ssw0rd2026!", "123456789012",
     "qwertyuiop12", "aaaaaaaaaaaa", "abcabcabcabc", "ciaociaociao1", "forzajuventus!",
     "ReggioEmilia2026", "ada.prova.2026", "Juventus.1234567"],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password):
    assert find_password_problem(password, email="ada.prova@example.org", name="Ada Prova")


@pytest.mark.parametrize(
    "password",
    ["cavallo-batteria-graffetta", "collaborativa-2026", "nove gatti al mare", "xK9#mQ2$vL7&",
     "tre civette sul comò"],
)  # fmt: skip
def test_what_only_one_person_joins_is_good(password):
    assert find_password_problem(password, email="ada@example.org", name="Ada Prova") is None
