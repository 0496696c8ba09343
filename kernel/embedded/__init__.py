"""A database and a broker that live inside the checkout, so that one command is enough on a laptop."""
