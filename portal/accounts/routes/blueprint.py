"""The blueprint, apart so that each module of views can add to it."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__)
