"""Runs a program that the system ends when its supervisor is gone, even by `kill -9`.

Usage: tether.py SUPERVISOR_PID PROGRAM ARGUMENT… Stands alone: it must start in no time.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, make sure the supervisor is still there, become the program."""
    supervisor, *program = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor is gone")
    os.execvp(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
