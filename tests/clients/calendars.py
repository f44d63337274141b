"""Calendars of `convoke` by two parsers that share no code: calendars.py FOLDER OUTPUT.csv [FEED.ics].

FOLDER has one .ics for each meeting of OUTPUT.csv, FEED.ics all of them. icalendar and vobject read each, and must say
the same start, end and UID as one another and as the output's columns. One line for each sentence that holds; the first
that does not ends it with status 1. It knows nothing of convoke's source.
"""

import csv
import datetime
import hashlib
import io
import pathlib
import sys
import uuid

import icalendar
import vobject

CSV_FIELD_MAX = 1 << 24
# What the samples call the externalId, letters and digits alone.
ID_NAMES = {"externalid", "sessionid", "sessionkey"}


def hold(sentence, holds, why=""):
    if not holds:
        print(f"FAILED: {sentence}: {why}")
        sys.exit(1)


def instant(text):
    """A time of the output, which is in UTC, to the second."""
    return datetime.datetime.fromisoformat(text[:19]).replace(tzinfo=datetime.timezone.utc)


def uid_of(organizer, external_id):
    """RFC 9562, version 8, of what Graph keys a meeting by."""
    octets = bytearray(hashlib.sha256(f"{organizer.lower()}\0{external_id}".encode()).digest()[:16])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(octets)))


def meetings(path):
    """What the output says of each meeting that has a link and a start, by its link."""
    csv.field_size_limit(CSV_FIELD_MAX)
    found = {}
    text = path.read_bytes().decode("utf-8-sig")
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter):
        ids = [value for name, value in row.items() if plain(name) in ID_NAMES]
        if row["joinWebUrl"] and row["meetingStart"]:
            start, end = instant(row["meetingStart"]), instant(row["meetingEnd"])
            uid = uid_of(row["organizerId"], ids[0].strip()) if ids else None
            found[row["joinWebUrl"]] = (start, end, uid)
    return found


def plain(name):
    return "".join(c for c in (name or "").lower() if c.isalnum())


def by_icalendar(octets):
    calendar = icalendar.Calendar.from_ical(octets)
    events = []
    for event in calendar.walk("VEVENT"):
        hold("icalendar finds no error", not event.errors, event.errors)
        start = event.decoded("DTSTART")
        end = event.decoded("DTEND") if "DTEND" in event else start
        people = event.get("ATTENDEE", [])
        people = people if isinstance(people, list) else [people]
        events.append(
            (str(event["URL"]), start, end, str(event["UID"]), int(event["SEQUENCE"]), str(event["SUMMARY"]),
             str(event["DESCRIPTION"]), [str(person) for person in people])
        )
    return str(calendar["METHOD"]), events


def by_vobject(octets):
    calendar = vobject.readOne(octets.decode())
    events = []
    for event in calendar.vevent_list:
        start = event.dtstart.value
        end = event.dtend.value if hasattr(event, "dtend") else start
        people = [person.value for person in getattr(event, "attendee_list", [])]
        events.append(
            (event.url.value, start, end, event.uid.value, int(event.sequence.value), event.summary.value,
             event.description.value, people)
        )
    return calendar.method.value, events


def read(path):
    octets = path.read_bytes()
    hold("there is no byte-order mark", not octets.startswith(b"\xef\xbb\xbf"), path)
    hold("lines end in CRLF", octets.endswith(b"\r\n") and octets.count(b"\n") == octets.count(b"\r\n"), path)
    hold("no line has more than 75 octets", max(map(len, octets.split(b"\r\n"))) <= 75, path)
    method, events = by_icalendar(octets)
    other_method, others = by_vobject(octets)
    hold("both find one method", method == other_method, (path, method, other_method))
    hold("both find as many events", len(events) == len(others), path)
    for event, other in zip(events, others):
        hold("both say the same of an event", event == other, (path, event, other))
        hold("the description has the link", event[0] in event[6], path)
        hold("news names no attendees, and a request does", (method == "REQUEST") == bool(event[7]), path)
    return method, events


def compare(events, wanted):
    for url, start, end, uid, *_ in events:
        hold("each link is one of the output's", url in wanted, url)
        said = (start, end, uid)
        want = (wanted[url][0], wanted[url][1], wanted[url][2] or uid)
        hold("start, end and UID are those of the output", said == want, (url, said, want))
    uids = {event[3] for event in events}
    hold("each meeting is there once", len(uids) == len(events) == len(wanted), (len(uids), len(events), len(wanted)))


def main():
    folder, output = map(pathlib.Path, sys.argv[1:3])
    wanted = meetings(output)
    files = [read(path) for path in sorted(folder.glob("*.ics"))]
    hold("a file has one event", all(len(events) == 1 for _, events in files))
    compare([event for _, events in files for event in events], wanted)
    print(f"ok: {len(files)} calendars of {output} say the same start, end and UID to icalendar and to vobject")
    if len(sys.argv) > 3:
        method, events = read(pathlib.Path(sys.argv[3]))
        hold("the feed is news", method == "PUBLISH", method)
        compare(events, wanted)
        print(f"ok: the feed has the same {len(events)} events")


main()
