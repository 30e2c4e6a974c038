"""Reads mails whose names are lines of standard input, with Python's e-mail reader and two readers of iCalendar."""

import email
import email.policy
import json
import sys

import icalendar
import vobject

strict = email.policy.SMTP.clone(raise_on_defect=True)
for line in sys.stdin:
    with open(line.strip(), "rb") as file:
        message = email.message_from_binary_file(file, policy=strict)
    calendars = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert len(calendars) == 1, "one calendar part"
    text = calendars[0].get_payload(decode=True).decode("utf-8")
    read = icalendar.Calendar.from_ical(text)
    assert calendars[0].get_param("method") == read["method"]
    [event] = read.walk("VEVENT")
    assert not event.errors and not read.errors, (event.errors, read.errors)
    other = vobject.readOne(text, validate=True)
    [to] = message["to"].addresses
    [sender] = message["from"].addresses
    print(json.dumps({
        "subject": message["subject"],
        "to": [to.display_name, to.addr_spec],
        "from": [sender.display_name, sender.addr_spec],
        "body": message.get_body(("plain",)).get_content(),
        "method": [str(read["method"]), other.method.value],
        "summary": [str(event["summary"]), other.vevent.summary.value],
        "description": [str(event.get("description", "")), other.vevent.description.value],
        "attendee": [str(event["attendee"]), other.vevent.attendee.value],
        "cn": event["attendee"].params["CN"],
        "status": str(event.get("status", "")),
        "sequence": event["sequence"],
        "start": event.decoded("dtstart").isoformat(),
    }))
