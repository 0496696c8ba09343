"""Papers as those who bring them, and those who look at them, read them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from hubshops.documents import rules
from hubshops.documents.models import (
    ACCEPTED,
    GOOD,
    OPEN,
    Document,
    DocumentKind,
    DocumentStep,
    Dossier,
    Look,
    Upload,
    UploadPage,
)
from hubshops.shops.models import MemberRole, Membership, Shop, ShopStatus
from kernel.accounts.models import User


@dataclass(frozen=True)
class Paper:
    """What there is of one kind and holder: the paper that counts now, and the one on its way."""

    current: Document | None
    open: Document | None

    @property
    def any(self) -> Document:
        """Either of them, for its kind and holder."""
        return self.current or self.open

    @property
    def shown(self) -> Document:
        """The one that says where things stand: what is on its way, unless it was only asked for
        while the old one is still good."""
        if self.open and not (self.is_good and self.open.status == "requested"):
            return self.open
        return self.current or self.open

    @property
    def is_good(self) -> bool:
        """Whether a paper counts today."""
        return self.current is not None and self.current.status in GOOD

    @property
    def needs_its_holder(self) -> bool:
        """Whether the next step is with who brings it."""
        return self.open is not None and self.open.status != "under_review"


def dossier_of(reference: str) -> Dossier | None:
    """The dossier of the application with this reference, its shop with it."""
    return Dossier.objects.select_related("shop__station").filter(reference=reference).first()


def dossier_of_shop(shop: Shop) -> Dossier | None:
    """A shop's dossier, if anything was ever asked of it."""
    return Dossier.objects.filter(shop=shop).first()


def documents_of(dossier: Dossier | None) -> list[Paper]:
    """All papers of a dossier, the business's own first, then people by name. One query."""
    return papers_among(dossier.documents.all()) if dossier else []


def papers_among(documents: QuerySet[Document]) -> list[Paper]:
    """What stands among these documents of one dossier, a paper a kind and holder. One query."""
    return paired(documents.filter(replaced_at=None, waived_at=None))


def paired(documents: Iterable[Document]) -> list[Paper]:
    """Papers of one dossier that stand, the current one and the open one of a kind and holder
    together."""
    rows = sorted(documents, key=order)
    papers = []
    for _key, group in groupby(rows, key=lambda one: order(one)[:-1]):
        same = list(group)
        papers.append(
            Paper(
                current=next((one for one in same if one.status in ACCEPTED), None),
                open=next((one for one in same if one.status in OPEN), None),
            )
        )
    return papers


def order(document: Document) -> tuple[int, str, str, int]:
    """Licence, insurance, then identity cards by name."""
    place = {"licence": 0, "insurance": 1}.get(document.kind, 2)
    return place, document.kind, document.holder, document.pk


def what_is_missing(dossier: Dossier | None) -> list[Paper]:
    """The papers of a dossier without which nothing goes on: asked for, and none is good. One
    query."""
    return missing_among(documents_of(dossier))


def missing_among(papers: Iterable[Paper]) -> list[Paper]:
    """Those of these papers that were asked for, and none is good."""
    return [paper for paper in papers if not paper.is_good]


def what_holds_up(shop: Shop) -> list[Paper]:
    """The papers of a shop without which it gets no packages: asked for, and none is good. One
    query."""
    papers = Document.objects.filter(dossier__shop=shop, kind__in=rules.HOLD_UP)
    return missing_among(papers_among(papers))


def missing_by_shop(shops: Collection[Shop]) -> dict[int, list[Paper]]:
    """Shop → what is missing of its papers. One query."""
    rows = Document.objects.filter(dossier__shop__in=shops).select_related("dossier")
    of_shop: dict[int, list[Document]] = defaultdict(list)
    for document in rows.filter(replaced_at=None, waived_at=None):
        of_shop[document.dossier.shop_id].append(document)
    return {shop_id: missing_among(paired(documents)) for shop_id, documents in of_shop.items()}


def what_waits_for_holder(dossier: Dossier | None) -> list[Paper]:
    """The papers that somebody has to bring. One query."""
    return [paper for paper in documents_of(dossier) if paper.needs_its_holder]


def document_in(dossier: Dossier, document_id: int) -> Document | None:
    """A paper of this dossier and no other."""
    found = dossier.documents.filter(pk=document_id, waived_at=None).first()
    if found is not None:
        found.dossier = dossier
    return found


def for_review(document_id: int) -> Document | None:
    """A paper with all that its review page names."""
    found = Document.objects.select_related("dossier__shop__station")
    return found.filter(pk=document_id).first()


def last_upload(document: Document) -> Upload | None:
    """What was sent last, with its pages."""
    return document.uploads.prefetch_related("pages").order_by("pk").last()


def last_pages(documents: Iterable[Document]) -> dict[int, list[UploadPage]]:
    """Paper → the pages that were sent last, while their pictures are kept. Two queries."""
    last = Upload.objects.filter(document__in=documents).order_by("document_id", "-pk")
    uploads = last.distinct("document_id").prefetch_related("pages")
    return {one.document_id: list(one.pages.all()) for one in uploads if not one.forgotten_at}


def page_of(document: Document, number: int) -> UploadPage | None:
    """A page of what was sent last, while its picture is kept."""
    upload = document.uploads.order_by("pk").last()
    if upload is None or upload.forgotten_at:
        return None
    return upload.pages.filter(number=number).first()


