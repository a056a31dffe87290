"""How many of N events it takes to reach a fraction of them: one rule for every history."""

from __future__ import annotations

import math

from anionx_teach._validation import scalar


def events_reaching(name: str, fraction: float, n_events: int) -> int:
    """Return how many events it takes to reach a fraction of them, inside (0, 1)."""
    part = scalar(name, fraction)
    if not 0.0 < part < 1.0:
        msg = f"{name} must be inside (0, 1), got {part}"
        raise ValueError(msg)
    events = part * n_events
    nearest = round(events)  # 0.07 * 100 is a little more than 7
    whole = nearest if abs(events - nearest) < 1e-9 * n_events else math.ceil(events)
    return max(whole, 1)


def event_window(low: float, high: float, n_events: int) -> tuple[int, int]:
    """Return how many events it takes to reach each of two fractions, 0 < low < high < 1."""
    first, last = events_reaching("low", low, n_events), events_reaching("high", high, n_events)
    if not float(low) < float(high):
        msg = f"low must be < high, got {float(low):g} and {float(high):g}"
        raise ValueError(msg)
    return first, last
