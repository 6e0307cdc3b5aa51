"""One file of the client that runs where no Python is: `python -m rs_client.pack FOLDER` (`make client`). Linux."""

import subprocess
import sys
from pathlib import Path

from rs_client.texts import catalogues

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("mypy", "pytest", "playwright", "sqlalchemy", "alembic", "hypothesis")


def pack(folder: Path) -> Path:
    """Raises CalledProcessError."""
    work = folder / "work"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--onefile", "--name", "rs-client"]
    command += ["--distpath", str(folder), "--workpath", str(work), "--specpath", str(work), "--paths", str(ROOT)]
    command += ["--add-data", f"{catalogues()}:rs_client/_locales", "--collect-submodules", "xcffib"]
    for each in LEFT_OUT:
        command += ["--exclude-module", each]
    subprocess.run([*command, str(ROOT / "rs_client" / "__main__.py")], check=True)
    return folder / "rs-client"


if __name__ == "__main__":
    pack(Path(sys.argv[1]).resolve())
