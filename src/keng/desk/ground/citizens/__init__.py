"""Citizens who chose to sign in: how sure a provider is of them, and which receipts they keep under their identity."""
