"""What every wing stands on: people, rules, keys, ledger, jobs, partners."""
