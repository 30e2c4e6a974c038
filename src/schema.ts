import { printSchema } from "graphql";
import { builder } from "./graphql/builder.ts";
import "./graphql/scalars.ts";
import "./account/graphql.ts";
import "./people/graphql.ts";
import "./hiring/plan-graphql.ts";
import "./hiring/graphql.ts";
import "./hiring/list-graphql.ts";
import "./template/graphql.ts";
import "./interview/graphql.ts";
import "./interview/list-graphql.ts";
import "./interview/note-taker-graphql.ts";
import "./interview/timezone-shift-graphql.ts";
import "./interview/discovery-graphql.ts";
import "./interview/ability-graphql.ts";
import "./interview/history-graphql.ts";
import "./provisioning/graphql.ts";
import "./scheduling/create-graphql.ts";
import "./scheduling/update-graphql.ts";
import "./scheduling/cancel-graphql.ts";
import "./scheduling/no-show-graphql.ts";
import "./scheduling/rsvp-graphql.ts";
import "./interview/event-graphql.ts";

export const schema = builder.toSchema();

/** The text of `schema.graphql`. */
export const printedSchema = (): string => `${printSchema(schema)}\n`;
