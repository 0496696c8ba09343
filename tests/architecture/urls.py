"""Who may open which address. A page that is missing here fails the suite.

public: everybody · person: whoever is signed in · member: a shop's people · owner: a shop's owners
staff: any member of staff · staff(role, …): these roles, and the admin role always
phone, owner's phone: the same by the API (401, not a sign-in page, for the anonymous)
station's key: a station's own system by the API, and no person at all
"""

from dataclasses import dataclass

ROLES = (
    "reviewer",
    "dispatcher",
    "support",
    "finance_drafter",
    "finance_approver",
    "admin",
)


@dataclass(frozen=True)
class Audience:
    """Who may open an address; `of_one` when it names one shop's row, so that a stranger's 404 is
    for the row too."""

    kind: str
    roles: frozenset[str] = frozenset()
    of_one: bool = False


def staff(*roles: str) -> Audience:
    return Audience("staff", frozenset({*roles, "admin"} if roles else ROLES))


PUBLIC, PERSON = Audience("public"), Audience("person")
MEMBER, OWNER, PHONE = Audience("member"), Audience("owner"), Audience("phone")
OWNERS_PHONE = Audience("owner's phone")
OWNERS_PHONE_ROW = Audience("owner's phone", of_one=True)
KEY, KEY_ROW = Audience("station's key"), Audience("station's key", of_one=True)
MEMBERS_ROW, OWNERS_ROW = Audience("member", of_one=True), Audience("owner", of_one=True)

DISPATCHER = staff("dispatcher")
DAY_STAFF = staff("dispatcher", "support")
FINANCE = staff("finance_drafter", "finance_approver")
ADJUSTERS = staff("support", "finance_drafter", "finance_approver")
STATEMENT_STAFF = staff("finance_drafter", "finance_approver", "support")

