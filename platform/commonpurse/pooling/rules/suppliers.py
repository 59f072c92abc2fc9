"""One supplier behind many spellings.

A link is made only when it is safe: the same registered number; the same name once spelling is set aside; one letter
mistyped in a long word. Two different registered numbers never meet. What only looks alike is offered by
`possible_matches` for a person to decide, and never merged.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from commonpurse.calc.sentence import Sentence
from commonpurse.pooling.rules.names import is_well_cased, normalise, squashed, without_country

_LONG_WORD = 7
_LONG_NAME = 10
_ALIKE = 88
_CROWDED = 200
_MISTYPED = 3


class Mention(Struct, frozen=True, order=True):
    """A name as one body's files write it, with the numbers beside it and how often it is there."""

    name: str
    body: str
    company_number: str = ""
    charity_number: str = ""
    count: int = 1


class Member(Struct, frozen=True):
    """A mention in its cluster, why it is there and how sure that is."""

    mention: Mention
    reason: Sentence
    confidence_percent: int


class Cluster(Struct, frozen=True):
    """One supplier. `key` is by its registered number where a file gives one, else by its normalised name."""

    key: str
    display_name: str
    members: tuple[Member, ...]

    @property
    def bodies(self) -> tuple[str, ...]:
        """The bodies that pay it, sorted."""
        return tuple(sorted({member.mention.body for member in self.members}))

    @property
    def names(self) -> tuple[str, ...]:
        """Its spellings, sorted."""
        return tuple(sorted({member.mention.name for member in self.members}))


class Possible(Struct, frozen=True):
    """Two clusters whose names look alike: for a person to decide."""

    first: Cluster
    second: Cluster
    likeness_percent: int


class _Group(Struct, frozen=True):
    """Mentions known to be one supplier so far."""

    members: tuple[Member, ...]

    @property
    def companies(self) -> frozenset[str]:
        return frozenset(member.mention.company_number for member in self.members) - {""}

    @property
    def charities(self) -> frozenset[str]:
        return frozenset(member.mention.charity_number for member in self.members) - {""}


_Keys = Callable[[str], Iterable[object]]

_OWN = Sentence("The name as it is written")
_COMPANY = Sentence("The same company number")
_CHARITY = Sentence("The same charity number")
_NAME = Sentence("The same name but for case, punctuation and legal form")
_SPACING = Sentence("The same name but for spacing")
_COUNTRY = Sentence("The same company name but for “UK”")
_LETTER = Sentence("The same name but for one letter")


def match(mentions: Iterable[Mention]) -> tuple[Cluster, ...]:
    """The suppliers behind `mentions`, sorted by key; the answer does not depend on the order of `mentions`."""
    groups = _start(mentions)
    groups = _join(groups, lambda group: sorted(group.charities), _CHARITY, 100)
    # Names without numbers meet each other first: where two companies share a name, they can belong to neither.
    groups = _join(groups, lambda group: () if _numbered(group) else _names(group), _NAME, 98)
    for reason, confidence_percent, keys in (
        (_NAME, 98, lambda name: [normalise(name)]),
        (_SPACING, 95, _spacing_keys),
        (_COUNTRY, 92, lambda name: filter(None, [without_country(name)])),
    ):
        groups = _join(groups, _by_name(keys), reason, confidence_percent)
    groups = _join(groups, _by_mistyping(groups), _LETTER, 90, most=_MISTYPED)
    return tuple(sorted(map(_cluster, groups), key=lambda cluster: cluster.key))


def possible_matches(clusters: Sequence[Cluster]) -> tuple[Possible, ...]:
    """Pairs of clusters that begin with the same word and read alike, best first; none of them is merged."""
    blocks: dict[str, dict[str, Cluster]] = defaultdict(dict)
    for cluster in clusters:
        for name in cluster.names:
            key = normalise(name)
            blocks[key.partition(" ")[0]].setdefault(key, cluster)
    best: dict[tuple[str, str], Possible] = {}
    for names in blocks.values():
        if len(names) > _CROWDED:
            continue
        for (one, first), (other, second) in combinations(sorted(names.items()), 2):
            if first is second or first.key == second.key or _conflict([_as_group(first), _as_group(second)]):
                continue
            likeness = _likeness(one, other)
            pair = Possible(first, second, likeness) if first.key < second.key else Possible(second, first, likeness)
            at = (pair.first.key, pair.second.key)
            if likeness >= _ALIKE and (at not in best or best[at].likeness_percent < likeness):
                best[at] = pair
    return tuple(sorted(best.values(), key=lambda pair: (-pair.likeness_percent, pair.first.key, pair.second.key)))


def _likeness(one: str, other: str) -> int:
    """Percent; different numbers are different suppliers, and a name within a longer one of two words or more is 90."""
    from rapidfuzz import fuzz

    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0
    shorter, longer = sorted((one.split(), other.split()), key=len)
    within = len(shorter) > 1 and set(shorter) <= set(longer)
    return max(int(fuzz.token_sort_ratio(one, other)), 90 if within else 0)


def _start(mentions: Iterable[Mention]) -> list[_Group]:
    """Mentions by company number, else by charity number, else by name as written; repeated ones counted together."""
    counts: dict[Mention, int] = defaultdict(int)
    for mention in mentions:
        counts[replace(mention, count=0)] += mention.count
    by_identity: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for mention, count in counts.items():
        counted = replace(mention, count=count)
        if mention.company_number:
            by_identity["company", mention.company_number].append(counted)
        elif mention.charity_number:
            by_identity["charity", mention.charity_number].append(counted)
        else:
            by_identity["name", mention.name].append(counted)
    reasons = {"company": _COMPANY, "charity": _CHARITY, "name": _OWN}
    return [
        _Group(tuple(Member(mention, reasons[kind], 100) for mention in sorted(same)))
        for (kind, _), same in sorted(by_identity.items())
    ]


