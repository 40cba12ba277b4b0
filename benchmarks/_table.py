"""How figures are taken and told: a ratio to an anchor, or an absolute with its limit."""

import time
from collections.abc import Callable

HEAD = ("what", "ours", "anchor", "ratio", "goal", "")


def head() -> None:
    _line(*HEAD)


def ratio(what: str, ours: float, anchor: float, *, goal: float) -> None:
    verdict = "met" if ours / anchor <= goal else "MISSED"
    _line(what, _seconds(ours), _seconds(anchor), f"{ours / anchor:.2f}", f"≤ {goal:g}", verdict)


def limit(what: str, seconds: float, *, goal: float | None = None) -> None:
    verdict = "" if goal is None else "met" if seconds <= goal else "MISSED"
    _line(what, _seconds(seconds), "", "", "" if goal is None else f"≤ {goal:g} s", verdict)


def number(what: str, found: float, *, goal: float | None = None) -> None:
    verdict = "" if goal is None else "met" if found <= goal else "MISSED"
    _line(what, f"{found:g}", "", "", "" if goal is None else f"≤ {goal:g}", verdict)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def fastest(*acts: Callable[[], object], times: int = 20) -> list[float]:
    """The least of several runs for each, in turn, so that a busy moment meets all."""
    for act in acts:
        act()
    least = [float("inf")] * len(acts)
    for _ in range(times):
        for n, act in enumerate(acts):
            least[n] = min(least[n], timed(act))
    return least


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _line(what: str, ours: str, anchor: str, quotient: str, goal: str, verdict: str) -> None:
    print(f"  {what:<74}{ours:>10}{anchor:>11}{quotient:>7}  {goal:<10}{verdict}")
