"""Names of units, places, people in office."""
