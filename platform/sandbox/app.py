"""The WSGI application of one bank."""

from typing import TYPE_CHECKING

from flask import Flask, Response

from sandbox import api, api_statements, control, control_data, pages, receivers
from sandbox.bank_context import Bank
from sandbox.courier import Courier
from sandbox.guard import MOST_BODY_BYTES, cutting, install, json_answer
from sandbox.people import plant

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create(bank: Bank) -> "WSGIApplication":
    """Routes, guards, documented test data and the courier thread, ready to serve."""
    with bank.store.write() as tx:
        plant(tx, bank.clock.now())
    courier = Courier(bank)
    app = Flask("sandbox", template_folder=str(pages.TEMPLATES), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    install(app, bank, courier)
    for part in (api, api_statements, control_data, pages, receivers):
        app.register_blueprint(part.blueprint(bank))
    app.register_blueprint(control.blueprint(bank, courier))

    @app.get("/healthz")
    def healthz() -> Response:
        return json_answer({"status": "ok"})

    courier.start()
    return cutting(app.wsgi_app)
