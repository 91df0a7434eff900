"""The one home of keys: purpose, made, rotated, retired. Private keys are files outside the database."""

from keng.desk.ground.keys.store import DemoKeyError, Key, KeyStore, Purpose

__all__ = ["DemoKeyError", "Key", "KeyStore", "Purpose"]
