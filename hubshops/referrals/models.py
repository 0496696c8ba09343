"""Who invited whom to become a partner shop."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.applications.models import Application
from hubshops.referrals.rules import Reached, Void
from hubshops.shops.models import Shop


class ReferralLink(models.Model):
    """An owner's own link. Laws: one an owner and shop; a code is one link."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="referral_links")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral_links"
    )
    code = models.CharField(max_length=16, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "referral_link"
        constraints = [
            models.UniqueConstraint(fields=["shop", "user"], name="referral_link_once"),
        ]

    def __str__(self) -> str:
        return self.code


class MilestoneKind(models.TextChoices):
    LIVE = Reached.LIVE, _("The shop you invited is live")
    LIVE_90_DAYS = Reached.LIVE_90_DAYS, _("It is live for 90 days")


class Milestone(models.Model):
    """What reaching something pays who invited, and for applications of which days. Laws: of one
    kind and day there is one amount; it pays something."""

    kind = models.CharField(max_length=20, choices=MilestoneKind.choices)
    amount_cents = models.PositiveIntegerField()
    valid = DateRangeField(help_text=_("days on which applications are sent"))

    class Meta:
        db_table = "referral_milestone"
        ordering = ["kind", "pk"]
        constraints = [
            ExclusionConstraint(
                name="referral_milestone_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="referral_milestone_pays_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount_cents}"


class VoidReason(models.TextChoices):
    OWN_SHOP = Void.OWN_SHOP, _("the same shop")
    SAME_EMAIL = Void.SAME_EMAIL, _("the same e-mail")
    SAME_PHONE = Void.SAME_PHONE, _("the same phone")
    SAME_STREET = Void.SAME_STREET, _("the same address")
    KNOWN = Void.KNOWN, _("we knew this shop already")


class Referral(models.Model):
    """An application came by an owner's link. Laws: an application came by one link at most; what
    does not count says why."""

    link = models.ForeignKey(ReferralLink, on_delete=models.PROTECT, related_name="referrals")
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="referral"
    )
    noted_at = models.DateTimeField()
    void = models.CharField(max_length=20, choices=VoidReason.choices, blank=True)
    live_at = models.DateTimeField(null=True, help_text=_("when its shop was first seen live"))

    class Meta:
        db_table = "referral"
        ordering = ["-noted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(void__in=["", *VoidReason.values]), name="referral_void_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link}: {self.application}"
