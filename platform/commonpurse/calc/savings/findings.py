"""Sentences about one way to divide a joint bill, each with the numbers it rests on, in whole pence.

A sentence is never said unless it is true of these very figures, as they are shown; where something does not happen
there is a sentence that says so, which was looked at for everybody. `numbers` has the figures, bodies by their place.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from commonpurse.calc.fairness.findings import Finding
from commonpurse.calc.money import pounds
from commonpurse.calc.quantity import say
from commonpurse.calc.savings.changes import LEAVES, LESS, MORE, Change, others_after_less
from commonpurse.calc.savings.curve import Standing
from commonpurse.calc.savings.dividing import Division
from commonpurse.calc.savings.leaving import Leaver, leavers
from commonpurse.calc.savings.purchase import Purchase, pence
from commonpurse.calc.sentence import Sentence, message

MOST_NAMED = 3
"""Groups, or bodies past their peak, that are named; of more it is said how many there are."""

MOST_MEMBERS = 6
"""Members of a group that are named."""


def find(
    done: Division, body: int | None, what_if: Mapping[str, Change | None], curve: Sequence[Standing] | None
) -> tuple[Finding, ...]:
    """Everything there is to say of one division.

    Args:
        body: the place of the one that `what_if` is about.
        curve: where everybody stands, said of equal price only.
    """
    found = [*_worse_off(done), *_paid(done), *_leaving(done), *_gains(done)]
    if done.rule == "equal_price" and curve is not None:
        found += _past_the_peak(done.purchase, curve)
    found += _carried(done)
    if body is not None:
        found += [_changed(done, kind, body, change) for kind, change in what_if.items()]
    return tuple(found)


def _worse_off(done: Division) -> Iterator[Finding]:
    purchase = done.purchase
    losses = [-saved for saved in done.saves]
    worse = [place for place, loss in enumerate(losses) if loss > 0]
    if not worse:
        yield Finding("worse_off", Sentence(message("Nobody pays more than alone")), {"bodies": ()})
        return
    rounded = all(done.shares[place] <= purchase.exactly_alone[place] for place in worse)
    most = max(worse, key=lambda place: losses[place])
    values = {
        "worse": f"{len(worse):,}",
        "bodies": f"{len(losses):,}",
        "body": purchase.names[most],
        "amount": pounds(losses[most]),
    }
    numbers = {"bodies": tuple(worse), "body": most, "pence": losses[most], "rounded": rounded}
    msgid = (_ROUNDED if rounded else _WORSE) if len(worse) > 1 else (_ROUNDED_ONE if rounded else _WORSE_ONE)
    yield Finding("worse_off", Sentence(msgid, values), numbers)


_WORSE = message(
    "%(worse)s of %(bodies)s bodies pay more than alone, %(body)s most of all: %(amount)s more than on its own"
)
_WORSE_ONE = message("Of %(bodies)s bodies only %(body)s pays more than alone: %(amount)s more")
_ROUNDED = message(
    "By the rounding to whole pence alone, %(worse)s of %(bodies)s bodies pay %(amount)s more than alone"
)
_ROUNDED_ONE = message("By the rounding to whole pence alone, %(body)s pays %(amount)s more than alone")


def _paid(done: Division) -> Iterator[Finding]:
    for place, paid in enumerate(done.pays):
        if paid < 0:
            values = {"body": done.purchase.names[place], "amount": pounds(-paid)}
            msgid = message("%(body)s would be paid %(amount)s for taking part")
            yield Finding("paid", Sentence(msgid, values), {"body": place, "pence": -paid})


def _leaving(done: Division) -> Iterator[Finding]:
    found = leavers(done)
    if found is None:
        msgid = message(
            "The quantities are too uneven to look at every group of %(bodies)s bodies: rounder ones, such as "
            "hundreds, can be looked at"
        )
        yield Finding("not_looked_at", Sentence(msgid, {"bodies": f"{len(done.pays):,}"}), {})
        return
    count = len(found.groups)
    if not count:
        none = _NO_PENNY if found.any_at_all else _NO_GROUP
        yield Finding("leaving", Sentence(none), {"groups": 0})
        return
    if not found.every:
        [worst] = found.groups
        yield Finding("would_leave_most", Sentence(_WORST, _who(done, worst)), _whom(worst))
        return
    if count > MOST_NAMED:
        sentence = Sentence(_GROUPS_SMALLEST, {"groups": f"{count:,}", "named": f"{MOST_NAMED:,}"})
    else:
        sentence = Sentence(_GROUPS, {"groups": f"{count:,}"}) if count > 1 else Sentence(_ONE_GROUP)
    yield Finding("leaving", sentence, {"groups": count})
    for group in found.groups[:MOST_NAMED]:
        msgid = _ALONE if len(group.members) == 1 else _TOGETHER
        yield Finding("would_leave", Sentence(msgid, _who(done, group)), _whom(group))


_NO_GROUP = message("No group of bodies would pay less by leaving")
_NO_PENNY = message("No group of bodies would pay less by leaving, by a penny or more")
_ONE_GROUP = message("One group would pay less by leaving")
_GROUPS = message("%(groups)s groups would pay less by leaving")
_GROUPS_SMALLEST = message("%(groups)s groups would pay less by leaving; the %(named)s smallest follow")
_ALONE = message("%(group)s would pay %(amount)s less alone")
_TOGETHER = message("%(group)s would pay %(amount)s less on their own")
_WORST = message("Groups would pay less by leaving. The one that gains most is %(group)s: %(amount)s less")


def _who(done: Division, group: Leaver) -> dict[str, str | Sentence]:
    names = [done.purchase.names[place] for place in group.members]
    return {"group": named(names), "amount": pounds(group.pence)}


def _whom(group: Leaver) -> dict[str, object]:
    return {"members": group.members, "pence": group.pence}


def named(names: Sequence[str]) -> str | Sentence:
    """Names in a row, the first few of very many."""
    if len(names) == 1:
        return names[0]
    if len(names) > MOST_MEMBERS:
        values = {"names": ", ".join(names[:MOST_MEMBERS]), "more": f"{len(names) - MOST_MEMBERS:,}"}
        return Sentence(message("%(names)s and %(more)s more"), values)
    return Sentence(message("%(names)s and %(last)s"), {"names": ", ".join(names[:-1]), "last": names[-1]})


def _gains(done: Division) -> Iterator[Finding]:
    names, saves, alone = done.purchase.names, done.saves, done.purchase.alone
    low, high = min(saves), max(saves)
    if low == high:
        values = {"amount": pounds(low)}
        yield Finding("gains", Sentence(message("Everybody saves %(amount)s"), values), {"least": low, "most": high})
    else:
        values = {
            "least": pounds(low),
            "last": names[saves.index(low)],
            "most": pounds(high),
            "first": names[saves.index(high)],
        }
        msgid = message("Savings run from %(least)s (%(last)s) to %(most)s (%(first)s)")
        yield Finding("gains", Sentence(msgid, values), {"least": low, "most": high})
    parts = [Fraction(saved, own) if own else Fraction(0) for saved, own in zip(saves, alone, strict=True)]
    poorest, richest = min(parts), max(parts)
    if percent(poorest) == percent(richest):
        msgid = message("Everybody saves %(percent)s of what it pays alone, to a tenth of one percent")
        sentence = Sentence(msgid, {"percent": percent(poorest)})
    else:
        msgid = message(
            "As a part of what each pays alone, savings run from %(low)s (%(last)s) to %(high)s (%(first)s)"
        )
        values = {
            "low": percent(poorest),
            "last": names[parts.index(poorest)],
            "high": percent(richest),
            "first": names[parts.index(richest)],
        }
        sentence = Sentence(msgid, values)
    yield Finding("part_saved", sentence, {"least": poorest, "most": richest})


def percent(part: Fraction) -> str:
    """A part in per cent, to one decimal, halves away from nothing.

    >>> percent(Fraction(-1, 8))
    '−12.5%'
    """
    return f"{say(pence(part * 1000), 1)}%"


def _past_the_peak(purchase: Purchase, curve: Sequence[Standing]) -> list[Finding]:
    volumes, whole = purchase.game.volumes, purchase.game.volume
    past = [place for place, each in enumerate(curve) if pence(each.at_lower) > pence(each.saves)]
    if not past:
        msgid = message("Nobody needs so much that it would save more on the price by needing less")
        return [Finding("past_the_peak", Sentence(msgid), {"bodies": ()})]
    past.sort(key=lambda place: -volumes[place])
    found = []
    for place in past[:MOST_NAMED]:
        each = curve[place]
        values = {
            "body": purchase.names[place],
            "part": percent(Fraction(volumes[place], whole)),
            "saves": pounds(pence(each.saves)),
            "lower": quantity(purchase, each.lower),
            "more": pounds(pence(each.at_lower)),
        }
        numbers = {"bodies": tuple(past), "body": place, "saves": each.saves, "more": each.at_lower}
        found.append(Finding("past_the_peak", Sentence(_PEAK, values), numbers))
    if len(past) > MOST_NAMED:
        msgid = message("Other bodies of which the same is true: %(more)s")
        values = {"more": f"{len(past) - MOST_NAMED:,}"}
        found.append(Finding("past_the_peak", Sentence(msgid, values), {"bodies": tuple(past)}))
    return found


_PEAK = message(
    "%(body)s needs %(part)s of the joint quantity and saves %(saves)s on the price. If it needed just less than "
    "%(lower)s, and the others what they need, it would save nearly %(more)s"
)


def quantity(purchase: Purchase, volume: int) -> str:
    """A volume as people write it, without zeros at its end.

    >>> from decimal import Decimal
    >>> quantity(Purchase.of(["Leeds"], [Decimal("1200.5")], [(Decimal(0), Decimal(1))]), 12000)
    '1,200'
    """
    text = say(volume, purchase.decimals)
    return text.rstrip("0").rstrip(".") if purchase.decimals else text


def _carried(done: Division) -> Iterator[Finding]:
    """For every body that might need less, what the others would pay more: whoever has others carry most is named."""
    carried = others_after_less(done)
    if carried is None:
        return
    most = max(carried)
    body = carried.index(most)
    numbers = {"body": body, "pence": most}
    if most <= 0:
        msgid = message("Whichever body needed 10%% less, the others together would pay no more than now")
        yield Finding("carried", Sentence(msgid), numbers)
        return
    count = sum(each > 0 for each in carried)
    values = {
        "body": done.purchase.names[body],
        "amount": pounds(most),
        "count": f"{count:,}",
        "bodies": f"{len(carried):,}",
    }
    yield Finding("carried", Sentence(_CARRIED if count > 1 else _CARRIED_ONCE, values), numbers | {"times": count})


_CARRIED_ONCE = message(
    "Only of %(body)s would the others carry a change: if it needed 10%% less, they would together pay %(amount)s more"
)
_CARRIED = message(
    "The others would carry the change of any of %(count)s of %(bodies)s bodies that needed 10%% less; most of all of "
    "%(body)s: they would together pay %(amount)s more"
)


def _changed(done: Division, kind: str, body: int, change: Change | None) -> Finding:
    name = done.purchase.names[body]
    if change is None:
        return Finding(f"no_answer_if_{kind}", Sentence(_NO_ANSWER[kind], {"body": name}), {"body": body})
    own, rest = change.change[body], [place for place in range(len(done.pays)) if place != body]
    values = {"body": name, "own": _than_now(own), "others": _than_now(change.others), "bill": _than_now(change.bill)}
    most = max(rest, key=lambda place: abs(change.change[place]))
    numbers = {"body": body, "own": own, "others": change.others, "bill": change.bill, "most": most}
    happens, moved = Sentence(_CHANGES[kind], values), change.change[most]
    if len(rest) > 1 and moved:
        told = {"happens": happens, "other": done.purchase.names[most], "change": _than_now(moved)}
        return Finding(f"if_{kind}", Sentence(_MOST_OF_ALL, told), numbers)
    return Finding(f"if_{kind}", happens, numbers)


_CHANGES = {
    LEAVES: message(
        "If %(body)s left and bought alone, it would pay %(own)s, and the others together would pay %(others)s"
    ),
    LESS: message(
        "If %(body)s needed 10%% less, the joint bill would be %(bill)s: %(body)s would pay %(own)s, and the others "
        "together %(others)s"
    ),
    MORE: message(
        "If %(body)s needed 10%% more, the joint bill would be %(bill)s: %(body)s would pay %(own)s, and the others "
        "together %(others)s"
    ),
}
_NO_ANSWER = {
    LEAVES: message("If %(body)s left, this rule would have no answer"),
    LESS: message("If %(body)s needed 10%% less, this rule would have no answer"),
    MORE: message("If %(body)s needed 10%% more, this rule would have no answer"),
}
_MOST_OF_ALL = message("%(happens)s. The largest change among the others is that of %(other)s: %(change)s")


def _than_now(change: int) -> Sentence:
    if not change:
        return Sentence(message("as much as now"))
    msgid = message("%(amount)s more than now") if change > 0 else message("%(amount)s less than now")
    return Sentence(msgid, {"amount": pounds(abs(change))})
