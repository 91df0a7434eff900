"""The settings of the tests inside the packages: the demo is on, files go to a folder of this run."""

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="keng-tests-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["KENG_HOME"] = HOME
os.environ["KENG_DEMO"] = "1"

from keng.site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
