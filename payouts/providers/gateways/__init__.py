"""Foreign services that move money, each behind one file."""
