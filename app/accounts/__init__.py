"""Who may use the page: people, passwords, sessions."""
