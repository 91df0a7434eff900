"""Reading foreign bytes in a process that can do nothing else: no network, no files, no children, little memory, little time.

`run` starts a Python process without our settings or environment, which shuts itself in (kernel.py) before it reads the first
foreign byte. If the walls cannot be put up, nothing is read: `run` raises, and `keng doctor` says so.
"""

from keng.base.confined.running import Limits, Read, Unreadable, run

__all__ = ["Limits", "Read", "Unreadable", "run"]
