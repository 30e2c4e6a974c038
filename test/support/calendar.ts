import { sync } from "node-ical";

/** An event as a reader sees it that did not compose it. */
export interface ReadEvent {
  uid: string;
  summary: string;
  description?: string;
  location?: string;
  start: Date;
  end: Date;
}

/** The one event of an iCalendar text. */
export function onlyEvent(text: string): ReadEvent {
  const [event, ...others] = Object.values(sync.parseICS(text)).filter((part) => part?.type === "VEVENT");
  if (!event || others.length > 0) throw new Error(`Not one event in ${text}`);
  return event as unknown as ReadEvent;
}
