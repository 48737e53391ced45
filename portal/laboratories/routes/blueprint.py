"""The blueprint that the views of laboratories hang on."""

from flask import Blueprint

laboratories = Blueprint("laboratories", __name__)
