"""The metrics of two runs, read by the parser of Prometheus' own client for Python: CONVOKE, and a folder to work in.

Both runs have a file each in one folder, as the textfile collector finds them; the second is of the first's input, and so is
not told from it by its name.
"""

import csv
import pathlib
import subprocess
import sys

from prometheus_client.parser import text_string_to_metric_families

convoke, work = sys.argv[1], pathlib.Path(sys.argv[2]) / "metrics"
LAST_SUCCESS = "convoke_last_success_timestamp_seconds"


def run(job, *options):
    """Rehearses the sample; its exit status, the lines of its output, and its metrics by name."""
    folder = work / job
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "joined.csv").unlink(missing_ok=True)
    prom = work / f"{job}.prom"
    command = [convoke, "provision", "samples/course.csv", "--rehearse", "--rate", "max", "--quiet", "-o",
               str(folder / "joined.csv"), "--metrics", str(prom), *options]
    status = subprocess.run(command, check=False).returncode
    with open(folder / "joined.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return status, lines, read(prom)


def read(prom):
    families = list(text_string_to_metric_families(prom.read_text(encoding="utf-8")))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), f"a metric comes twice: {names}"
    for family in families:
        assert family.type == "gauge", f"{family.name} is a {family.type}"
        assert family.documentation.endswith("."), f"{family.name} says nothing of itself"
        assert family.samples, f"{family.name} has no series"
    return {family.name: family for family in families}


def value(metrics, name):
    (sample,) = metrics[name].samples
    return sample.value


def series(metrics):
    return {(sample.name, *sorted(sample.labels.items())) for family in metrics.values() for sample in family.samples}


for file in work.glob("*.prom"):
    file.unlink()
status, lines, first = run("first")
assert status == 0, f"the rehearsal ended with {status}"
rows = {sample.labels["status"]: sample.value for sample in first["convoke_rows"].samples}
assert sum(rows.values()) == len(lines), (rows, len(lines))
assert all(rows[status] == sum(line["status"] == status for line in lines) for status in rows), rows
assert value(first, "convoke_requests") == sum(int(line["attempts"]) for line in lines)
assert value(first, "convoke_last_run_exit_status") == 0
assert value(first, LAST_SUCCESS) == value(first, "convoke_last_run_timestamp_seconds")

status, _, again = run("first", "--limit", "1")
assert status == 1, f"a run that skips rows ended with {status}"
assert value(again, LAST_SUCCESS) == value(first, LAST_SUCCESS), "the last success moved without one"
assert value(again, "convoke_last_run_timestamp_seconds") > value(again, LAST_SUCCESS)

status, _, second = run("second", "--limit", "1")
assert LAST_SUCCESS not in second, "there never was a success"
assert not series(again) & series(second), "two jobs have the same series, which the collector refuses"
print(f"  {len(first)} metrics of 3 runs are as they should be")
