"""Tests of the nation's making."""
