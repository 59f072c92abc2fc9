"""Which places an area lies in, tier by tier."""

from msgspec import Struct

DISTRICT, COUNTY, COMBINED_AUTHORITY, REGION, NATION = "district", "county", "combined_authority", "region", "nation"
TIERS = (DISTRICT, COUNTY, COMBINED_AUTHORITY, REGION, NATION)
"""The tiers of place, from the smallest."""

OF_SEVERAL_DISTRICTS = {
    "County": COUNTY,
    "Combined authority": COMBINED_AUTHORITY,
    "Strategic Regional Authority": COMBINED_AUTHORITY,
}
"""The kinds of area that hold others, and their tier; every other kind is a district."""

GSS_BY_CODE = {
    "CAM": "E10000003", "DBY": "E10000007", "DEV": "E10000008", "ESS": "E10000012", "ESX": "E10000011",
    "GLS": "E10000013", "HAM": "E10000014", "HRT": "E10000015", "KEN": "E10000016", "LAN": "E10000017",
    "LEC": "E10000018", "LIN": "E10000019", "NFK": "E10000020", "NTT": "E10000024", "OXF": "E10000025",
    "SFK": "E10000029", "SRY": "E10000030", "STS": "E10000028", "WAR": "E10000031", "WOR": "E10000034",
    "WSX": "E10000032",
    "CPCA": "E47000008", "EMCA": "E47000013", "GLA": "E61000001", "GLCA": "E47000017", "GMCA": "E47000001",
    "HYCA": "E47000016", "LCR": "E47000004", "NECA": "E47000010", "NTCA": "E47000011", "SCR": "E47000002",
    "TVCA": "E47000006", "WECA": "E47000009", "WMCA": "E47000007", "WYCA": "E47000003", "YNYC": "E47000012",
}  # fmt: skip
"""The counties and combined authorities by the codes with which `uk_local_authorities.csv` names them in a district."""


class Situation(Struct, frozen=True):
    """What is recorded of an area: what it is, and the codes or names of what it lies in; empty where in none."""

    gss: str
    kind: str
    county: str
    combined_authority: str
    region: str
    nation: str


def places_of(area: Situation) -> dict[str, str]:
    """The place of each tier in which an area lies, or which it is; a tier without one is left out.

    Districts, counties and combined authorities are GSS codes, regions and nations names.

    >>> places_of(Situation("E08000037", "Metropolitan district", "", "NECA", "North East", "England"))
    {'district': 'E08000037', 'combined_authority': 'E47000010', 'region': 'North East', 'nation': 'England'}
    """
    found = {
        COUNTY: GSS_BY_CODE.get(area.county, ""),
        COMBINED_AUTHORITY: GSS_BY_CODE.get(area.combined_authority, ""),
        REGION: area.region,
        NATION: area.nation,
        OF_SEVERAL_DISTRICTS.get(area.kind, DISTRICT): area.gss,
    }
    return {tier: found[tier] for tier in TIERS if found.get(tier)}
