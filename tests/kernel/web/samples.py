"""What the gallery of components shows."""

from django import forms
from django.core.paginator import Paginator


class ShopForm(forms.Form):
    """One field of every kind, several of them wrong."""

    name = forms.CharField(label="Name of the shop")
    phone = forms.CharField(label="Phone", help_text="We call only about today’s packages.")
    cap = forms.IntegerField(label="Packages a day", max_value=120)
    opened = forms.DateField(
        required=False, label="Open since", widget=forms.DateInput({"type": "date"})
    )
    trade = forms.ChoiceField(label="Trade", choices=[("bodega", "Bodega"), ("florist", "Florist")])
    way = forms.ChoiceField(
        label="How do you deliver?",
        choices=[("foot", "On foot"), ("bike", "By bike"), ("car", "By car")],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        required=False,
        label="Days",
        choices=[("1", "Monday"), ("2", "Tuesday")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(required=False, label="Note", widget=forms.Textarea({"rows": 3}))
    paper = forms.FileField(required=False, label="A picture of the storage room")
    agreed = forms.BooleanField(
        label="These answers are true", help_text="You can change them later."
    )


def gallery_context() -> dict[str, object]:
    """Everything `gallery.html` needs, with a form that was sent with mistakes."""
    days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    cents = [0, 5200, 6150, 4800, 7325, 9050, 1200]
    return {
        "form": ShopForm({"name": "Rosa’s Bodega", "cap": "500", "trade": "bodega"}),
        "caption": "Packages by day",
        "columns": [("Day", ""), ("Delivered", "number"), ("Earned", "number"), ("State", "")],
        "rows": [
            [{"text": "Fri Nov 20", "url": "/x/"}, "24", "$60.00", "provisional"],
            [{"text": "Thu Nov 19", "url": "/x/"}, "31", "$77.50", "final"],
        ],
        "total": ["Together", "55", "$137.50", ""],
        "series": [(d, c, f"${c // 100}.{c % 100:02d}") for d, c in zip(days, cents, strict=True)],
        "spans": [(d, (20 + n, 24 + n, 29 + n), str(24 + n)) for n, d in enumerate(days)],
        "chips": [
            {"label": "Left (18)", "url": "?s=left", "on": True},
            {"label": "Done (6)", "url": "?s=done"},
            {"label": "ZIP 11216", "url": "?", "remove": True},
        ],
        "events": [
            {
                "title": "Delivered to the resident",
                "when": "today 2:40 pm",
                "by": "Sam",
                "icon": "circle-check",
                "tone": "good",
            },
            {
                "title": "Nobody home",
                "when": "today 11:05 am",
                "by": "Sam",
                "note": "Tried again after lunch.",
                "icon": "door-closed",
                "tone": "warn",
            },
            {"title": "Counted in at the shop", "when": "today 8:20 am", "by": "Rosa"},
        ],
        "facts": [
            {
                "term": "Address",
                "value": "1102 Fulton Street, Brooklyn, NY 11238",
                "url": "/x/",
                "action": "Change",
            },
            {"term": "Storage", "value": "A dry room of 6 m²"},
            {"term": "Insurance", "value": ""},
        ],
        "stops": [
            ("412 Franklin Ave", "2 packages · Maria G."),
            ("88 Monroe St", "1 package · Dean W."),
        ],
        "page": Paginator(range(50), 10).page(2),
    }
