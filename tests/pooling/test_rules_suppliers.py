"""Recognising suppliers: what must meet, what must never meet, and the ten real files."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.core.tabular import read_table
from commonpurse.pooling.rules.names import is_well_cased, normalise, without_country
from commonpurse.pooling.rules.spend import read_payments
from commonpurse.pooling.rules.suppliers import Cluster, Mention, match, possible_matches

FILES = sorted((Path(__file__).parents[2] / "reference" / "demo" / "spend").glob("*.csv"))


@pytest.fixture(scope="module")
def real() -> tuple[Cluster, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for path in FILES:
        for payment in read_payments(read_table(path.name, path.read_bytes())).payments:
            counts[payment.beneficiary, path.stem.partition("-")[0]] += 1
    return match(Mention(name, body, count=count) for (name, body), count in counts.items())


def found(*names: str) -> list[set[str]]:
    return [set(cluster.names) for cluster in match(Mention(name, "leeds") for name in names)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("BROXAP  LTD.", "broxap"),
        ("The Arch Company Properties Ltd", "arch co properties"),
        ("Smith & Sons Limited", "smith and sons"),
        ("Arnold Laver + Co Ltd", "arnold laver and co"),
        ("SECURITY PLUS + LIMITED", "security plus"),
        ("CANON (UK) LIMITED", "canon uk"),
        ("Glasdon U.K. Limited", "glasdon uk"),
        ("SGS United Kingdom Limited", "sgs uk"),
        ("Compass Children's Homes", "compass childrens homes"),
        ("PHS GROUP PLC", "phs group"),
        ("Investing in Children C.I.C.", "investing in children"),
        ("Acme Public Limited Company", "acme"),
        ("Building Software Ltd t/a Measure2improve", "building software"),
        ("J Smith t/a Elite Cars", "j smith t a elite cars"),
        ("Broxap Ltd (V12345)", "broxap"),
        ("Broxap Ltd - 00123456", "broxap"),
        ("Broxap - 123456", "broxap"),
        ("Response Team 247 Limited", "response team 247"),
        ("24 X 7 LTD", "24 x 7"),
        ("Café Noir", "cafe noir"),
        ("Granart  Ltd (Memorials)", "granart memorials"),
        ("Limited Editions Ltd", "limited editions"),
        ("The", "the"),
        ("Ltd", "ltd"),
        ("---", "---"),
        ("", ""),
    ],
)
def test_a_name_loses_what_does_not_tell_suppliers_apart(name, key):
    assert normalise(name) == key


@given(st.text(max_size=30))
def test_a_normalised_name_does_not_depend_on_case_and_spacing(name):
    assert normalise(f"  {name}  ") == normalise(name)
    assert normalise(normalise(name).upper()) == normalise(normalise(name))


@pytest.mark.parametrize(
    ("name", "key"),
    [("Civica UK Ltd", "civica"), ("Civica Ltd", "civica"), ("Carers UK", ""), ("Care UK Ltd", ""), ("EE UK Ltd", ""),
     ("Age UK Gateshead Ltd", "age uk gateshead")],
)  # fmt: skip
def test_the_country_is_dropped_for_companies_with_a_name_of_their_own(name, key):
    assert without_country(name) == key


@pytest.mark.parametrize(
    ("name", "well"), [("PHS Group", True), ("PHS GROUP", False), ("BROXAP Ltd", False), ("broxap", False)]
)
def test_a_well_cased_name_has_capitals_and_small_letters(name, well):
    assert is_well_cased(name) is well


@pytest.mark.parametrize(
    "names",
    [
        ("PHS GROUP", "PHS Group", "PHS GROUP PLC", "P.H.S. Group plc"),
        ("CANON (UK) LIMITED", "CANON UK  LTD", "Canon (Uk) Ltd"),
        ("CIVICA LTD", "Civica UK Ltd", "CIVICA UK LIMITED"),
        ("E.ON Energy Solutions Ltd", "EON ENERGY SOLUTIONS LTD"),
        ("Green-Tech Ltd", "GREENTECH LTD"),
        ("Price Waterhouse Coopers LLP", "PricewaterhouseCoopers LLP"),
        ("J P Lennard Ltd", "J.P. LENNARD LIMITED", "JP Lennard"),
        ("Northumberland Plumbing Ltd", "Northumberlnad Plumbing Ltd"),
        ("Bloom Procurement Services", "BLOOM PROCURMENT SERVICES LTD"),
        ("Kainos Software Solution Ltd", "Kainos Software Solutions Ltd"),
        ("Broxap Ltd 12345", "BROXAP LIMITED"),
    ],
)
def test_spellings_of_one_supplier_meet(names):
    assert found(*names) == [set(names)]


@pytest.mark.parametrize(
    "names",
    [
        ("Northumbria University", "Newcastle University"),
        ("Biffa Waste Services Ltd", "Biffa Municipal Ltd"),
        ("CARELINE HOMECARE LTD", "CARELINE LIFESTYLES LTD"),
        ("FOSTER CARE ASSOCIATES LTD", "FOSTER CARE SOLUTIONS LTD", "FOSTER CARES LTD"),
        ("FOSTERING PEOPLE LTD", "Fostering Solutions Limited"),
        ("VIRGIN MEDIA LTD", "VIRGIN MEDIA PAYMENTS LTD"),
        ("PREMIER PAPER GROUP", "PREMIER SCAFFOLDING SERVICES LTD", "PREMIER TRAFFIC MANAGEMENT LTD"),
        ("FORESIGHT CLINICAL SERVICES LTD", "FORESIGHT RESIDENTIAL LTD"),
        ("CAMBIAN AUTISM SERVICES LIMITED", "CAMBIAN CHILDCARE LTD", "CAMBIAN WHINFELL SCHOOL LTD"),
        ("SIEMENS MOBILITY LTD", "SIEMENS FINANCIAL SERVICES LTD"),
        ("EON ENERGY SOLUTIONS LTD", "EON NEXT ENERGY LTD"),
        ("ENGIE REGENERATION LIMITED", "EQUANS REGENERATION LIMITED"),
        ("ANCHOR TRUST", "ANCHOR HANOVER GROUP"),
        ("NORTHERN GAS NETWORKS LTD", "SOUTHERN GAS NETWORKS LTD", "NORTHERN POWERGRID NORTHEAST LTD"),
        ("Civica UK Ltd", "Civica Election Services"),
        ("MALLATITE LTD", "MALLATITE MINOR STRUCTURES & PRODUCTS LTD"),
        ("Carers UK", "Carers Ltd", "CARERS FEDERATION LTD"),
        ("Care UK Ltd", "Care Ltd"),
        ("UK Fostering", "Fostering Ltd"),
        ("Home Group Ltd", "Home Ltd"),
        ("Lloyd Ltd", "Lloyds Ltd"),
        ("Durham County Council", "Durham City Council"),
        ("North Yorkshire County Council", "South Yorkshire County Council"),
        ("Unit 12 Services Ltd", "Unit 21 Services Ltd"),
        ("Systemslink 2000 Ltd", "Systemslink 2001 Ltd"),
        ("Fleet 1 23 Services", "Fleet 12 3 Services"),
        ("J Smith t/a Elite Cars", "J Smith t/a Best Taxis"),
        ("Halton Construction Ltd", "Walton Construction Ltd"),
        ("Regional Depot Alpha", "Regionbl Depot Alpha", "Regioncl Depot Alpha", "Regiondl Depot Alpha"),
    ],
)
def test_different_suppliers_never_meet(names):
    assert len(found(*names)) == len(names)


def test_a_company_number_brings_any_names_together_and_gives_the_key():
    [cluster] = match(
        [Mention("Old Name Ltd", "leeds", "01234567", count=1), Mention("Brand New Ltd", "york", "01234567", count=2)]
    )
    assert cluster.key == "GB-COH-01234567"
    assert cluster.bodies == ("leeds", "york")
    assert [(str(member.reason), member.confidence_percent) for member in cluster.members] == [
        ("The same company number", 100),
        ("The same company number", 100),
    ]


def test_a_charity_number_joins_a_company_of_another_name():
    [cluster] = match(
        [
            Mention("Blue Sky Trust", "leeds", "", "1095107"),
            Mention("Bluesky Trading", "york", "01234567", "1095107"),
            Mention("Sky Blue", "hull", "", "1095107"),
        ]
    )
    assert cluster.key == "GB-COH-01234567"
    assert {str(member.reason) for member in cluster.members} == {"The same company number", "The same charity number"}


def test_a_charity_without_a_company_has_its_own_key():
    assert [cluster.key for cluster in match([Mention("Blue Sky Trust", "leeds", "", "1095107")])] == ["GB-CHC-1095107"]


def test_two_companies_of_one_name_stay_apart_and_a_name_without_number_joins_neither():
    clusters = match(
        [
            Mention("Apex Ltd", "leeds", "00000001"),
            Mention("APEX LIMITED", "york", "00000002"),
            Mention("Apex", "hull"),
            Mention("APEX LTD.", "ripon"),
        ]
    )
    assert [(cluster.key, cluster.bodies) for cluster in clusters] == [
        ("GB-COH-00000001", ("leeds",)),
        ("GB-COH-00000002", ("york",)),
        ("name:apex", ("hull", "ripon")),
    ]
    assert possible_matches(clusters) == possible_matches(clusters[::-1])


def test_two_charities_of_one_name_stay_apart():
    assert len(match([Mention("Hope", "leeds", "", "1000001"), Mention("Hope", "york", "", "1000002")])) == 2


def test_a_name_without_number_joins_the_one_company_of_that_name():
    [cluster] = match([Mention("Apex Ltd", "leeds", "00000001"), Mention("APEX", "york", count=9)])
    assert (cluster.key, cluster.bodies) == ("GB-COH-00000001", ("leeds", "york"))
    assert {(member.mention.body, member.confidence_percent) for member in cluster.members} == {
        ("leeds", 100),
        ("york", 98),
    }


def test_each_link_says_why_and_how_sure_it_is():
    names = {"Civica UK Ltd": 9, "CIVICA UK LIMITED": 1, "Civica Ltd": 1, "Ci-vica UK Ltd": 1}
    [cluster] = match(Mention(name, "leeds", count=count) for name, count in names.items())
    assert {member.mention.name: (str(member.reason), member.confidence_percent) for member in cluster.members} == {
        "Civica UK Ltd": ("The name as it is written", 100),
        "CIVICA UK LIMITED": ("The same name but for case, punctuation and legal form", 98),
        "Ci-vica UK Ltd": ("The same name but for spacing", 95),
        "Civica Ltd": ("The same company name but for “UK”", 92),
    }
    [cluster] = match([Mention("Northumberland Plumbing", "a", count=2), Mention("Northumberlnad Plumbing", "a")])
    assert [(str(member.reason), member.confidence_percent) for member in cluster.members] == [
        ("The name as it is written", 100),
        ("The same name but for one letter", 90),
    ]


def test_the_display_name_is_the_commonest_that_a_person_would_write():
    mentions = [Mention("PHS GROUP", "a", count=99), Mention("PHS Group", "b", count=2), Mention("Phs Group", "c")]
    assert match(mentions)[0].display_name == "PHS Group"
    assert match([Mention("BROXAP  LTD", "a", count=3), Mention("BROXAP LIMITED", "b")])[0].display_name == "BROXAP LTD"


def test_mentions_given_in_parts_are_counted_together():
    parts = [Mention("Arco Ltd", "leeds", count=2), Mention("Arco Ltd", "leeds", count=3)]
    assert match(parts) == match([Mention("Arco Ltd", "leeds", count=5)])


def test_nothing_in_gives_nothing_out():
    assert match([]) == ()
    assert possible_matches(()) == ()


mentions = st.builds(
    Mention,
    st.sampled_from(
        ["Apex", "APEX LTD", "Apex UK Ltd", "Apex (UK) Limited", "A-pex", "Apexes Northern", "Northumberland Gas",
         "Northumberlnad Gas", "Northumberland Gas Ltd", "Northumberlaand Gas", "The Hope Trust", "Hope Trust", "",
         "Ltd"]
    ),
    st.sampled_from(["leeds", "york", "hull"]),
    st.sampled_from(["", "", "", "00000001", "00000002"]),
    st.sampled_from(["", "", "", "1000001", "1000002"]),
    st.integers(1, 3),
)  # fmt: skip


@given(st.lists(mentions, max_size=12), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order(given_mentions, random):
    shuffled = list(given_mentions)
    random.shuffle(shuffled)
    assert match(given_mentions) == match(shuffled)
    assert possible_matches(match(given_mentions)) == possible_matches(match(shuffled)[::-1])


@given(st.lists(mentions, max_size=12))
def test_every_mention_is_in_one_cluster_keys_are_unique_and_numbers_never_mix(given_mentions):
    clusters = match(given_mentions)
    counted = Counter[tuple[str, str, str, str]]()
    for mention in given_mentions:
        counted[mention.name, mention.body, mention.company_number, mention.charity_number] += mention.count
    members = [member.mention for cluster in clusters for member in cluster.members]
    assert sorted((*key, count) for key, count in counted.items()) == sorted(
        (each.name, each.body, each.company_number, each.charity_number, each.count) for each in members
    )
    assert len({cluster.key for cluster in clusters}) == len(clusters)
    for cluster in clusters:
        assert len({member.mention.company_number for member in cluster.members} - {""}) <= 1
    homes = Counter(
        number
        for cluster in clusters
        for number in {member.mention.company_number for member in cluster.members} - {""}
    )
    assert all(count == 1 for count in homes.values())


def test_names_that_look_alike_are_offered_and_not_merged():
    clusters = match(
        Mention(name, "leeds")
        for name in [
            "Askews & Holts Library Services Ltd",
            "ASKEWS LIBRARY SERVICES LTD",
            "Askews 2 Ltd",
            "Apex",
            "Apse",
        ]
    )
    assert len(clusters) == 5
    [pair] = possible_matches(clusters)
    assert (pair.first.key, pair.second.key, pair.likeness_percent) == (
        "name:askews and holts library services",
        "name:askews library services",
        90,
    )


def test_names_with_different_numbers_are_not_even_offered():
    assert possible_matches(match([Mention("Systemslink 2000", "a"), Mention("Systemslink 2001", "a")])) == ()


def test_a_crowd_of_names_that_begin_alike_is_not_compared_in_pairs():
    clusters = match(
        Mention(f"North {letter}{other} Hire", "a") for letter in "abcdefghijklmno" for other in "abcdefghijklmno"
    )
    assert len(clusters) == 225
    assert possible_matches(clusters) == ()


def test_about_250_of_the_real_suppliers_are_shared(real):
    assert len(real) == 509
    assert len([cluster for cluster in real if len(cluster.bodies) > 1]) == 253


@pytest.mark.parametrize(
    ("name", "spellings", "bodies"),
    [
        ("PHS Group", 3, {"darlington", "gateshead", "manchester", "newcastle"}),
        ("Bloom Procurement Services", 4, {"darlington", "gateshead", "manchester", "newcastle"}),
        ("Canon (Uk) Ltd", 4, {"darlington", "gateshead", "manchester", "newcastle"}),
        ("Civica UK Ltd", 4, {"calderdale", "gateshead", "manchester", "newcastle"}),
        ("Idox Software Ltd", 2, {"darlington", "manchester", "newcastle"}),
        ("Broxap Ltd", 2, {"darlington", "manchester", "newcastle"}),
    ],
)
def test_a_real_supplier_is_one_despite_its_spellings(real, name, spellings, bodies):
    [cluster] = [cluster for cluster in real if cluster.display_name == name]
    assert len(cluster.names) == spellings
    assert set(cluster.bodies) == bodies
    first_word = normalise(name).split()[0]
    others = {each.display_name for each in real if normalise(each.display_name).split()[0] == first_word} - {name}
    assert others <= {"Civica Election Services"}


def test_the_real_names_that_only_look_alike_are_offered(real):
    assert [(pair.first.display_name, pair.second.display_name) for pair in possible_matches(real)] == [
        ("Askews & Holts Library Services Ltd", "ASKEWS LIBRARY SERVICES LTD"),
        ("Virgin Media Limited", "VIRGIN MEDIA PAYMENTS LTD"),
    ]


@pytest.mark.timeout(60)
def test_many_and_hostile_names_do_not_hold_up_the_service():
    letters = "abcdefghijklmnopqrst"
    hostile = ["-" * 5000, "ltd" + "-" * 5000 + "a", " " * 5000 + "t", "& " * 2500, "a." * 2500, "- 1" * 1700]
    many = [f"Supplier{one}{two}{three} Ltd" for one in letters for two in letters for three in letters]
    assert len(match(Mention(name, "leeds") for name in hostile)) == len(hostile)
    assert len(match(Mention(name, "leeds") for name in many)) == len(many)
