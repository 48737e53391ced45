"""E-mail addresses and passwords as people write them."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

SHORTEST_PASSWORD = 12
LONGEST_EMAIL = 254

_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")

_COMMON = (
    "password", "passwort", "motdepasse", "parola", "segreto", "segreta", "secret", "welcome",
    "benvenuto", "benvenuta", "qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm",
    "abcdef", "abcdefgh", "admin", "administrator", "amministratore", "letmein", "iloveyou",
    "tiamo", "amore", "ciao", "buongiorno", "princess", "principessa", "monkey", "dragon",
    "football", "calcio", "juventus", "forzajuve", "inter", "forzainter", "milan", "forzamilan",
    "napoli", "roma", "reggiana", "reggio", "emilia", "italia", "italy", "andrea", "francesco",
    "francesca", "alessandro", "alessandra", "giuseppe", "martina", "matteo", "estate", "inverno",
    "primavera", "autunno", "comune", "portale", "login", "user", "utente", "test", "prova",
)  # fmt: skip
_LONGEST_FIRST = sorted(_COMMON, key=len, reverse=True)
_ROWS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz",
         "qwertyuiopasdfghjklzxcvbnm")  # fmt: skip
FEWEST_OWN_CHARACTERS = 5
"""What must be left of a password without its common words and rows of keys."""
FEWEST_DIFFERENT_CHARACTERS = 5
_SHORTEST_ROW = 4


def normalise_email(text: str) -> str:
    """Return the address as it is stored: ASCII, lower-case, no spaces around.

    No mail server is asked. Raises `ValueError` for what is no address.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(text) from error
    if found.ascii_email is None or len(found.ascii_email) > LONGEST_EMAIL:
        raise ValueError(text)
    return found.ascii_email.lower()


def find_password_problem(password: str, *, email: str = "", name: str = "") -> object | None:
    """Return a sentence on why nobody should use this password, or None when it is good.

    Length matters most; beyond it, what is tried first by who guesses is refused: common words,
    rows of keys, one's own name or address, whatever digits and signs are hung on.
    """
    if len(password) < SHORTEST_PASSWORD:
        return _l("Use at least %(shortest)s characters: three or four words are easy to remember.",
                  shortest=SHORTEST_PASSWORD)  # fmt: skip
    if len(set(password.lower())) < FEWEST_DIFFERENT_CHARACTERS:
        return _l("Use more different characters.")
    own = [part for part in (email.partition("@")[0] + " " + name).lower().split() if len(part) > 2]  # noqa: PLR2004 - shorter ones are in every word
    if len(_without_guessable(password.lower(), own)) < FEWEST_OWN_CHARACTERS:
        return _l("This password is among the first that are tried: choose words only you join.")
    return None


def _without_guessable(password: str, own: list[str]) -> str:
    """Return what is left of `password` without common words, rows of keys and years."""
    # Digits and signs at the end are what people hang on when a form asks for them.
    text = _without_rows(password).rstrip("0123456789!?.,:;-_+*#@$% ")
    letters = "".join(c for c in text.translate(_LOOKALIKES) if c.isalnum())
    for word in [*own, *_LONGEST_FIRST]:
        letters = letters.replace(word, "")
    return letters


def _without_rows(text: str) -> str:
    for row in _ROWS:
        for length in range(len(row), _SHORTEST_ROW - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
    return text
