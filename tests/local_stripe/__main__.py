"""`python -m tests.local_stripe --port 4242`: serve until a signal comes."""

import argparse
import signal
import sys
from pathlib import Path

from tests.local_stripe import money
from tests.local_stripe.server import LocalStripe


def main() -> None:
    """Listen on the loopback; say the address on standard output once it is open."""
    parser = argparse.ArgumentParser(prog="python -m tests.local_stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--state", type=Path, help="a file that keeps everything over a restart")
    parser.add_argument("--webhook", default="", help="where events are told")
    parser.add_argument("--secret", action="append", default=[], help="signs them; may be repeated")
    parser.add_argument("--top-up", type=int, default=0, help="cents to start with, once")
    parser.add_argument("--pace", type=float, nargs=2, help="seconds: a sweep, the way to a bank")
    options = parser.parse_args()
    server = LocalStripe(
        options.port, file=options.state, url=options.webhook, secrets=options.secret
    )
    if options.top_up and not server.state.topups:
        money.top_up(server.state, options.top_up)
    if options.pace:
        every, way = options.pace
        server.state.kept |= {"sweeps": True, "every": every, "arrives_after": way}
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    sys.stdout.write(f"{server.base}\n")
    sys.stdout.flush()
    try:
        server.serve_forever(poll_interval=0.05)
    finally:
        server.state.save()


if __name__ == "__main__":
    main()
