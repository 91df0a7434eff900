"""The one home of keys: purpose, made, activated, replaced, retired. Private keys are files outside the database."""

from keng.desk.ground.keys.register import Key, KeyState, Purpose
from keng.desk.ground.keys.store import DemoKeyError, KeyStore

__all__ = ["DemoKeyError", "Key", "KeyState", "KeyStore", "Purpose"]
