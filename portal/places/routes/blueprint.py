"""The blueprint that the views of places hang on."""

from flask import Blueprint

places = Blueprint("places", __name__)
