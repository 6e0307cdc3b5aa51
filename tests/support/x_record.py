"""What the X server is asked for by others: its own record of requests (RECORD), apart from what programs say."""

import struct
import threading
from typing import Any

import xcffib
import xcffib.record as xr
import xcffib.shm

from rs_client.x11.display import Display

GET_IMAGE, SHM_GET_IMAGE = 73, 4
"""The core request, and the one of MIT-SHM."""


class Captures:
    """When anybody fetched pixels, by the X server's clock in milliseconds."""

    def __init__(self, display: str) -> None:
        self.times: list[int] = []
        self._control, self._data = Display(display), Display(display)
        record = self._control.connection(xr.key)
        record.QueryVersion(1, 13).reply()
        name = xcffib.shm.key.name
        shm = self._control.core.QueryExtension(len(name), name).reply().major_opcode
        none, none16 = xr.Range8.synthetic(0, 0), xr.Range16.synthetic(0, 0)
        nothing = xr.ExtRange.synthetic(none, none16)

        def asked(core: Any, extension: Any) -> Any:
            return xr.Range.synthetic(core, none, extension, nothing, none, none, none, 0, 0)

        ranges = [
            asked(xr.Range8.synthetic(GET_IMAGE, GET_IMAGE), nothing),
            asked(
                none,
                xr.ExtRange.synthetic(
                    xr.Range8.synthetic(shm, shm), xr.Range16.synthetic(SHM_GET_IMAGE, SHM_GET_IMAGE)
                ),
            ),
        ]
        self._context = self._control.new_id()
        self._record = record
        record.CreateContextChecked(
            self._context, xr.HType.FromClientTime, 1, len(ranges), [xr.CS.AllClients], ranges
        ).check()
        watching = self._data.connection(xr.key)
        self._asked = watching.EnableContext(self._context)
        self._data.flush()
        # The first answer says that it has begun.
        self._data.connection.wait_for_reply(self._asked.sequence)
        self._thread = threading.Thread(target=self._read, name="record", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            answer = bytes(self._data.connection.wait_for_reply(self._asked.sequence).buf)
            category, length = answer[1], 4 * struct.unpack_from("=I", answer, 4)[0]
            if category != 1:
                return
            at, end = 32, 32 + length
            while at < end:
                time, _, words = struct.unpack_from("=IHH", answer, at)
                self.times.append(time)
                at += 4 + 4 * words

    def close(self) -> None:
        self._record.DisableContextChecked(self._context).check()
        self._thread.join(5)
        self._control.close()
        self._data.close()
