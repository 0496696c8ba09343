"""Settings: `base` is shared, `dev` runs on a laptop, `test` runs the suite, `prod` refuses to
start without its secrets. Every name an operator may set is read in one of these four files."""
