"""The order of entries in the browser: each applied once, after the one before, whatever the network does."""

import json
import random
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import { Feed } from "./static/src/live/feed.js";
const { arrivals, log, last } = JSON.parse(process.argv[1]);
const applied = [];
const ask = () => feed.receive(log.filter((seq) => seq > feed.last).map((seq) => ({ seq })));
const feed = new Feed(last, { apply: (entries) => applied.push(...entries.map(({ seq }) => seq)), ask });
for (const seqs of arrivals) feed.receive(seqs.map((seq) => ({ seq })));
feed.reach(log.at(-1));
setTimeout(() => console.log(JSON.stringify(applied)), 600);
"""


def applied(arrivals, log, last=0):
    """What the feed applied of `arrivals`, with a server that knows `log`."""
    node = ROOT / ".venv" / "bin" / "node"
    given = json.dumps({"arrivals": arrivals, "log": log, "last": last})
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PROGRAM, given], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arrivals", "last"),
    [
        ([[1], [2], [3], [4]], 0),
        ([[2], [1], [4], [3]], 0),
        ([[3], [3], [4], [4]], 2),
        ([[1], [4]], 0),
        ([[1]], 0),
        ([], 0),
        ([[1, 2], [2, 3], [1]], 0),
    ],
    ids=["in order", "overtaking", "twice", "a gap", "a lost tail", "all lost", "overlapping replays"],
)
def test_every_entry_is_applied_once_and_in_order(arrivals, last):
    assert applied(arrivals, [1, 2, 3, 4], last) == list(range(last + 1, 5))


def test_a_hundred_entries_lost_doubled_and_shuffled_come_out_whole():
    dice = random.Random(7)
    arrivals = [[seq] for seq in range(1, 101) for _ in range(dice.choice([0, 1, 1, 2]))]
    dice.shuffle(arrivals)
    assert applied(arrivals, list(range(1, 101))) == list(range(1, 101))
