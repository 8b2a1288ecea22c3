"""What a report of a kind of unit holds: profiles, and which one fits."""
