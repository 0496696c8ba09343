"""What applicants type."""

from hubshops.applications.forms.answering import AnswerForm, AppealForm
from hubshops.applications.forms.applying import (
    PAGE_FORMS,
    AccessPage,
    AddressPage,
    ContactPage,
    DaysPage,
    DocumentsPage,
    EmailForm,
    FitForm,
    HoneypotForm,
    MorePage,
    NamePage,
    PackagesPage,
    PageForm,
    PeoplePage,
    StoragePage,
    WaitlistForm,
    yes_or_no,
)

__all__ = [
    "AccessPage",
    "AddressPage",
    "AnswerForm",
    "AppealForm",
    "ContactPage",
    "DaysPage",
    "DocumentsPage",
    "EmailForm",
    "FitForm",
    "HoneypotForm",
    "MorePage",
    "NamePage",
    "PAGE_FORMS",
    "PackagesPage",
    "PageForm",
    "PeoplePage",
    "StoragePage",
    "WaitlistForm",
    "yes_or_no",
]
