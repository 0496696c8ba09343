"""Django's PostgreSQL backend, aimed at the server inside the checkout."""
