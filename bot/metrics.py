"""What is counted while running, for /metrics. Never a number, a text or a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

INBOUND = Counter(
    "platica_inbound",
    "Messages received: new, again (a repeated delivery), or flood (more than we answer).",
    ["channel", "seen"],
    registry=REGISTRY,
)
SENDS = Counter("platica_sends", "Texts handed off, by what became of it.", ["channel", "outcome"], registry=REGISTRY)
HANDOFF = Histogram(
    "platica_handoff_seconds",
    "From writing a reply to its hand-off.",
    ["channel"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200),
    registry=REGISTRY,
)
REFUSED = Counter("platica_refused", "Requests turned away, by why.", ["why"], registry=REGISTRY)
ALARMS = Counter("platica_alarms", "Things a person must look at.", ["what"], registry=REGISTRY)
OUTBOX = Gauge("platica_outbox_rows", "Outbox rows, by state.", ["channel", "state"], registry=REGISTRY)
OLDEST = Gauge("platica_outbox_oldest_seconds", "Age of the oldest row that is due and still waits.", registry=REGISTRY)
LOOK_UPS = Gauge("platica_look_ups_today", "Look-ups counted today, by whether anything was found.", ["found"], registry=REGISTRY)
