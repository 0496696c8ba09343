"""Private files in a bucket of a server that speaks S3, for portals on several machines."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage


class PrivateBucket(S3Storage):
    """A bucket for files that only our own pages hand out: they have no address. A server that does
    not answer is waited for some seconds, and asked three times."""

    def __init__(self, **settings: Any) -> None:
        patience = Config(
            connect_timeout=3,
            read_timeout=10,
            retries={"max_attempts": 3, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
        )
        super().__init__(default_acl=None, client_config=patience, **settings)

    def url(self, *args: object, **kwargs: object) -> str:
        """There is none."""
        raise ValueError("private files have no address")
