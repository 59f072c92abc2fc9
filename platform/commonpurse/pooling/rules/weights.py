"""What a weight by required quantity rests on, in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import Sentence
from commonpurse.pooling.rules.pooled import Need, quantity_weights, weighed_groups

_TENTHS_OF_A_PERCENT = 1000


class WeightWords(Struct, frozen=True):
    """How the bodies weigh by required quantity, each body's share, and what may surprise them."""

    explanation: tuple[Sentence, ...]
    shares: tuple[Sentence, ...]
    warnings: tuple[Sentence, ...]


def explain_weights(needs: Sequence[Need], names: Mapping[UUID, str], titles: Mapping[str, str]) -> WeightWords:
    """The weights of `quantity_weights` in words.

    Args:
        needs: lines of the bodies in `names`.
        names: every body, in the order in which to list them.
        titles: of the categories, by their codes.
    """
    place = {body: at for at, body in enumerate(names)}
    weights = quantity_weights(sorted(needs, key=lambda need: place[need.organisation_id]))
    if not weights:
        return WeightWords((Sentence("Nobody has entered a need yet, so no body weighs more than another"),), (), ())
    tenths = largest_remainder(_TENTHS_OF_A_PERCENT, [weights.get(body, 0) for body in names])
    shares = tuple(
        Sentence("%(body)s %(percent)s%%", {"body": name, "percent": str(from_smallest(parts, 1))})
        for name, parts in zip(names.values(), tenths, strict=True)
    )
    purpose = Sentence("Where outcomes are divided by required quantity, the bodies weigh by what they need")
    if len({need.dimension for need in needs}) == 1:
        alike = Sentence("All lines are in units of one kind, so each body weighs its part of the sum")
        return WeightWords((purpose, alike), shares, ())
    apart = Sentence(
        "Every category and kind of unit counts the same, so a small odd line can weigh as much as a large one"
    )
    return WeightWords((purpose, apart), shares, _lone_groups(needs, names, titles))


def _lone_groups(needs: Sequence[Need], names: Mapping[UUID, str], titles: Mapping[str, str]) -> tuple[Sentence, ...]:
    """A warning for each body that is alone in a group, which then counts for it in full."""
    groups = weighed_groups(needs)
    lone: dict[UUID, list[Need]] = defaultdict(list)
    for same in groups:
        if len({need.organisation_id for need in same}) == 1:
            lone[same[0].organisation_id].append(same[0])
    return tuple(
        Sentence(
            "Only %(body)s has lines in %(count)s of the %(all)s groups of one category and one kind of unit, such as "
            "%(category)s in %(unit)s. Each of these groups counts for it in full",
            {
                "body": name,
                "count": len(lone[body]),
                "all": len(groups),
                "category": f"{lone[body][0].category_code} {titles.get(lone[body][0].category_code, '')}".strip(),
                "unit": lone[body][0].unit,
            },
        )
        for body, name in names.items()
        if body in lone
    )
