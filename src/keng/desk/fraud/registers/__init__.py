"""Registers of SIMs or accounts that partners hand in, cleansed against the population register; one question at opening time."""
