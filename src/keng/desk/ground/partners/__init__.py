"""Who is asked: banks now, later carriers and registries. What they send us is taken once."""