def steps_of(document: Document) -> list[DocumentStep]:
    """A paper's steps, the first one first."""
    return list(document.steps.select_related("by").order_by("pk"))


def looks_at(document: Document) -> list[Look]:
    """Who of staff saw pages of this paper, the latest first; at most twenty."""
    looks = Look.objects.filter(page__upload__document=document)
    return list(looks.select_related("by", "page").order_by("-pk")[:20])


def earlier_of(document: Document) -> list[Document]:
    """Papers of the same kind and holder that were judged before, the newest first."""
    same = Document.objects.filter(
        dossier=document.dossier_id, kind=document.kind, holder=document.holder
    )
    judged = same.exclude(pk=document.pk).filter(status__in=[*ACCEPTED, "rejected"])
    return list(judged.order_by("-pk")[:10])


def waiting(kind: str = "") -> QuerySet[Document]:
    """Papers that staff have to look at, the longest waiting first."""
    found = Document.objects.waiting().select_related("dossier__shop")
    return (found.filter(kind=kind) if kind else found).order_by("sent_at", "pk")


def counts_by_kind() -> dict[str, int]:
    """How many papers of each kind wait for staff. One query."""
    rows = Document.objects.waiting().order_by().values_list("kind").annotate(count=Count("pk"))
    return dict(rows)


@dataclass(frozen=True)
class Reader:
    """Somebody who hears about a dossier's papers: an address, a language, a page."""

    email: str
    name: str
    language: str
    path: str
    person: User | None = None


def readers_of(dossier: Dossier) -> list[Reader]:
    """The shop's owners, or the applicant while there is no shop."""
    if dossier.shop_id is None:
        path = reverse("documents:applicant", args=[dossier.reference])
        return [Reader(dossier.email, dossier.contact_name, dossier.language, path)]
    owners = dossier.shop.memberships.current().filter(role=MemberRole.OWNER)
    path = reverse("documents:shop")
    return [
        Reader(one.user.email, str(one.user), one.user.language, path, one.user)
        for one in owners.select_related("user").order_by("pk")
    ]


def running_out(until: dt.date) -> QuerySet[Document]:
    """Current papers whose last day is `until` or before, that are not known to have run out and
    that are still asked for."""
    current = Document.objects.current().filter(status__in=GOOD, expires_on__lte=until)
    return current.filter(waived_at=None, dossier__closed_at=None).order_by("pk")


def lapsed_kinds(shop: Shop) -> list[str]:
    """Which papers have run out without which a shop gets no packages."""
    return list(lapsed_of(shop).values_list("kind", flat=True))


def lapsed_of(shop: Shop) -> QuerySet[Document]:
    """The papers that have run out without which a shop gets no packages."""
    lapsed = Document.objects.current().filter(
        dossier__shop=shop, status="expired", kind__in=rules.HOLD_UP
    )
    return lapsed.select_related("dossier__shop").order_by("pk")


def dossiers_to_settle() -> list[int]:
    """Dossiers whose shop gets packages, or would after its own pause, although a paper that it
    needs has run out."""
    lapsed = Document.objects.current().filter(
        status="expired",
        kind__in=rules.HOLD_UP,
        dossier__shop__status__in=[ShopStatus.LIVE, ShopStatus.PAUSED],
    )
    return list(lapsed.order_by("dossier_id").values_list("dossier_id", flat=True).distinct())


def banner_of(shop: Shop) -> list[Paper]:
    """The papers that a shop's owner should see to now: asked for, refused, run out or soon to run
    out. One query."""
    papers = papers_among(Document.objects.filter(dossier__shop=shop))
    return [paper for paper in papers if paper.needs_its_holder]


def to_forget(before: dt.datetime) -> QuerySet[Upload]:
    """Uploads whose pictures nobody needs any more: of what was replaced, waived or closed before a
    moment, or superseded by a later upload of the same paper."""
    later = Upload.objects.filter(
        document=OuterRef("document"), number__gt=OuterRef("number"), at__lt=before
    )
    gone = Upload.objects.filter(
        Exists(later)
        | Q(document__replaced_at__lt=before)
        | Q(document__waived_at__lt=before)
        | Q(document__dossier__closed_at__lt=before),
        forgotten_at=None,
    )
    return gone.select_related("document").prefetch_related(Prefetch("pages")).order_by("pk")


def dossiers_to_close() -> QuerySet[Dossier]:
    """Dossiers of shops that are closed, while they are open themselves."""
    return Dossier.objects.filter(closed_at=None, shop__status=ShopStatus.CLOSED).order_by("pk")


def cards_to_let_go() -> QuerySet[Document]:
    """Identity cards of people who left a shop's team, by their names. A card that was asked for
    after that is not among them, nor one whose name somebody else of the team has."""
    named = Membership.objects.filter(
        shop=OuterRef("dossier__shop"), user__name__iexact=OuterRef("holder")
    )
    return Document.objects.filter(
        Exists(named.filter(ended_at__gt=OuterRef("asked_at"))),
        ~Exists(named.current()),
        kind=DocumentKind.IDENTITY,
        waived_at=None,
        dossier__closed_at=None,
    ).order_by("pk")
