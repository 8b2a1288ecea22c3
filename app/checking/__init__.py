"""The deterministic checker: rules, profiles, engine."""
