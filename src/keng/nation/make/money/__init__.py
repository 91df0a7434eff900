"""The week's money: ordinary life, scam waves, and the ledger in which it adds up."""
