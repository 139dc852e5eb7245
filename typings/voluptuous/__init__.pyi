# Home Assistant 2026.10 puts probatio in voluptuous' place at run time; mypy has to see the same.
from probatio import *  # noqa: F403
