import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { defineEnum } from "../graphql/enum.ts";
import { CONFERENCE_PLATFORMS, NOTE_TAKER_REASONS, noteTakerOf } from "./note-taker.ts";
import type { NoteTaker } from "./note-taker.ts";
import type { Interview } from "../interview/load.ts";

export const ConferencePlatform = defineEnum("ConferencePlatform", CONFERENCE_PLATFORMS, {
  description: "The platform of a meeting.",
  values: {
    ZOOM: "Zoom, on zoom.us or a vanity host of it.",
    GOOGLE_MEET: "Google Meet, on meet.google.com.",
    MICROSOFT_TEAMS: "Microsoft Teams, with a work or a personal account.",
    OTHER: "Any other platform.",
  },
});

const AiNoteTakerReason = defineEnum("AiNoteTakerReason", NOTE_TAKER_REASONS, {
  description: "Why the AI note-taker cannot join.",
  values: {
    NO_MEETING_URL: "The interview has no link, or none yet.",
    PLATFORM_NOT_SUPPORTED: "The link leads to another platform than Zoom, Google Meet or Microsoft Teams.",
    NOT_A_MEETING_LINK: "The link leads to the platform, but not into a meeting.",
  },
});

const AiNoteTaker = builder.objectRef<NoteTaker>("AiNoteTaker").implement({
  description:
    "The AI note-taker of an interview. Judged from the conference URL, else from the external URL, which is never fetched.",
  fields: (t) => ({
    enabled: t.exposeBoolean("enabled", { description: "Whether it is asked to join." }),
    canJoin: t.exposeBoolean("canJoin", { description: "Whether the link leads into a meeting that it can join." }),
    platform: t.expose("platform", {
      type: ConferencePlatform,
      nullable: true,
      description: "The platform that the link leads to; null without a link.",
    }),
    reason: t.expose("reason", {
      type: AiNoteTakerReason,
      nullable: true,
      description: "Why it cannot join; null when it can.",
    }),
  }),
});

const { reading } = fieldsOf<Interview>();

builder.objectField("Interview", "aiNoteTaker", (t) =>
  t.field({
    type: AiNoteTaker,
    description: "Whether the AI note-taker is asked to join, and whether it could.",
    ...reading(["aiNoteTakerEnabled", "conferenceUrl", "externalUrl"], (interview) => noteTakerOf(interview)),
  }),
);
