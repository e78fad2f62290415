"""/healthz and /metrics: is it alive, and how is it doing."""

from __future__ import annotations

import hmac
import ipaddress
from functools import partial

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from storage import migrating, watching

from . import metrics
from .house import House


async def healthz(house: House, _request: Request) -> Response:
    """200 when alive, the database can be reached and its schema is this release's; 503 and the reason otherwise."""
    try:
        current = await house.database.run(migrating.current)
    except (SQLAlchemyError, OSError):
        return JSONResponse({"ok": False, "why": "the database cannot be reached"}, 503)
    if current != migrating.head():
        return JSONResponse({"ok": False, "why": "the schema is not current: run `platica migrate`"}, 503)
    return JSONResponse({"ok": True})


async def metrics_page(house: House, request: Request) -> Response:
    """Prometheus' text form, for this machine or with the token."""
    token = str(house.settings.metrics_token)
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not (is_local(request) or (token and hmac.compare_digest(shown.encode(), token.encode()))):
        return PlainTextResponse("Forbidden", 403)
    await house.database.run(partial(_measure, house=house))
    return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _measure(connection: Connection, house: House) -> None:
    now = house.now()
    for (channel, state), rows in watching.outbox_rows(connection).items():
        metrics.OUTBOX.labels(channel, state).set(rows)
    metrics.OLDEST.set(watching.oldest_due_seconds(connection, now, list(house.channels)))
    for found, look_ups in watching.look_ups(connection, now.date()).items():
        metrics.LOOK_UPS.labels("yes" if found else "no").set(look_ups)


def is_local(request: Request) -> bool:
    """Asked on this machine, of this machine by name: a page of another host that points here is not."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    host = request.headers.get("host", "").rsplit(":", 1)[0].strip("[]")
    return _is_loopback(request.client.host) and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
