import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { meetingStatus } from "./lifecycle.ts";
import type { Interview } from "./load.ts";
import { timezoneShift } from "./timezone-shift.ts";
import type { TimezoneShift } from "./timezone-shift.ts";

const TimezoneShiftType = builder.objectRef<TimezoneShift>("TimezoneShift").implement({
  description:
    "A disagreement between the start of an interview and the local time that was agreed, since the rules of the time zone have changed.",
  fields: (t) => ({
    localStartTime: t.expose("localStartTime", {
      type: "LocalDateTime",
      description: "What the wall clock of `timezone` will show at `startTime`.",
    }),
    startTime: t.expose("startTime", {
      type: "DateTime",
      nullable: true,
      description:
        "When the wall clock will show the agreed `localStartTime`; null when a change of clocks skips or repeats that time.",
    }),
    tzVersion: t.exposeString("tzVersion", {
      description: "Release of the tz database that says so, the one in use: `2026e`.",
    }),
  }),
});

const { reading } = fieldsOf<Interview>();

builder.objectFields("Interview", (t) => ({
  tzVersion: t.exposeString("tzVersion", {
    description: "Release of the tz database that `localStartTime` and `startTime` were computed with: `2026c`.",
  }),
  timezoneShift: t.field({
    type: TimezoneShiftType,
    nullable: true,
    description:
      "Set on an interview that has not started when a newer release of the tz database reads its local time as another instant. " +
      "`startTime` and `localStartTime` stay what was agreed: nothing moves by itself. Null on all others.",
    ...reading(["outcome", "startsAt", "endsAt", "localStart", "timezone"], (interview, ctx) =>
      meetingStatus(interview, ctx.now()) === "NOT_STARTED" ? timezoneShift(interview) : null,
    ),
  }),
}));
