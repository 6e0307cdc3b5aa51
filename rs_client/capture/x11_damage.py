"""What changed in a drawable since one last asked (XDamage)."""

import xcffib.damage
import xcffib.xfixes

from rs_client.geometry import Rect
from rs_client.x11.display import Display

MANY = 64
"""Rectangles beyond which the one around all of them is cheaper to handle."""


class Damage:
    """Its NotifyEvent comes once when something changed, and again only after `taken`."""

    def __init__(self, display: Display, drawable: int) -> None:
        self._damage = display.extension(xcffib.damage.key)
        self._fixes = display.extension(xcffib.xfixes.key)
        self.id = display.new_id()
        self._region = display.new_id()
        self._fixes.CreateRegion(self._region, 0, [])
        self._damage.CreateChecked(self.id, drawable, xcffib.damage.ReportLevel.NonEmpty).check()

    def taken(self) -> list[Rect]:
        """What changed, in the drawable's coordinates; from here on it counts anew."""
        self._damage.Subtract(self.id, 0, self._region)
        region = self._fixes.FetchRegion(self._region).reply()
        found = [Rect(each.x, each.y, each.width, each.height) for each in region.rectangles]
        if len(found) <= MANY:
            return found
        around = region.extents
        return [Rect(around.x, around.y, around.width, around.height)]

    def close(self) -> None:
        self._damage.Destroy(self.id)
        self._fixes.DestroyRegion(self._region)
