"""Private files in a bucket, against a small server that speaks as much S3 as is needed."""

import http.server
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from kernel import files
from portal.settings.environment import Environment


class Bucket(http.server.BaseHTTPRequestHandler):
    """Keeps what is PUT, by its path."""

    kept: dict[str, bytes] = {}

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.answer(200 if path in self.kept else 404, self.kept.get(path, b""))

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        self.kept.pop(self.path, None)
        self.answer(204)

    def answer(self, code: int, content: bytes = b"") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", "Fri, 20 Nov 2026 09:00:00 GMT")
        self.send_header("ETag", '"1"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Be quiet."""


@pytest.fixture
def bucket(settings, monkeypatch):
    """The portal's files lie in a bucket named by one setting."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Bucket.kept = {}
    address = f"s3://papers/hub?region=us-east-1&endpoint=http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("FILES_URL", address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    private = Environment().private_files("FILES_URL", settings.VAR_DIR / "files")
    settings.STORAGES = settings.STORAGES | {"private": private}
    yield Bucket.kept
    server.shutdown()
    server.server_close()


def test_a_file_is_kept_read_and_forgotten(bucket):
    name = files.keep_private("papers/aa/one.jpg", b"pixels")
    assert bucket == {"/papers/hub/papers/aa/one.jpg": b"pixels"}
    assert files.open_private(name).read() == b"pixels"
    files.forget_private(name)
    files.forget_private(name)
    with pytest.raises(FileNotFoundError):
        files.open_private(name)


def test_a_file_in_a_bucket_has_no_address(bucket):
    name = storages["private"].save("one.jpg", ContentFile(b"pixels"))
    with pytest.raises(ValueError, match="no address"):
        storages["private"].url(name)


@pytest.mark.parametrize("word", ["s3://", "s3://a?endpoint=http://far.example", "s3://a?x=1"])
def test_a_bucket_that_is_no_bucket_is_refused(word, monkeypatch, settings):
    monkeypatch.setenv("FILES_URL", word)
    with pytest.raises(Exception, match="FILES_URL"):
        Environment().private_files("FILES_URL", settings.VAR_DIR / "files")
