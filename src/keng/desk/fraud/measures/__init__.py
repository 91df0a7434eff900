"""Restrictive measures with due process: a basis, two persons, an end, a notice, an appeal; and what partners answered."""
