"""Who is asked: banks, carriers, registries, platforms. What they send us is taken once."""
