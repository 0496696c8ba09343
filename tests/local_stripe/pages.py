"""The hosted pages: onboarding, and a dashboard that only says where one is."""

from html import escape
from typing import Any

from tests.local_stripe import accounts
from tests.local_stripe.state import State

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:28rem;margin:2rem auto;padding:0 1rem}}
input,button{{font:inherit;display:block;width:100%;padding:.7rem;margin:.2rem 0 1rem;
box-sizing:border-box}}button{{background:#533afd;color:#fff;border:0;border-radius:.4rem}}
.note{{background:#fff3cd;color:#222;padding:.6rem .8rem;border-radius:.4rem}}</style>
<p class="note">Local Stripe: no real bank is behind this page.</p><h1>{title}</h1>{body}"""
FORM = """<p>{name}</p><form method="post">
<label>Routing number <input name="routing" value="110000000" inputmode="numeric"></label>
<label>Account number <input name="number" value="000123456789" inputmode="numeric"></label>
<button>Submit</button></form><p><a href="{back}">Not now</a></p>"""


def page(title: str, body: str) -> str:
    """A whole page."""
    return PAGE.format(title=escape(title), body=body)


def open_link(state: State, token: str) -> tuple[int, str, str]:
    """Open an onboarding link: status, page, and where to go instead. A link works once."""
    link = state.links.get(token)
    if link is None:
        return 404, page("No such link", ""), ""
    if link["used"] or state.now() > link["ends"]:
        return 303, "", link["refresh"]
    link["used"] = True
    name = state.accounts[link["account"]]["name"] or link["account"]
    body = FORM.format(name=escape(name), back=escape(link["back"], quote=True))
    return 200, page("Get paid", body), ""


def submit(state: State, token: str, form: dict[str, Any]) -> tuple[int, str, str]:
    """The form of an opened link: the capability turns active, and the person goes back."""
    link = state.links.get(token)
    if link is None or not link["used"]:
        return 404, page("No such link", ""), ""
    number = str(form.get("number", ""))
    if not number.isdigit() or len(number) < 4:
        return 400, page("Account number", "<p>Digits, please.</p>"), ""
    account = state.accounts[link["account"]]
    accounts.finish(state, account, routing=str(form.get("routing", "")), number=number)
    return 303, "", link["back"]
