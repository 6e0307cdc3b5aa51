"""One window's own pixels, whatever covers it (XComposite)."""

import xcffib
import xcffib.composite
import xcffib.xproto as xp

from rs_client.geometry import Rect
from rs_client.x11.display import Display

from .x11_damage import Damage
from .x11_pixels import Pixels


class Layer:
    """A shown window: its own pixmap, and what changed in it. Raises WindowError when it is gone."""

    def __init__(self, display: Display, window: int, pixels: Pixels) -> None:
        self.window = window
        self.pixels = pixels
        self._display = display
        self._composite = display.extension(xcffib.composite.key)
        self._composite.RedirectWindowChecked(window, xcffib.composite.Redirect.Automatic).check()
        self.damage = Damage(display, window)
        self._pixmap = 0
        self._border = 0

    def bind(self) -> tuple[int, int]:
        """Take the pixmap that the window has now: a new one after each change of size and each time that it is shown.
        Gives (width, height).

        The X server begins a pixmap with what was on the screen there, which may be another window's, and an
        application without a background leaves that until it paints. So all is painted black first and the application
        told to paint again, as xrefresh does, while nobody else is served."""
        pixmap, veil = self._display.new_id(), self._display.new_id()
        core = self._display.core
        with self._display.alone():
            self._composite.NameWindowPixmapChecked(self.window, pixmap).check()
            own = core.GetGeometry(self.window).reply()
            size = (own.width, own.height)
            values = [self._display.screen.black_pixel, 1]
            mask = xp.CW.BackPixel | xp.CW.OverrideRedirect
            core.CreateWindow(0, veil, self.window, 0, 0, *size, 0, xp.WindowClass.InputOutput, 0, mask, values)
            core.MapWindow(veil)
            core.DestroyWindow(veil)
        self._free()
        self._pixmap, self._border = pixmap, own.border_width
        self.pixels.resize(*size)
        return size

    def fetch(self, rows: list[tuple[int, int]]) -> None:
        self.pixels.fetch(self._pixmap, self._border, self._border, rows)

    def changed(self) -> list[Rect]:
        return self.damage.taken()

    def _free(self) -> None:
        if self._pixmap:
            self._display.core.FreePixmap(self._pixmap)
            self._pixmap = 0

    def close(self) -> None:
        """Errors of a window that is gone already come later, and are dropped."""
        self._free()
        self.damage.close()
        self._composite.UnredirectWindow(self.window, xcffib.composite.Redirect.Automatic)
        self.pixels.close()