def _join(
    groups: Sequence[_Group],
    keys_of: Callable[[_Group], Iterable[object]],
    reason: Sentence,
    confidence_percent: int,
    *,
    most: int | None = None,
) -> list[_Group]:
    """The groups, those connected by a key made one, unless that would bring different numbers together.

    More than `most` in a row, each a letter from the next, are a family of names and no slips: they stay apart.
    """
    joined: list[_Group] = []
    for connected in _components([tuple(keys_of(group)) for group in groups]):
        parts = [groups[at] for at in connected]
        if len(parts) == 1 or (most and len(parts) > most) or _conflict(parts):
            joined += parts
        else:
            joined.append(_merge(parts, reason, confidence_percent))
    return joined


def _components(keys: Sequence[Sequence[object]]) -> Iterator[list[int]]:
    """Positions connected by a key they have in common, directly or through others."""
    holders: dict[object, list[int]] = defaultdict(list)
    for at, each in enumerate(keys):
        for key in each:
            holders[key].append(at)
    seen: set[int] = set()
    for start in range(len(keys)):
        if start in seen:
            continue
        seen.add(start)
        component, waiting = [], [start]
        while waiting:
            at = waiting.pop()
            component.append(at)
            for other in (other for key in keys[at] for other in holders.pop(key, ())):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        yield sorted(component)


def _conflict(parts: Sequence[_Group]) -> bool:
    """Whether one supplier would have two company numbers, or more charity numbers than a part has already."""
    companies = frozenset[str]().union(*(part.companies for part in parts))
    charities = frozenset[str]().union(*(part.charities for part in parts))
    return len(companies) > 1 or len(charities) > max(1, *(len(part.charities) for part in parts))


def _merge(parts: Sequence[_Group], reason: Sentence, confidence_percent: int) -> _Group:
    """The surest and most frequent part keeps its reasons; the members of the others are there by `reason`."""
    first, *others = sorted(parts, key=_rank)
    moved = [
        member if member.confidence_percent < confidence_percent else Member(member.mention, reason, confidence_percent)
        for part in others
        for member in part.members
    ]
    return _Group((*first.members, *moved))


def _rank(group: _Group) -> tuple[object, ...]:
    count = sum(member.mention.count for member in group.members)
    return (not group.companies, not group.charities, -count, min(member.mention for member in group.members))


def _by_name(keys: _Keys) -> Callable[[_Group], set[object]]:
    return lambda group: {key for member in group.members for key in keys(member.mention.name)}


def _numbered(group: _Group) -> bool:
    return bool(group.companies or group.charities)


def _names(group: _Group) -> set[str]:
    return {normalise(member.mention.name) for member in group.members}


def _spacing_keys(name: str) -> Iterator[object]:
    """The name without spaces; its numbers stay apart, so that "1 23" is not "12 3"."""
    key = normalise(name)
    if squashed(key):
        yield squashed(key), tuple(re.findall(r"\d+", key))


def _by_mistyping(groups: Sequence[_Group]) -> Callable[[_Group], list[object]]:
    """Keys shared by names that differ by one letter of one long word and agree in all others.

    The word has seven letters or more (ten, if it is the whole name), begins alike and holds no digit. Two words one
    letter apart become the same word when the right letter of each is left out, so only those that do are compared.
    """
    from rapidfuzz.distance import OSA

    blocks: dict[tuple[object, ...], set[tuple[str, str]]] = defaultdict(set)
    for group in groups:
        for key in _names(group):
            words = key.split()
            for at, word in enumerate(words):
                if len(word) >= (_LONG_WORD if len(words) > 1 else _LONG_NAME) and word.isalpha():
                    rest = (*words[:at], None, *words[at + 1 :])
                    for shorter in {word, *(word[:gap] + word[gap + 1 :] for gap in range(1, len(word)))}:
                        blocks[*rest, shorter].add((word, key))
    pairs: Mapping[str, set[object]] = defaultdict(set)
    for block in blocks.values():
        for (word, key), (other, other_key) in combinations(sorted(block), 2):
            if OSA.distance(word, other, score_cutoff=1) == 1:
                pairs[key].add((key, other_key))
                pairs[other_key].add((key, other_key))
    return lambda group: [pair for name in _names(group) for pair in pairs.get(name, ())]


def _as_group(cluster: Cluster) -> _Group:
    return _Group(cluster.members)


def _cluster(group: _Group) -> Cluster:
    members = tuple(sorted(group.members, key=lambda member: member.mention))
    if group.companies:
        key = f"GB-COH-{min(group.companies)}"
    elif group.charities:
        key = f"GB-CHC-{min(group.charities)}"
    else:
        key = f"name:{min(normalise(member.mention.name) for member in members)}"
    return Cluster(key, _display_name(members), members)


def _display_name(members: Sequence[Member]) -> str:
    """The commonest well-cased spelling, else the commonest."""
    counts: dict[str, int] = defaultdict(int)
    for member in members:
        counts[" ".join(member.mention.name.split())] += member.mention.count
    return min(counts, key=lambda name: (not is_well_cased(name), _miscased(name), -counts[name], name))


def _miscased(name: str) -> bool:
    return bool(re.search(r"\b(?:Uk|Llp|Plc|Gb|Nhs|Cic|LTD|LIMITED)\b", name))
