"""US phone numbers, as the numbering plan knows them."""

import phonenumbers
from phonenumbers import PhoneNumberFormat

REGIONS = {"US", "PR", "VI", "GU", "AS", "MP"}


def us_phone(words: str) -> str | None:
    """A number of the US or its territories as people write it, `(479) 555-0110`, with its
    extension; None when the numbering plan has no such number."""
    try:
        number = phonenumbers.parse(words, "US")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.region_code_for_number(number) not in REGIONS:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
