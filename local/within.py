"""`python -m local.within MODULE [ARGUMENT…]` runs a module with the addresses and secrets of this installation."""

import os
import sys

from local.configuration import read_environment, read_ports, state_folder, with_secrets
from local.processes import service_environment


def main() -> None:
    settings = read_environment()
    state = state_folder(settings)
    environment = service_environment(with_secrets(settings, state), state, read_ports(settings))
    os.execve(sys.executable, [sys.executable, "-m", *sys.argv[1:]], environment)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
