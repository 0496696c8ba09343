"""People who sign in, and what staff may do."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes people; e-mail addresses are kept in lower case, so that one person is one row."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Save a person; without a password she can't sign in until she sets one by mail."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: object) -> "User":
        """Save a person who may use Django's admin for repairs."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Law: one row per e-mail address, whatever its case."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text=_("may open Django's admin"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "person"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="person_email_is_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether an authenticator app or a passkey is hers; recovery codes alone are none."""
        factors = apps.get_model("mfa.Authenticator").objects.filter(user=self)
        return factors.exclude(type="recovery_codes").exists()

    @property
    def lacks_second_factor(self) -> bool:
        """Whether she must set a second factor up before she does what staff do."""
        return settings.STAFF_NEED_SECOND_FACTOR and not self.has_second_factor


class Role(models.TextChoices):
    """What a member of the operator's staff may do."""

    REVIEWER = "reviewer", _("Reviews applications")
    DISPATCHER = "dispatcher", _("Loads feeds and plans the day")
    SUPPORT = "support", _("Helps shops")
    FINANCE_DRAFTER = "finance_drafter", _("Drafts pay runs")
    FINANCE_APPROVER = "finance_approver", _("Approves pay runs")
    ADMIN = "admin", _("Runs the portal")


class StaffRole(models.Model):
    """One thing one member of staff may do. Law: each role once a person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField()

    class Meta:
        db_table = "staff_role"
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="staff_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="staff_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
