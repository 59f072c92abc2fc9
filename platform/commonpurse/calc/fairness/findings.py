"""Sentences about one rule, each with the numbers it rests on.

A sentence is never said unless it is true of these very quantities; where something does not happen there is
either a sentence that says so, which was looked at for every body, or none. Figures that decimals cannot say in
three places are given as "about"; `numbers` has them exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from commonpurse.calc.allocation_rules import COMMITTED_BUDGET, NEED, POPULATION, REQUIRED_QUANTITY, UNALLOCATED
from commonpurse.calc.allocation_rules.recorded import name_of
from commonpurse.calc.fairness import changes
from commonpurse.calc.fairness.division import Division, Scene
from commonpurse.calc.quantity import say
from commonpurse.calc.sentence import Sentence, message

FINEST = 3
"""Decimal places of figures that are not whole, beyond those of the smallest unit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What can be said of a rule: `code` names the kind, `numbers` has ints, fractions and keys of bodies."""

    code: str
    sentence: Sentence
    numbers: Mapping[str, Any]


def find(done: Division, today: Division | None, leaver: str | None) -> tuple[Finding, ...]:
    """Everything there is to say of one division."""
    larger = changes.larger_figures(done)
    found = [*_left_over(done), _gap(done), _envy(done)]
    if today is not None:
        found.append(_moved(done, today))
    found += [*_next_unit(done), *_sensitive(done, larger), *_population(done, larger)]
    if leaver is not None:
        found.append(_leaving(done, leaver))
    return tuple(found)


def _left_over(done: Division) -> Iterator[Finding]:
    if rest := done.amounts[-1]:
        msgid = message("%(amount)s of %(total)s stay unallocated: this rule gives them to nobody")
        total = done.scene.total
        values = {"amount": say(rest, done.scene.decimals), "total": say(total, done.scene.decimals)}
        yield Finding("unallocated", Sentence(msgid, values), {"amount": rest, "total": total})


def _gap(done: Division) -> Finding:
    shares, whole = done.entitled
    gaps = [amount * whole - share for amount, share in zip(done.amounts[:-1], shares, strict=False)]
    widest = max(abs(gap) for gap in gaps)
    if not widest:
        return Finding("gap", Sentence(message("Every body receives exactly its exact share")), {"gap": Fraction(0)})
    place = next(place for place, gap in enumerate(gaps) if abs(gap) == widest)
    gap = Fraction(gaps[place], whole)
    numbers = {
        "body": done.scene.places[place],
        "amount": done.amounts[place],
        "exact": done.exact[place],
        "gap": gap,
    }
    values = {
        "body": _name(done.scene, place),
        "amount": say(done.amounts[place], done.scene.decimals),
        "exact": exactly(done.exact[place], done.scene.decimals),
        "gap": exactly(abs(gap), done.scene.decimals),
    }
    return Finding("gap", Sentence(_MORE if gap > 0 else _LESS, values), numbers)


_MORE = message(
    "The widest gap from an exact share: %(body)s receives %(amount)s, which is %(gap)s more than its exact share of "
    "%(exact)s"
)
_LESS = message(
    "The widest gap from an exact share: %(body)s receives %(amount)s, which is %(gap)s less than its exact share of "
    "%(exact)s"
)


def _envy(done: Division) -> Finding:
    pairs = changes.envious(done)
    if not pairs:
        msgid = message("No body has less for its weight than another would still have with one unit less")
        return Finding("envy", Sentence(msgid), {"pairs": 0})
    one, other = pairs[0]
    numbers = {"pairs": len(pairs), "body": done.scene.roster[one], "other": done.scene.roster[other]}
    values = {
        "pairs": f"{len(pairs):,}",
        "body": _name(done.scene, one),
        "other": _name(done.scene, other),
        "amount": say(done.amounts[one], done.scene.decimals),
        "others": say(done.amounts[other], done.scene.decimals),
    }
    return Finding("envy", Sentence(_ENVY if len(pairs) > 1 else _ENVY_ONCE, values), numbers)


_ENVY_ONCE = message(
    "For its weight, %(body)s with %(amount)s has less than %(other)s with %(others)s would still have with one unit "
    "less"
)
_ENVY = message(
    "For its weight, %(body)s with %(amount)s has less than %(other)s with %(others)s would still have with one unit "
    "less; there are %(pairs)s such pairs"
)


def _moved(done: Division, today: Division) -> Finding:
    change = [now - before for now, before in zip(done.amounts, today.amounts, strict=True)]
    moved = sum(abs(each) for each in change) // 2
    losers = sum(each < 0 for each in change[:-1])
    if not moved:
        return Finding("moved", Sentence(message("Everybody receives what today's rule gives")), {"moved": 0})
    numbers: dict[str, Any] = {"moved": moved, "losers": losers, "bodies": len(done.scene.roster)}
    values: dict[str, Any] = {
        "moved": say(moved, done.scene.decimals),
        "losers": f"{losers:,}",
        "bodies": f"{len(done.scene.roster):,}",
    }
    if not losers:
        msgid = message("Against today's rule, %(moved)s in all would go elsewhere, and no body receives less")
        return Finding("moved", Sentence(msgid, values), numbers)
    most = min(change[:-1])
    place = change.index(most)
    numbers |= {"body": done.scene.roster[place], "most": -most}
    values |= {"body": _name(done.scene, place), "most": say(-most, done.scene.decimals)}
    return Finding("moved", Sentence(_LOSE if losers > 1 else _LOSES, values), numbers)


_LOSE = message(
    "Against today's rule, %(moved)s in all would go elsewhere; %(losers)s of %(bodies)s bodies receive less, "
    "%(body)s most of all: %(most)s less"
)
_LOSES = message(
    "Against today's rule, %(moved)s in all would go elsewhere; of %(bodies)s bodies only %(body)s receives less: "
    "%(most)s less"
)


def _next_unit(done: Division) -> Iterator[Finding]:
    scene, more = done.scene, changes.one_more(done)
    place = more.gained.index(max(more.gained))
    # Where one unit makes several receive more, others pay for it, and the paradox says so.
    if more.looked_at > 1 or sum(more.gained) == 1:
        numbers = {"body": scene.places[place], "times": more.gained[place], "lots": more.looked_at}
        values = {
            "body": _name(scene, place),
            "times": f"{more.gained[place]:,}",
            "lots": f"{more.looked_at:,}",
            "lot": more.last,
        }
        yield Finding("next_unit", Sentence(_NEXT if more.looked_at > 1 else _NEXT_ONE, values), numbers)
    if not more.lost:
        return
    lot, loser, before, after = more.lost[0]
    numbers = {"lot": lot, "body": scene.roster[loser], "before": before, "after": after, "times": len(more.lost)}
    values = {
        "lot": scene.lots[lot].name,
        "total": say(scene.lots[lot].total + 1, scene.decimals),
        "instead": say(scene.lots[lot].total, scene.decimals),
        "body": _name(scene, loser),
        "before": say(before, scene.decimals),
        "after": say(after, scene.decimals),
        "times": f"{len(more.lost):,}",
        "lots": f"{more.looked_at:,}",
    }
    yield Finding("house_paradox", Sentence(_HOUSE if more.looked_at > 1 else _HOUSE_ONE, values), numbers)


_NEXT_ONE = message("One unit more in %(lot)s would go to %(body)s")
_NEXT = message(
    "With one unit more in one of the %(lots)s quantities, %(body)s would receive more in %(times)s of them, and no "
    "other place in more of them"
)
_HOUSE_ONE = message(
    "House paradox: if %(total)s were delivered in place of %(instead)s, %(body)s would receive %(after)s in place of "
    "%(before)s"
)
_HOUSE = message(
    "House paradox: in %(lot)s, if %(total)s were delivered in place of %(instead)s, %(body)s would receive %(after)s "
    "in place of %(before)s. One unit more takes something from a body in %(times)s of %(lots)s quantities"
)


def _sensitive(done: Division, larger: changes.Larger) -> Iterator[Finding]:
    scene = done.scene
    if not done.rule.bases:
        yield Finding("input", Sentence(message("No figure that is recorded of a body counts in this rule")), {})
        return
    most = changes.most_sensitive(done, larger)
    if most is None:
        msgid = message("A tenth more of any figure of a body would not change what it is entitled to")
        yield Finding("input", Sentence(msgid), {})
        return
    whose = scene.roster[most.place]
    numbers = {"body": most.body, "basis": most.basis, "whose": whose, "before": most.before, "after": most.after}
    values = {
        "figure": _figure(most.basis, _named(scene, most.body)),
        "whose": _name(scene, most.place),
        "before": exactly(most.before, scene.decimals),
        "after": exactly(most.after, scene.decimals),
    }
    yield Finding("input", Sentence(_INPUT, values), numbers)


_INPUT = message(
    "Most hangs on %(figure)s: if it were a tenth more, the exact share of %(whose)s would go from %(before)s to "
    "%(after)s"
)


def _figure(basis: str, body: Any) -> Sentence:
    """A figure of a body, by what it is recorded."""
    name = name_of(basis)
    if name is not None:
        return Sentence("%(basis)s of %(body)s", {"basis": name, "body": body})
    return Sentence(_FIGURES[basis], {"body": body})


_FIGURES = {
    COMMITTED_BUDGET: message("the committed budget of %(body)s"),
    REQUIRED_QUANTITY: message("the required quantity of %(body)s"),
    POPULATION: message("the population of %(body)s"),
    NEED: message("the need of %(body)s"),
}


def _population(done: Division, larger: changes.Larger) -> Iterator[Finding]:
    paradox = changes.population_paradox(done, larger)
    if paradox is None:
        return
    scene = done.scene
    numbers = {
        "lot": paradox.lot,
        "body": paradox.body,
        "basis": paradox.basis,
        "loser": scene.roster[paradox.loser],
        "loses": paradox.loses,
        "gainer": scene.roster[paradox.gainer],
        "gains": paradox.gains,
    }
    values = {
        "lot": scene.lots[paradox.lot].name,
        "figure": _figure(paradox.basis, _named(scene, paradox.body)),
        "loser": _name(scene, paradox.loser),
        "loser_before": say(paradox.loses[0], scene.decimals),
        "loser_after": say(paradox.loses[1], scene.decimals),
        "gainer": _name(scene, paradox.gainer),
        "gainer_before": say(paradox.gains[0], scene.decimals),
        "gainer_after": say(paradox.gains[1], scene.decimals),
    }
    yield Finding("population_paradox", Sentence(_POPULATION, values), numbers)


_POPULATION = message(
    "Population paradox: in %(lot)s, if %(figure)s were a tenth more, %(loser)s would fall from %(loser_before)s to "
    "%(loser_after)s and %(gainer)s rise from %(gainer_before)s to %(gainer_after)s, although %(loser)s would weigh "
    "no less beside %(gainer)s than it does"
)


def _leaving(done: Division, leaver: str) -> Finding:
    scene, left = done.scene, changes.leaving(done, leaver)
    gone = scene.roster.index(leaver)
    change = [after - before for before, after in zip(left.before, left.after, strict=True)]
    others = [place for place in range(len(change)) if place != gone]
    gainer = max(others, key=lambda place: (change[place], -place))
    loser = min(others[:-1], key=lambda place: (change[place], place))
    numbers: dict[str, Any] = {"leaver": leaver, "left": left.before[gone]}
    values: dict[str, Any] = {"leaver": _named(scene, leaver), "left": say(left.before[gone], scene.decimals)}
    if change[gainer] <= 0:
        msgid = message("If %(leaver)s, which has %(left)s, left and as much were delivered, nobody would receive more")
        return Finding("leaving", Sentence(msgid, values), numbers)
    numbers |= {"gainer": scene.places[gainer], "gains": change[gainer]}
    values |= {"gainer": _name(scene, gainer), "gains": say(change[gainer], scene.decimals)}
    if change[loser] >= 0:
        return Finding("leaving", Sentence(_LEAVING, values), numbers)
    numbers |= {"loser": scene.places[loser], "loses": -change[loser]}
    values |= {"loser": _name(scene, loser), "loses": say(-change[loser], scene.decimals)}
    return Finding("leaving", Sentence(_LEAVING_LOSS, values), numbers)


_LEAVING = message(
    "If %(leaver)s, which has %(left)s, left and as much were delivered, nobody would gain more than %(gainer)s: "
    "%(gains)s. No other body would receive less"
)
_LEAVING_LOSS = message(
    "If %(leaver)s, which has %(left)s, left and as much were delivered, nobody would gain more than %(gainer)s: "
    "%(gains)s. %(loser)s would receive %(loses)s less"
)


def exactly(figure: Fraction, decimals: int) -> Sentence:
    """A figure in smallest units as people read it: exact if three decimals more can say it, otherwise rounded."""
    scaled = figure * 10**FINEST
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = say(rounded, decimals + FINEST)
    if scaled.denominator == 1:
        text = text.rstrip("0").rstrip(".")
        return Sentence("%(number)s", {"number": text})
    return Sentence(message("about %(number)s"), {"number": text})


def _name(scene: Scene, place: int) -> str | Sentence:
    return _named(scene, scene.places[place])


def _named(scene: Scene, place: str) -> str | Sentence:
    if place == UNALLOCATED:
        return Sentence(message("the unallocated place"))
    return scene.names.get(place, place)
