"""Figures that tests saw on their way, printed at the end of the run. They decide nothing by themselves."""

_SEEN: list[tuple[str, float, str]] = []


def note(name: str, value: float, unit: str) -> None:
    _SEEN.append((name, value, unit))


def seen() -> list[str]:
    return [f"{name:<52} {value:8.3f} {unit}" for name, value, unit in _SEEN]
