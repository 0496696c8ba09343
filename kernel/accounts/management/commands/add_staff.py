"""Give a person a staff role."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.forms import EmailField, ValidationError

from kernel import clock
from kernel.accounts.actions import add_staff
from kernel.terminal import NOTHING_DONE, HouseCommand

ADDRESS = EmailField(max_length=254)


class Command(HouseCommand):
    help = "Give a person a staff role. A new person sets her password by the mail she gets."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--role", required=True, metavar="ROLE")
        parser.add_argument("--name", default="", help="how letters address a new person")

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            email = ADDRESS.clean(options["email"])
        except ValidationError as no:
            words = " ".join(f"{options['email']} is not an e-mail address".split())
            raise CommandError(words, returncode=NOTHING_DONE) from no
        user, created = add_staff(
            email=email, role=options["role"], name=options["name"], at=clock.now()
        )
        return {"staff": user.email, "created": created}

    def describe(self, answer: dict[str, Any]) -> str:
        known = "a new person" if answer["created"] else "known here already"
        return f"{answer['staff']} has the role ({known})."
