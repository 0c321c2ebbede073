"""The composition root: builds each service once per process, when it is first asked for.

Stores are imported only then, so that importing a handler does not import what it may not use. Each module builds one
room's services from those of the modules below it.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from partners.bootstrap.lives import Lives
from shared.kernel.clock import from_datetime
from shared.kernel.settings import Settings


class LiveDeploymentError(Exception):
    """A deployment with real points works at the time it is, and decides by its API, whatever an event asks for."""


class Services(Lives):
    """Every service of one deployment."""


@cache
def services() -> Services:
    """The services of the deployment that the environment describes. Raises MissingSettingError."""
    return Services(Settings.from_env(os.environ))


def check_is_for_tests(settings: Settings, what: str) -> None:
    """Raises LiveDeploymentError where real money moves."""
    if settings.key_mode != "test":
        raise LiveDeploymentError(f"{what} is for deployments for tests alone")


def services_for(event: Mapping[str, Any]) -> Services:
    """The services that an invocation of a scheduled function works with.

    In a deployment for tests an event may say at which moment it is to be carried out (`as_of`, RFC 3339), so that the
    end of a month can be tried out before it comes. Raises LiveDeploymentError, and ValueError if there is no such
    moment.
    """
    usual = services()
    if "as_of" not in event:
        return usual
    check_is_for_tests(usual.settings, "as_of")
    now_ms = from_datetime(datetime.fromisoformat(event["as_of"]))
    return Services(usual.settings, clock=lambda: now_ms)
