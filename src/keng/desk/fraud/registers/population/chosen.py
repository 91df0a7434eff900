"""The connector that the settings name."""

from __future__ import annotations

from django.conf import settings

from keng.base.errors import UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.population.people import Population, Settings


def for_runs() -> Population:
    """What whole registers are compared with. Raises UnavailableError `no_population`."""
    return connect(_settings(settings.KENG_POPULATION))


def for_questions() -> Population:
    """What single questions are put to. Raises UnavailableError `no_population`."""
    return connect(_settings(settings.KENG_POPULATION_QUESTIONS or settings.KENG_POPULATION))


def connect(wanted: Settings) -> Population:
    """The connector for an address. Raises UnavailableError `no_population`."""
    if not wanted.address:
        raise UnavailableError("no_population", refusals.NO_POPULATION)
    if wanted.address.startswith(("postgresql://", "postgres://")):
        from keng.desk.fraud.registers.population.postgres import OnPostgres

        return OnPostgres(wanted)
    if wanted.address.startswith("https://"):
        from keng.desk.fraud.registers.population.https import OverHttps

        return OverHttps(wanted)
    from keng.desk.fraud.registers.population.parquet import InParquet

    return InParquet(wanted)


def _settings(address: str) -> Settings:
    return Settings(
        address=address,
        table=settings.KENG_POPULATION_TABLE,
        certificate=settings.KENG_POPULATION_CERT,
        key=settings.KENG_POPULATION_KEY,
        authority=settings.KENG_POPULATION_CA,
        loopback_only=settings.KENG_DEMO,
    )
