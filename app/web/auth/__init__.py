"""Log-in, roles, whose files and sessions: everything that keeps people apart."""
