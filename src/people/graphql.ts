import { Viewer } from "../account/graphql.ts";
import { role, zoomSeatStatus } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { columnsOf, fieldsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import { defineEnum } from "../graphql/enum.ts";
import { lookup } from "../graphql/lookup.ts";
import { nodeOf } from "../graphql/node.ts";
import { EXTERNAL_ID } from "../graphql/reference.ts";
import { searchArgument } from "../graphql/search.ts";
import { listUsers } from "./list.ts";
import { userByEmail, userEmailKey, userInAccount, USERS } from "./load.ts";
import type { User } from "./load.ts";
import { TimeOffType, WorkingHours, WorkingHoursOverride } from "./working-time-graphql.ts";

const Role = defineEnum("Role", role.enumValues, {
  description: "What a user may do in the account as a whole.",
  values: {
    SUPER_ADMIN: "Everything, the account's own settings included.",
    ADMIN: "Everything on every job.",
    RECRUITER: "Runs hiring on jobs whose team they belong to.",
    HIRING_MANAGER: "Decides on jobs whose team they belong to.",
    ORGANIZATION_MEMBER: "Interviews candidates when asked to.",
    EXTERNAL_COLLABORATOR: "A person from outside, such as an agency's recruiter, who cannot list reference data.",
  },
});

const ZoomSeatStatus = defineEnum("ZoomSeatStatus", zoomSeatStatus.enumValues, {
  description: "State of a seat in the account's Zoom workspace.",
  values: { ACTIVE: "May host meetings.", INACTIVE: "Exists, and may not host meetings." },
});

const { reading } = fieldsOf<User>();

builder.node("User", {
  description: "A person of the account, who may organise interviews, hold them and host their meetings.",
  id: { resolve: (user) => user.id },
  loadWithoutCache: nodeOf(USERS),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Full name." }),
    email: t.exposeString("email", {
      description: "Address that invitations are sent to. No other user has it, in any letter case.",
    }),
    role: t.expose("role", { type: Role, description: "What the user may do in the account." }),
    timezone: t.expose("timezone", { type: "TimeZone", description: "The user's own time zone." }),
    workingHours: t.expose("workingHours", {
      type: [WorkingHours],
      description: "When the user works, week for week; empty when unknown.",
    }),
    workingHoursOverrides: t.expose("workingHoursOverrides", {
      type: [WorkingHoursOverride],
      description: "Dates on which the user works at other hours, or not at all.",
    }),
    timeOff: t.expose("timeOff", { type: [TimeOffType], description: "When the user is away." }),
    maxInterviewsPerDay: t.exposeInt("maxInterviewsPerDay", {
      nullable: true,
      description: "How many interviews of the user may begin on one day of their time zone; null for any number.",
    }),
    maxInterviewsPerWeek: t.exposeInt("maxInterviewsPerWeek", {
      nullable: true,
      description: "The same for one week, which begins on Monday.",
    }),
    bufferMinutes: t.exposeInt("bufferMinutes", {
      description: "How many minutes a search keeps free before and after whatever the user is busy with.",
    }),
    active: t.exposeBoolean("active", { description: "Whether the user can organise and hold interviews." }),
    calendarConnected: t.boolean({
      description: "Whether a calendar is connected, which organising an interview needs.",
      ...reading(["calendarAddress"], ({ calendarAddress }) => calendarAddress !== null),
    }),
    zoomSeat: t.expose("zoomSeat", {
      type: ZoomSeatStatus,
      nullable: true,
      description: "The user's seat in the Zoom workspace; null without one.",
    }),
  }),
});

builder.queryField("user", (t) =>
  t.field({
    type: "User",
    ...lookup({ type: "User", called: "user" }, USERS, { byEmail: userByEmail, keyOf: userEmailKey }),
  }),
);

builder.objectField(Viewer, "user", (t) =>
  t.field({
    type: "User",
    nullable: true,
    description: "The person; null for an API token, which acts for the account.",
    resolve: (caller, _args, ctx) => ctx.load(userInAccount, caller.userId),
  }),
);

export const UserConnection = defineConnection("User");

builder.queryField("users", (t) =>
  t.connection(
    {
      type: "User",
      description:
        "The users of the account, by name in Unicode's root order: letters decide, then accents, then letter case.",
      args: {
        query: t.arg.string(searchArgument("name or e-mail address")),
        role: t.arg({ type: Role, description: "Only users with this role; all when left out." }),
        active: t.arg.boolean({ description: "Whether they can organise and hold interviews; all when left out." }),
        calendarConnected: t.arg.boolean({ description: "Whether a calendar is connected; all when left out." }),
      },
      resolve: (_root, { query, role, active, calendarConnected, ...page }, ctx, info) =>
        listUsers(ctx, { ...page, columns: columnsOf(info, "User") }, { query, role, active, calendarConnected }),
    },
    UserConnection,
  ),
);
