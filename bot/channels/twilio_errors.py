"""What Twilio's answers mean for a text: the table of its codes, and the HTTP client that reads them.

Nothing of Twilio's wording is kept, because it quotes numbers. Codes: https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, InvalidURL, ProxyError, SSLError, Timeout
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError, NewConnectionError

from conversations.announcements.account import FILTERED

from .base import DeliveryError, OurFault, PersonLeft, Refused, TryLater, Unknown

LEFT = "21610"
"""They texted STOP to this number, or to the whole messaging service."""

_LATER = "20429 30001 21611 14107 30003 30022 30027"
"""Too fast, the queue is full, a loop guard, a phone that is off, the day's allowance used up."""
_NEVER = "21211 21214 21217 21408 21601 21602 21604 21612 21614 21617 21635 30004 30005 30006 30007"
"""Not a number, not one that takes texts, not a country we send to, too long, filtered."""
GONE = frozenset({"21211", "21614", "30005", "30006"})
"""No such number, or none that takes texts: whoever had it has it no more."""
_OURS = "20003 20005 20403 20404 21603 21606 21608 21659 21660 21701 21703 21712 30002 30024 30032 30034 90010"
"""Credentials, an account out of money, a sender that is not ours or not registered."""
PAUSES = frozenset({FILTERED, *_OURS.split()})
TOO_FAST = frozenset({"20429", "HTTP 429"})


def _each(codes: str, kind: type[DeliveryError]) -> Iterable[tuple[str, type[DeliveryError]]]:
    return ((code, kind) for code in codes.split())


_KINDS = {LEFT: PersonLeft} | dict(_each(_LATER, TryLater)) | dict(_each(_NEVER, Refused)) | dict(_each(_OURS, OurFault))
_ACCOUNT = {401, 402, 403, 404, 405}
"""About our account or address, never about one number."""
_LOOP_GUARD = "14107"
_LOOP_GUARD_SECONDS = 30.0


def error_for(code: str, http: int = 400, after: float | None = None) -> DeliveryError:
    """The error a code stands for; by the HTTP status where the code is not in the table. A 5xx may have been taken all the same."""
    kind = _KINDS.get(code) or _by_status(http)
    if kind is TryLater and code == _LOOP_GUARD:
        after = after or _LOOP_GUARD_SECONDS
    if kind is Refused:
        return Refused(code or f"HTTP {http}", after=after, gone=code in GONE)
    return kind(code or f"HTTP {http}", after=after)


def network_error(error: Exception) -> DeliveryError:
    """What a failed call means: nothing was sent if no connection came about; otherwise it may have been."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(error, SSLError) and _certificate(reason):
        return OurFault("certificate")
    if isinstance(error, ConnectTimeout | ProxyError | InvalidURL) or isinstance(reason, NewConnectionError):
        return TryLater("no connection")
    return Unknown("timeout" if isinstance(error, Timeout) else "connection lost")


class Wire(TwilioHttpClient):  # type: ignore[misc]
    """The library's HTTP client with every Twilio host at `api_url` if given, no retries, no logs, failures as `DeliveryError`s.

    The library's own log lines hold numbers, and its exceptions Twilio's wording.
    """

    def __init__(self, api_url: str, timeout: float, connections: int) -> None:
        super().__init__(timeout=timeout)
        self._base = api_url.rstrip("/")
        self.session.trust_env = not api_url
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
        logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)  # below that it logs addresses, with the number in the query

    def request(self, method: str, url: str, *args: Any, **named: Any) -> Any:
        try:
            response = super().request(method, self.at(url), *args, **named)
        except (OSError, HTTPError) as error:
            failure: DeliveryError | None = network_error(error)
        else:
            failure = _failure(response)
        if failure is None:
            return response
        # outside the `except`, so that no traceback holds the provider's words
        raise TryLater(failure.code) if method != "POST" and isinstance(failure, Unknown) else failure

    def log_request(self, kwargs: Any) -> None: ...

    def log_response(self, status_code: int, response: Any) -> None: ...

    def close(self) -> None:
        self.session.close()

    def at(self, url: str) -> str:
        """The same path at the base we were given."""
        if not self._base or url.startswith(self._base):
            return url
        return self._base + "/" + url.split("/", 3)[3]

    def is_base(self, url: str) -> bool:
        """It is at the base we were given in place of Twilio's hosts."""
        return bool(self._base) and url.startswith(f"{self._base}/")

    def is_at(self, url: str, host: str) -> bool:
        """It is at a host of Twilio's, or at what stands for it."""
        return url.startswith(f"https://{host}/") or self.is_base(url)


def _by_status(http: int) -> type[DeliveryError]:
    if http == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater
    if http in _ACCOUNT or HTTPStatus.MULTIPLE_CHOICES <= http < HTTPStatus.BAD_REQUEST:
        return OurFault
    return Refused if HTTPStatus.BAD_REQUEST <= http < HTTPStatus.INTERNAL_SERVER_ERROR and http != HTTPStatus.REQUEST_TIMEOUT else Unknown


def _failure(response: Any) -> DeliveryError | None:
    """What is wrong with an answer, or None. A success nobody can read is no success."""
    answer = _read(response.text)
    if HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return None if answer else Unknown("unreadable")
    code = answer.get("code", "")
    return error_for(str(code or ""), response.status_code, _seconds(response.headers.get("Retry-After", "")))


def _read(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None


def _certificate(reason: object) -> bool:
    """A certificate nobody vouches for: a wrong clock here, or a filter that opens encrypted traffic."""
    return isinstance(reason, HTTPError) and any(isinstance(cause, ssl.SSLCertVerificationError) for cause in reason.args)
