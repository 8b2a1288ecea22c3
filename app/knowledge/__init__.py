"""Past reports: cleaned, cut into passages, stored as vectors, found again and masked."""
