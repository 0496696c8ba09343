"""Foreign programs behind our words."""
