"""Other people's servers: how we post to them."""
