"""Look at what this or another process holds."""

import os
from pathlib import Path
from typing import Final

_ESTABLISHED: Final = "01"


def connections(port: int, pid: int | str = "self") -> int:
    """Count a process's established connections to a port of this machine."""
    held = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            held.add(link.readlink().name)
        except FileNotFoundError:
            continue  # closed while we looked
    wanted = f"{port:04X}"
    count = 0
    for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        remote, state, inode = fields[2], fields[3], fields[9]
        if remote.endswith(f":{wanted}") and state == _ESTABLISHED:
            count += f"socket:[{inode}]" in held
    return count


def resident_mib(pid: int | str = "self") -> float:
    """Return the memory of a process that is in RAM."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
