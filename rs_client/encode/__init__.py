"""Pictures of a screen to frames for the wire: encoded once for everybody who sees them."""

from .broadcast import Broadcast, Pictures
from .codecs import CEILING
from .encoder import Encoded, Encoder, Mode

__all__ = ["CEILING", "Broadcast", "Encoded", "Encoder", "Mode", "Pictures"]
