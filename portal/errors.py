"""Pages for what went wrong."""


def refusals_as_pages(get_response):
    return get_response
