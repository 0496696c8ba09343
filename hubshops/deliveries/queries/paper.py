"""The stop behind a QR code on paper."""

from dataclasses import dataclass
from functools import cached_property

from hubshops.deliveries.queries.door import DoorPackage, DoorStop, packages_of
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.manifests.rules import door_key, read_stop_code
from hubshops.packages.rules import State
from hubshops.shops.models import Membership
from kernel.accounts.models import User


@dataclass(frozen=True)
class PaperStop:
    """The stop that a QR code on a printed manifest means, as it stands now. `number_on_paper`
    differs from the stop's number when the tour was numbered anew since."""

    manifest: Manifest
    number: int
    number_on_paper: int
    packages: list[DoorPackage]
    taken_off: int

    @property
    def is_renumbered(self) -> bool:
        """Whether the paper has another number for this door."""
        return self.number != self.number_on_paper

    @cached_property
    def stop(self) -> DoorStop:
        """The door, as the list of doors shows it."""
        return DoorStop(self.number, self.packages[0].address1, tuple(self.packages))

    @cached_property
    def to_deliver(self) -> list[DoorPackage]:
        """What can be delivered here now."""
        return [one for one in self.packages if one.is_to_deliver]

    @cached_property
    def to_count_in(self) -> list[DoorPackage]:
        """What the van brings and nobody counted in yet."""
        coming = (State.ASSIGNED, State.MANIFESTED)
        return [one for one in self.packages if one.state in coming]

    @cached_property
    def others(self) -> list[DoorPackage]:
        """What is done, or waits for something else."""
        rest = {*self.to_deliver, *self.to_count_in}
        return [one for one in self.packages if one not in rest]


def paper_stop(user: User, code: str) -> PaperStop | None:
    """The stop of a paper's code, when the person works for its shop; else None. Three queries."""
    named = read_stop_code(code)
    if named is None:
        return None
    theirs = Membership.objects.current().filter(user=user).values("shop")
    line = (
        ManifestLine.objects.filter(pk=named[0], manifest__shop__in=theirs)
        .select_related("manifest__shop__station", "package")
        .first()
    )
    if line is None:
        return None
    door = door_of(line)
    beside = ManifestLine.objects.filter(manifest=line.manifest).select_related("package")
    here = [one for one in beside.order_by("pk") if door_of(one) == door]
    standing = [one for one in here if one.withdrawn_in is None]
    return PaperStop(
        manifest=line.manifest,
        number=standing[0].stop if standing else named[1],
        number_on_paper=named[1],
        packages=packages_of(line.manifest.shop, [one.package_id for one in standing]),
        taken_off=len(here) - len(standing),
    )


def door_of(line: ManifestLine) -> tuple[str, str]:
    """What lines for one door share, whatever number it has."""
    return door_key(line.package.address1, line.package.postal_code)
