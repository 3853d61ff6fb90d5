"""Lets the recovery addresses be good now that were confirmed a moment ago: journeys cannot wait for days.

Runs as a program of its own on the hub in WARP_HUB_DATA_DIR, beside the hub that serves.
"""

from sqlalchemy import create_engine, update

from warp_hub import clock, config
from warp_hub.db import roles
from warp_hub.serving.opening import prepared
from warp_hub.signin.recovery_addresses import SLEEPS
from warp_hub.signin.recovery_models import RecoveryAddress


def main() -> None:
    """Say of each that it was confirmed long enough ago."""
    confirmed = update(RecoveryAddress).where(RecoveryAddress.confirmed_at.is_not(None))
    with prepared(config.load_settings()) as ready:
        engine = create_engine(roles.urls(ready).owner)
        with engine.begin() as connection:
            connection.execute(confirmed.values(confirmed_at=clock.now() - SLEEPS))
        engine.dispose()


if __name__ == "__main__":
    main()
