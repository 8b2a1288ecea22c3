"""The tab 核查."""
