"""Does every sum of a published statement again, from its JSON alone: python recompute_statement.py FILE

It needs Python and nothing else. It ends with 0 if every figure is right, with 1 if one is not, and with 2 if a
split goes by a sum that is not known here, so that its shares could only be added up, or if FILE is no statement.
All figures are whole numbers of each measure's smallest unit, such as hundredths of a week.
"""

import hashlib
import json
import re
import sys
from fractions import Fraction
from pathlib import Path

WRONG, UNKNOWN = [], []


def same(what, stated, found):
    if stated != found:
        WRONG.append(f"{what} is stated as {stated}, but the sum gives {found}")


def largest_remainder(total, weights):
    """Everybody gets total x weight / sum of weights, rounded towards zero.

    The units that are left go one each to the largest remainders; of equal ones, to the first in the roster.
    """
    sign, whole = (-1 if total < 0 else 1), sum(weights)
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    left = abs(total) - sum(floor for floor, _ in parts)
    first = sorted(range(len(parts)), key=lambda place: -parts[place][1])[:left]
    return {
        "whole": whole,
        "floors": [sign * floor for floor, _ in parts],
        "remainders": [sign * remainder for _, remainder in parts],
        "extra_unit": [place in first for place in range(len(parts))],
    }, [sign * (floor + (place in first)) for place, (floor, _) in enumerate(parts)]


def check_split(split, body):
    record, name = split["record"], f"split {split['id']}: "
    same(name + "the total", split["total"], sum(outcome["quantity"] for outcome in split["outcomes"]))
    same(name + "the total of the record", record["total"], split["total"])
    same(name + "the sum of the shares", sum(split["amounts"]), split["total"])
    if record["engine"] == "largest-remainder/1":
        steps, amounts = largest_remainder(split["total"], record["weights"])
        same(name + "what each receives", split["amounts"], amounts)
        for step, found in steps.items():
            same(name + step, record[step], found)
    else:
        UNKNOWN.append(f"{name}the sum {record['engine']} is not known here; its shares were only added up")
    held = dict(zip(record["roster"], split["amounts"], strict=True))
    same(name + "the share of the body", split["share"], held.get(body, 0))


def check_sums(name, stated, splits, until):
    before = sum(split["share"] for split in splits if split["quarter"] < until)
    now = sum(split["share"] for split in splits if split["quarter"] == until)
    for figure, found in (("opening", before), ("period", now), ("cumulative", before + now)):
        same(f"{figure} of {name}", stated[figure], found)


def check_measure(measure, splits, body, parties):
    name, held, fair = measure["title"], dict.fromkeys(parties, 0), Fraction(0)
    for split in splits:
        weights = dict(zip(split["record"]["roster"], split["record"].get("weights", []), strict=False))
        fair += Fraction(split["total"] * weights.get(body, 0), sum(weights.values()) or 1)
        for party, amount in zip(split["record"]["roster"], split["amounts"], strict=True):
            held[party] += amount
    same(f"the whole of {name}", measure["whole"], sum(split["total"] for split in splits))
    same(f"what each party has of {name}", measure["amounts"], list(held.values()))
    certificate = measure["certificate"]["text"] if measure["certificate"] else ""
    said = [int(re.sub(r"\D", "", each)) for each in re.findall(r"\d[\d,.]*", certificate)]
    shown = [measure["whole"], *measure["amounts"]]
    same(f"the certificate of {name}", [each for each in said if each], [abs(each) for each in shown if each])
    if measure["fair_share"]:
        for figure, found in (("fair_share", fair), ("difference", measure["cumulative"] - fair)):
            same(f"{figure} of {name}", Fraction(measure[figure]["over"], measure[figure]["under"]), found)
    if measure["target"] is not None:
        same(f"what is missing of {name}", measure["missing"], max(0, measure["target"] - measure["whole"]))
    outcomes = [outcome for split in splits for outcome in split["outcomes"]]
    same(f"the records of {name}", measure["records"], len(outcomes))
    same(f"the files of {name}", measure["files"], sum(len(outcome["evidence"]) for outcome in outcomes))


def check(published):
    statement = published["statement"]
    body, until, splits = statement["body"]["id"], statement["until"], statement["splits"]
    text = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    same("the digest", published["digest"], hashlib.sha256(text.encode()).hexdigest())
    for split in splits:
        check_split(split, body)
    listed = {measure["id"] for measure in statement["measures"]}
    same("the number of splits without their measure", 0, sum(split["measure"] not in listed for split in splits))
    for measure in statement["measures"]:
        own = [split for split in splits if split["measure"] == measure["id"]]
        check_measure(measure, own, body, [party["id"] for party in statement["parties"]])
        check_sums(measure["title"], measure, own, until)
        lines = [line for line in statement["lines"] if line["measure"] == measure["id"]]
        same(f"all lines of {measure['title']}", sum(line["cumulative"] for line in lines), measure["cumulative"])
        for line in lines:
            here = [each for each in own if (each["contract"], each["place"]) == (line["contract"], line["place"])]
            check_sums(f"{measure['title']} in {line['place']}", line, here, until)
        for value in (each for each in statement["values"] if each["measure"] == measure["id"]):
            year = [split["share"] for split in own if split["quarter"][:4] == str(value["year"])]
            pence = Fraction(value["value_gbp"]) * 100 * sum(year) / 10 ** measure["decimals"]
            same(f"the share of {measure['title']} in {value['year']}", value["amount"], sum(year))
            same(
                f"its value in pence in {value['year']}",
                value["pence"],
                (-1 if pence < 0 else 1) * int(abs(pence) + Fraction(1, 2)),
            )


def fault_of(name):
    """Checks the file; what is wrong with it where no statement can be read from it."""
    try:
        check(json.loads(Path(name).read_text(encoding="utf-8")))
    except OSError as error:
        return f"{name} cannot be read: {error.strerror}"
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return f"{name} is not the JSON of a published statement"
    return None


if __name__ == "__main__":
    fault = fault_of(sys.argv[1]) if len(sys.argv) == 2 else "Name one file: python recompute_statement.py FILE"
    if fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
    print("\n".join([*WRONG, *UNKNOWN] or ["Every figure is what its splits give."]))
    sys.exit(1 if WRONG else 2 if UNKNOWN else 0)
