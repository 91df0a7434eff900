"""The review: what was reported, lost, held, decided and answered in a period, by locality of either era."""
