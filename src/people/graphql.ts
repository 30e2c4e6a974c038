import { Viewer } from "../account/graphql.ts";
import { role, zoomSeatStatus } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import { defineEnum } from "../graphql/enum.ts";
import { directoryNode } from "../graphql/node.ts";
import { searchArgument } from "../graphql/search.ts";
import { listUsers } from "./list.ts";
import { userInAccount } from "./load.ts";
import type { User } from "./load.ts";

const Role = defineEnum("Role", role.enumValues, {
  description: "What a user may do in the account as a whole.",
  values: {
    SUPER_ADMIN: "Everything, the account's own settings included.",
    ADMIN: "Everything on every job.",
    RECRUITER: "Runs hiring on the jobs of whose teams they are.",
    HIRING_MANAGER: "Decides on the jobs of whose teams they are.",
    ORGANIZATION_MEMBER: "Interviews when asked to.",
    EXTERNAL_COLLABORATOR: "Somebody from outside, such as an agency.",
  },
});

const ZoomSeatStatus = defineEnum("ZoomSeatStatus", zoomSeatStatus.enumValues, {
  description: "State of a seat in the account's Zoom workspace.",
  values: { ACTIVE: "May host meetings.", INACTIVE: "Exists, and may not host." },
});

const WorkingHours = builder.objectRef<{ weekday: number; start: string; end: string }>("WorkingHours").implement({
  description: "One span of working time in the user's own time zone.",
  fields: (t) => ({
    weekday: t.exposeInt("weekday", { description: "ISO weekday: 1 is Monday, 7 is Sunday." }),
    start: t.exposeString("start", { description: "Wall-clock time, `HH:MM`." }),
    end: t.exposeString("end", { description: "Wall-clock time, `HH:MM`; not before `start`." }),
  }),
});

const { reading } = fieldsOf<User>();

builder.node("User", {
  description: "A person of the account, who may organise interviews, hold them and host their meetings.",
  id: { resolve: (user) => user.id },
  loadWithoutCache: directoryNode(userInAccount),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Full name." }),
    email: t.exposeString("email", { description: "Address that invitations go to." }),
    role: t.expose("role", { type: Role, description: "What the user may do in the account." }),
    timezone: t.expose("timezone", { type: "TimeZone", description: "The user's own time zone." }),
    workingHours: t.expose("workingHours", {
      type: [WorkingHours],
      description: "When the user works; empty when unknown.",
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

builder.objectField(Viewer, "user", (t) =>
  t.field({
    type: "User",
    nullable: true,
    description: "The person; null for an API token, which stands for the account.",
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
      resolve: (_root, { query, role, active, calendarConnected, ...page }, ctx) =>
        listUsers(ctx, page, { query, role, active, calendarConnected }),
    },
    UserConnection,
  ),
);
