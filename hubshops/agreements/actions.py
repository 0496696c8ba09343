"""Publishing the agreement, asking shops for their yes, and keeping it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.agreements import queries, rules
from hubshops.agreements.models import AgreementSignature, AgreementVersion
from hubshops.applications.actions import move_on
from hubshops.applications.models import Application, ApplicationStatus
from hubshops.shops.models import MemberRole, Membership, Shop
from hubshops.stations.queries import station_zones
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.notifications.actions import send_letter, send_mails, word_letter
from kernel.notifications.models import Mail
from kernel.refusals import Refusal
from kernel.zips import DEFAULT_ZONE

MOST_AT_ONCE = 200
TO_SIGN = [ApplicationStatus.APPROVED, ApplicationStatus.AGREEMENT_SENT]


class NothingNew(Refusal):
    code = "nothing_new"
    message = _("This is the text of version {number} already. Nothing was published.")


class TooSoon(Refusal):
    code = "too_soon"
    message = _("Shops need two weeks to read it. Choose {day} or a later day.")


class BeforeTheLast(Refusal):
    code = "before_the_last"
    message = _("Version {number} takes effect on {day}. A newer one has to come after it.")


@transaction.atomic
def publish_version(
    *,
    text: str,
    summaries: dict[str, str],
    effective_on: dt.date,
    by: User | None,
    at: dt.datetime,
) -> AgreementVersion:
    """Publish the next version; it can never be changed. Every shop's owners are told by mail and
    asked on their page. Audited.

    Refuses a text that is a version already, a day sooner than two weeks ahead, and one that does
    not come after the last version's.
    """
    text, today = rules.tidy(text), latest_day(at)
    known = AgreementVersion.objects.filter(sha256=rules.hash_of(text)).first()
    if known is not None:
        raise NothingNew(number=known.number)
    last = AgreementVersion.objects.select_for_update().order_by("-number").first()
    if effective_on < today + rules.NOTICE:
        raise TooSoon(day=today + rules.NOTICE)
    if last and effective_on <= last.effective_on:
        raise BeforeTheLast(number=last.number, day=last.effective_on)
    version = AgreementVersion.objects.create(
        number=last.number + 1 if last else 1,
        text=text,
        sha256=rules.hash_of(text),
        summaries={language: rules.tidy(words) for language, words in summaries.items()},
        effective_on=effective_on,
        published_at=at,
        published_by=by,
    )
    record(at=at, by=by, action="publish_agreement", subject=version, sha256=version.sha256)
    tell_of_version(version, at=at)
    return version


def latest_day(at: dt.datetime) -> dt.date:
    """Today where it is latest: every shop has its two weeks by its own calendar."""
    return max(clock.local_day(at, zone) for zone in station_zones() or [DEFAULT_ZONE])


def tell_of_version(version: AgreementVersion, *, at: dt.datetime) -> None:
    """One letter to each owner of a shop that is asked for its yes, in her language."""
    owners = Membership.objects.current().filter(
        shop__status__in=queries.ASKED, role=MemberRole.OWNER, user__is_active=True
    )
    letters = []
    for one in owners.select_related("user", "shop").order_by("pk"):
        words, body = word_letter(
            subject=lambda: gettext("A new agreement: please read and answer"),
            template="agreements/mail/new_version.txt",
            facts={"person": one.user, "shop": one.shop, "version": version},
            language=one.user.language,
        )
        letters.append(Mail(to=one.user.email, person=one.user, subject=words, body=body))
    send_mails(mails=letters, at=at)


@transaction.atomic
def send_agreements(*, at: dt.datetime) -> int:
    """Ask the owners of approved shops to sign; how many were asked. Any number of times: an
    application is asked once."""
    waiting = Application.objects.filter(status=ApplicationStatus.APPROVED)
    found = waiting.select_for_update(skip_locked=True, of=["self"]).select_related("shop")
    count = 0
    for application in found.order_by("pk")[:MOST_AT_ONCE]:
        move_on(application, ApplicationStatus.AGREEMENT_SENT, at=at)
        send_letter(
            to=application.email,
            subject=_("Your agreement is ready to sign"),
            template="agreements/mail/to_sign.txt",
            facts={"name": application.contact_name, "shop": application.shop},
            language=application.language,
            at=at,
        )
        count += 1
    return count


class AnotherText(Refusal):
    code = "another_text"
    message = _("The agreement changed while you were reading. Please read the new one, then sign.")


@transaction.atomic
def sign_agreement(
    *,
    shop: Shop,
    sha256: str,
    legal_name: str,
    role: str,
    consent: str,
    language: str,
    by: User,
    at: dt.datetime,
    address: str | None = None,
    device: str = "",
) -> AgreementSignature:
    """Keep an owner's yes to the version whose text has this hash, and send her a copy. A shop that
    was waiting to sign is one step nearer to its first packages. Signing twice is signing once.
    Audited. Refuses a text that is not the one this shop is asked to sign."""
    application = Application.objects.select_for_update().filter(shop=shop).first()
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    known = AgreementSignature.objects.filter(shop=shop, version__sha256=sha256).first()
    if known is not None:
        return known
    asked = queries.terms_of(shop, clock.local_day(at, shop.zone)).asked
    if asked is None or asked.sha256 != sha256:
        raise AnotherText
    signature = AgreementSignature.objects.create(
        version=asked,
        shop=shop,
        user=by,
        sha256=asked.sha256,
        business=f"{shop.name}, {shop.address1}, {shop.city}, {shop.state} {shop.postal_code}",
        email=by.email,
        legal_name=legal_name.strip(),
        role=role.strip(),
        language=asked.language_shown(language),
        consent=consent,
        signed_at=at,
        address=address,
        device=device[:400],
    )
    record(at=at, by=by, action="sign_agreement", subject=signature, version=asked.number)
    note_signed(application, by=by, at=at)
    send_letter(
        to=by.email,
        person=by,
        subject=_("You signed the agreement: your copy"),
        template="agreements/mail/signed.txt",
        facts={"person": by, "shop": shop, "signature": signature},
        language=by.language,
        at=at,
    )
    return signature


def note_signed(application: Application | None, *, by: User, at: dt.datetime) -> None:
    """The application of a shop that gets ready goes on; a shop from a list came without one."""
    if application is None or application.status not in TO_SIGN:
        return
    if application.status == ApplicationStatus.APPROVED:
        move_on(application, ApplicationStatus.AGREEMENT_SENT, at=at)
    move_on(application, ApplicationStatus.AGREEMENT_SIGNED, at=at, by=by)
