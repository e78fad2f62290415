"""What the gate keeps: codes, authenticators, locks, and the log that nobody can change. The gate itself is `bot/gate.py`."""
