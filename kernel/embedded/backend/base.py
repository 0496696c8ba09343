"""A connection that brings its own server: the first one starts it, none at import."""

from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from kernel.embedded.ground import EmbeddedServiceError
from kernel.embedded.postgres import USER, Postgres

DATABASE = "hub"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with the server ensured before the first connection and after a crash."""

    def get_connection_params(self) -> dict[str, Any]:
        """libpq's parameters, the socket's folder as host; starts the server when it is down."""
        server = Postgres(settings.VAR_DIR)
        if not server.is_running():
            ensure(server)
        return super().get_connection_params() | {"host": str(server.sockets), "user": USER}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection; a failing one is tried once more, with the server and `hub` ensured."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            ensure(Postgres(settings.VAR_DIR))
            return super().get_new_connection(conn_params)


def ensure(server: Postgres) -> None:
    """Have the server and the portal's database; a failure is one that every command can word."""
    try:
        server.ensure(database=DATABASE)
    except EmbeddedServiceError as no:
        raise psycopg.OperationalError(str(no)) from no
