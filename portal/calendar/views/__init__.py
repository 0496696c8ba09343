"""A shop's days to come, its pauses, and its leaving."""
