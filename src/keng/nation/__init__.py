"""The synthetic country: people, accounts, money, reports, and partners that answer. It meets the desk only at its doors."""
