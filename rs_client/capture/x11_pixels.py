"""Memory that the X server writes pictures to (MIT-SHM)."""

import ctypes
import weakref
from collections.abc import Iterable

import numpy as np
import xcffib
import xcffib.shm
import xcffib.xproto as xp

from rs_client.errors import Unsupported, Why
from rs_client.x11.display import Display

from .base import Array

ALL_PLANES = 0xFFFFFFFF
BYTES = 4
_PRIVATE, _CREATE, _REMOVE = 0, 0o1600, 0
_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmat.restype = ctypes.c_void_p
_libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
_libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
_libc.shmdt.argtypes = [ctypes.c_void_p]
_libc.shmctl.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]


class Pixels:
    """Raises Unsupported where pixels are not blue, green, red in four bytes, or the display is on another machine."""

    def __init__(self, display: Display) -> None:
        formats = {each.depth: each.bits_per_pixel for each in display.setup.pixmap_formats}
        order = display.setup.image_byte_order
        if formats.get(display.screen.root_depth) != 8 * BYTES or order != xp.ImageOrder.LSBFirst:
            raise Unsupported(Why.PIXELS, "Only screens with true colours (24 bits) can be shown.")
        self._display = display
        self._shm = display.extension(xcffib.shm.key)
        self._segment = 0
        self._room = 0
        self.array: Array = np.zeros((0, 0, BYTES), np.uint8)

    def resize(self, width: int, height: int) -> None:
        """What was in it is lost."""
        size = width * height * BYTES
        if size > self._room:
            self._make(size)
        self.array = self._memory[:size].reshape(height, width, BYTES)

    def _make(self, size: int) -> None:
        self._drop()
        shared = _libc.shmget(_PRIVATE, size, _CREATE)
        if shared < 0:
            raise Unsupported(Why.NO_SHARED_MEMORY, "There is not enough shared memory for a picture of the screen.")
        address = _libc.shmat(shared, None, 0)
        segment = self._display.new_id()
        try:
            self._shm.AttachChecked(segment, shared, False).check()
        except xcffib.Error:
            _libc.shmdt(address)
            raise Unsupported(
                Why.NO_SHARED_MEMORY,
                "The display shares no memory with this program: it is on another machine, or this program runs in "
                "a sandbox. Start it on the desktop itself.",
            ) from None
        finally:
            # It lives until both have let it go, also when this process is killed.
            _libc.shmctl(shared, _REMOVE, None)
        buffer = (ctypes.c_uint8 * size).from_address(address)
        # Whoever still reads an old picture, as an encoder in its thread may, keeps its memory.
        weakref.finalize(buffer, _libc.shmdt, address)
        self._memory: Array = np.ctypeslib.as_array(buffer)
        self._segment, self._room = segment, size

    def fetch(self, drawable: int, x: int, y: int, bands: Iterable[tuple[int, int]]) -> None:
        """Bring these rows, (first, number), of the part of the drawable that begins at x, y. Raises WindowError."""
        width = self.array.shape[1]
        waiting = [
            self._shm.GetImage(
                drawable,
                x,
                y + top,
                width,
                rows,
                ALL_PLANES,
                xp.ImageFormat.ZPixmap,
                self._segment,
                top * width * BYTES,
            )
            for top, rows in bands
        ]
        for cookie in waiting:
            cookie.reply()

    def _drop(self) -> None:
        if self._segment:
            self._shm.Detach(self._segment)
            self._segment = self._room = 0

    def close(self) -> None:
        self._drop()
