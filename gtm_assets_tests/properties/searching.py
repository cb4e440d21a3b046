"""How hard Hypothesis searches: a short look in ``make test``, always the same one, and a long random one in ``make test-long``.

What a failing story prints can be played again: the values themselves (``@example``), or the blob (``@reproduce_failure``); in the long
search the next run begins with it.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

#: So many times the examples of the short search.
LONG_FACTOR = 30


def is_long() -> bool:
    """Whether pytest was called with ``--hypothesis-profile=long``."""
    return settings.get_current_profile_name() == "long"


def search(examples: int, *, steps: int = 10) -> settings:
    """Settings of one property.

    Args:
        examples: Stories of the short search.
        steps: Steps of a story, where it is a state machine.
    """
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    if is_long():
        return settings(
            max_examples=examples * LONG_FACTOR,
            stateful_step_count=2 * steps,
            deadline=None,
            print_blob=True,
            suppress_health_check=slow,
            # Explaining a failure runs it dozens of times more, and blames lines of libraries.
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        )
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=slow,
        derandomize=True,
        database=None,
        # A story costs tenths of a second: a failing one is shown as it is instead of being made smaller for minutes.
        phases=(Phase.explicit, Phase.generate),
    )
