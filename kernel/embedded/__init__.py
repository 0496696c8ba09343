"""A database and a broker inside the checkout, so that one command is enough on a laptop."""
