"""The blueprint that the views of R+ hang on."""

from flask import Blueprint

volunteering = Blueprint("volunteering", __name__)
