"""Runs a command with a fit Node on its PATH: `python web/with_node.py npm ...`."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from hatch_build import environment

if __name__ == "__main__":
    env = environment()
    os.execvpe(sys.argv[1], sys.argv[1:], env)  # noqa: S606  # the Makefile's own command
