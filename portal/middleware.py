"""What happens around every request."""


def request_log(get_response):
    return get_response


def private_pages(get_response):
    return get_response