MATRIX: dict[str, Audience] = {
    "healthz/live": PUBLIC,
    "healthz/ready": PUBLIC,
    "": PUBLIC,
    "i18n/setlang/": PUBLIC,
    # applying
    "apply/": PUBLIC,
    "apply/<slug:reference>/": PUBLIC,
    "apply/<slug:reference>/withdraw/": PUBLIC,
    # coming in
    "account/welcome/": PUBLIC,
    "account/welcome/sent/": PUBLIC,
    "account/welcome/<str:uid>/<str:token>/": PUBLIC,
    "account/login/": PUBLIC,
    "account/logout/": PUBLIC,
    "account/inactive/": PUBLIC,
    "account/signup/": PUBLIC,
    "account/confirm-email/": PUBLIC,
    "account/login/code/confirm/": PUBLIC,
    "account/password/reset/": PUBLIC,
    "account/password/reset/done/": PUBLIC,
    "account/password/reset/key/done/": PUBLIC,
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": PUBLIC,
    "account/reauthenticate/": PERSON,
    "account/email/": PERSON,
    "account/password/change/": PERSON,
    "account/password/set/": PERSON,
    "account/home/": PERSON,
    "account/shops/": Audience("person", of_one=True),
    # a shop's people
    "shop/": MEMBER,
    "shop/now/": MEMBER,
    "shop/help/": PERSON,
    "shop/payout/": OWNER,
    "shop/payout/start/": OWNER,
    "shop/payout/again/": OWNER,
    "shop/payout/back/": OWNER,
    "shop/payout/dashboard/": OWNER,
    "shop/door/": MEMBER,
    "shop/door/shell/": PUBLIC,
    "shop/door/sw.js": PUBLIC,
    "shop/door/manifest.webmanifest": PUBLIC,
    "shop/door/record/": MEMBER,
    "shop/door/deliver/": MEMBER,
    "shop/door/attempt/": MEMBER,
    "shop/door/<int:package_id>/": MEMBERS_ROW,
    "shop/door/<int:package_id>/correct/": MEMBERS_ROW,
    "shop/door/proofs/<int:proof_id>/": MEMBERS_ROW,
    "S/<str:stop_code>": MEMBERS_ROW,
    "H/<str:token>": PUBLIC,
    "shop/drop/": MEMBER,
    "shop/drops/": MEMBER,
    "shop/drops/<int:handover_id>/": MEMBERS_ROW,
    "shop/close/": MEMBER,
    "shop/cases/": MEMBER,
    "shop/cases/<int:case_id>/": MEMBERS_ROW,
    "shop/manifests/<day:day>/": MEMBER,
    "shop/manifests/<day:day>/now/": MEMBER,
    "shop/manifests/<day:day>/pay/": OWNER,
    "shop/manifests/<day:day>/order/": MEMBERS_ROW,
    "shop/manifests/<day:day>.pdf": MEMBERS_ROW,
    "shop/tomorrow/": MEMBER,
    "shop/calendar/": MEMBER,
    "shop/calendar/off/": OWNER,
    "shop/calendar/work/": OWNER,
    "shop/overflow/": OWNER,
    "shop/overflow/may-ask/": OWNER,
    "shop/team/": OWNER,
    "shop/team/<int:membership_id>/remove/": OWNERS_ROW,
    "shop/earnings/": OWNER,
    "shop/earnings/<day:day>/": OWNER,
    "shop/earnings/rates/": OWNER,
    "shop/earnings/rates/<int:change_id>/": OWNERS_ROW,
    "shop/statements/": OWNER,
    "shop/statements/<str:number>.pdf": OWNERS_ROW,
    "shop/statements/<str:number>.csv": OWNERS_ROW,
    "shop/statements/<str:number>/check/": OWNERS_ROW,
    "shop/statements/years/<int:year>/": OWNER,
    "shop/statements/years/<int:year>.pdf": OWNER,
    "shop/statements/years/<int:year>.csv": OWNER,
    "shop/earnings/hour/": OWNER,
    "shop/earnings/deposits/<int:transfer_id>/": OWNERS_ROW,
    "shop/earnings/packages/<int:package_id>/": OWNERS_ROW,
    # staff
    "ops/": staff(),
    "ops/now/": staff(),
    "ops/jobs/": staff(),
    "ops/jobs/<int:job_id>/again/": DAY_STAFF,
    "ops/stations/": staff("admin"),
    "ops/stations/<str:code>/keys/": staff("admin"),
    "ops/stations/<str:code>/keys/<int:key_id>/revoke/": staff("admin"),
    "ops/stations/<str:code>/webhooks/": staff("admin"),
    "ops/webhooks/<int:subscription_id>/": staff("admin"),
    "ops/webhooks/<int:subscription_id>/pause/": staff("admin"),
    "ops/webhooks/<int:subscription_id>/resume/": staff("admin"),
    "ops/webhooks/<int:subscription_id>/end/": staff("admin"),
    "ops/webhooks/<int:subscription_id>/ping/": staff("admin"),
    "ops/webhooks/<int:subscription_id>/replay/": staff("admin"),
    "ops/people/": staff("admin"),
    "ops/people/<int:person_id>/withdraw/": staff("admin"),
    "ops/proofs/<int:proof_id>/": DAY_STAFF,
    "ops/proof-rules/": staff("admin"),
    "ops/packages/": DAY_STAFF,
    "ops/packages/<int:package_id>/": DAY_STAFF,
    "ops/shops/<slug:slug>/<day:day>/": DAY_STAFF,
    "ops/find/": DAY_STAFF,
    "ops/drops/": DAY_STAFF,
    "ops/drops/<int:handover_id>/": DAY_STAFF,
    "ops/cases/": DAY_STAFF,
    "ops/cases/<int:case_id>/": DAY_STAFF,
    "ops/texts/": DAY_STAFF,
    "ops/texts/stop/": DAY_STAFF,
    "ops/texts/<str:code>/": staff("admin"),
    "ops/forecast/<str:code>/": DAY_STAFF,
    "ops/applications/": staff("reviewer"),
    "ops/applications/<int:application_id>/": staff("reviewer"),
    "ops/feeds/": DISPATCHER,
    "ops/feeds/<int:feed_id>/": DISPATCHER,
    "ops/feeds/<int:feed_id>/progress/": DISPATCHER,
    "ops/feeds/<int:feed_id>/columns/": DISPATCHER,
    "ops/feeds/<int:feed_id>/look/": DISPATCHER,
    "ops/feeds/<int:feed_id>/load/": DISPATCHER,
    "ops/feeds/<int:feed_id>/aside/": DISPATCHER,
    "ops/feeds/<int:feed_id>/undo/": DISPATCHER,
    "ops/feeds/<int:feed_id>/refused.csv": DISPATCHER,
    "ops/plan/": DISPATCHER,
    "ops/plan/<str:code>/<day:day>/": DISPATCHER,
    "ops/plan/<str:code>/<day:day>/<slug:slug>/": DAY_STAFF,
    "ops/plan/<str:code>/<day:day>/<slug:slug>.pdf": DAY_STAFF,
    "ops/board/<str:code>/<day:day>/": DISPATCHER,
    "ops/board/<str:code>/<day:day>/move/": DISPATCHER,
    "ops/board/<str:code>/<day:day>/undo/": DISPATCHER,
    "ops/board/<str:code>/<day:day>/publish/": DISPATCHER,
    "ops/board/<str:code>/<day:day>/changes/": DISPATCHER,
    "ops/board/<str:code>/<day:day>/overflow/": DISPATCHER,
    "ops/board/<str:code>/<day:day>/overflow/withdraw/": DISPATCHER,
    "ops/rates/": FINANCE,
    "ops/rates/stations/<str:code>/": FINANCE,
    "ops/rates/shops/<slug:slug>/": FINANCE,
    "ops/rates/changes/": FINANCE,
    "ops/rates/changes/<int:change_id>/": FINANCE,
    "ops/rates/stations/<str:code>/new/": staff("finance_drafter"),
    "ops/rates/shops/<slug:slug>/new/": staff("finance_drafter"),
    "ops/books/": STATEMENT_STAFF,
    "webhooks/stripe/": PUBLIC,
    "ops/stripe/differences/": FINANCE,
    "ops/stripe/events/": FINANCE,
    "ops/stripe/events/<int:event_id>/": FINANCE,
    "shop/earnings/corrections/": OWNER,
    "shop/earnings/corrections/<int:adjustment_id>/": OWNERS_ROW,
    "shop/earnings/object/<int:delivery_id>/": OWNERS_ROW,
    "ops/adjustments/": ADJUSTERS,
    "ops/adjustments/new/": ADJUSTERS,
    "ops/adjustments/<int:adjustment_id>/": ADJUSTERS,
    "ops/adjustments/objections/<int:dispute_id>/": ADJUSTERS,
    "ops/adjustments/holds/<int:hold_id>/release/": ADJUSTERS,
    "ops/payruns/": FINANCE,
    "ops/payruns/switch/": FINANCE,
    "ops/payruns/<int:run_id>/": FINANCE,
    "ops/payruns/<int:run_id>/<slug:slug>/": FINANCE,
    "ops/payruns/<int:run_id>/statements/": STATEMENT_STAFF,
    "ops/payment-files/<str:number>.csv": FINANCE,
    "ops/statements/<str:number>.pdf": STATEMENT_STAFF,
    "ops/statements/<str:number>.csv": STATEMENT_STAFF,
    "ops/statements/<str:number>/check/": STATEMENT_STAFF,
    "ops/payment-files/<str:number>.ach": FINANCE,
    "ops/bank-accounts/": FINANCE,
    "ops/bank-accounts/<slug:slug>/": FINANCE,
    "ops/bank-accounts/<slug:slug>/confirm/": FINANCE,
    "ops/bank-accounts/notices/<int:notice_id>/": FINANCE,
    "ops/bank-returns/": FINANCE,
    "ops/taxes/": FINANCE,
    "ops/taxes/<int:year>/": FINANCE,
    "ops/taxes/<int:year>.csv": FINANCE,
    # machines
    "api/v1/": PUBLIC,
    "api/v1/openapi.json": PUBLIC,
    "api/v1/docs": PUBLIC,
    "api/v1/door/sync": PHONE,
    "api/v1/door/manifest": PHONE,
    "api/v1/door/proofs/<act_id>": PHONE,
    "api/v1/door/drop": PHONE,
    "api/v1/door/close": PHONE,
    "api/v1/stations/<code>/feeds": KEY_ROW,
    "api/v1/feeds/<batch>": KEY_ROW,
    "api/v1/stations/<code>/events": KEY_ROW,
    "api/v1/earnings": OWNERS_PHONE,
    "api/v1/statements": OWNERS_PHONE,
    "api/v1/statements/<number>.pdf": OWNERS_PHONE_ROW,
    "api/v1/statements/<number>.csv": OWNERS_PHONE_ROW,
    "api/v1/statements/<number>.json": OWNERS_PHONE_ROW,
}
