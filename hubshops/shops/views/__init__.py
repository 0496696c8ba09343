"""A shop's own rooms."""
