"""The registers of subscribers and account holders, with flaws and disguises whose verdict is certain."""
