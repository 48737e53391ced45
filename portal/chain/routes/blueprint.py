"""The blueprint that the views of the chain hang on."""

from flask import Blueprint

chain = Blueprint("chain", __name__)
