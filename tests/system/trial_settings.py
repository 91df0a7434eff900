"""An installation with the trial kinds of task."""

from keng.site.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.system.trial.Trial"]  # noqa: F405
