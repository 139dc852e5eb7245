"""Wait until everything has ended and is booked."""

from tests.kit import House, until


async def landed(house: House) -> None:
    """Wait until nothing is under way and everything is booked.

    ``async_block_till_done`` alone passes over tasks that are being cancelled, and over what they
    have handed to the executor.
    """
    runs = house.runtime.runs
    await until(lambda: (runs.running, runs.waiting) == (0, 0))
    await house.hass.async_block_till_done(wait_background_tasks=True)
