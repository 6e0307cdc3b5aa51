"""Which part of the screen each monitor shows."""

import xcffib.randr

from rs_client.geometry import Rect

from .display import Display


def whole(display: Display) -> Rect:
    size = display.core.GetGeometry(display.root).reply()
    return Rect(0, 0, size.width, size.height)


def monitors(display: Display) -> list[tuple[str, Rect]]:
    """By name, in root coordinates. Raises Unsupported."""
    found, all = [], whole(display)
    for monitor in display.extension(xcffib.randr.key).GetMonitors(display.root, True).reply().monitors:
        place = Rect(monitor.x, monitor.y, monitor.width, monitor.height).cut(all)
        if place is not None:
            found.append((display.atom_name(monitor.name), place))
    return found
