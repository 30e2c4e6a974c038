import { GraphQLSchema, printSchema } from "graphql";
import { builder } from "./graphql/builder.ts";
import "./graphql/scalars.ts";
import "./account/graphql.ts";
import "./people/graphql.ts";
import "./hiring/plan-graphql.ts";
import "./hiring/graphql.ts";
import "./hiring/list-graphql.ts";
import "./template/graphql.ts";
import "./interview/graphql.ts";
import "./discovery/list-graphql.ts";
import "./discovery/note-taker-graphql.ts";
import "./interview/timezone-shift-graphql.ts";
import "./discovery/graphql.ts";
import "./discovery/ability-graphql.ts";
import "./interview/history-graphql.ts";
import "./provisioning/graphql.ts";
import "./scheduling/create/create-graphql.ts";
import "./scheduling/update/update-graphql.ts";
import "./scheduling/cancel/cancel-graphql.ts";
import "./scheduling/no-show/no-show-graphql.ts";
import "./scheduling/rsvp/rsvp-graphql.ts";
import "./scheduling/retry-provisioning/retry-provisioning-graphql.ts";
import "./scheduling/loop/schedule-graphql.ts";
import "./scheduling/loop/move-graphql.ts";
import "./scheduling/loop/cancel-graphql.ts";
import "./availability/graphql.ts";
import "./availability/loop/graphql.ts";
import "./stream/graphql.ts";

const DESCRIPTION = `
Interviews of an applicant tracking system: create them, read them with all that they refer to, and follow their changes.

**Authenticate** with \`Authorization: Bearer <token>\`: an API token of an account, or a person's JWT. A socket sends the same header in its
handshake, or \`{"authorization": "Bearer <token>"}\` as the payload of \`connection_init\`. \`viewer\` says who the caller is and what it may do.

**Create** with \`createInterview\`. Exactly one mode: from a stage of the job's interview plan, ad hoc, or external. What is refused is a member of
the result's union with every finding at once; \`validateOnly\` asks without writing. With an \`idempotencyKey\` a request can be repeated safely.
Conference, calendar event and invitations follow within seconds: \`interview { provisioning { state } }\`.

**Follow** with \`interviewProvisioned\` or \`interviewEvents\`, over WebSocket (graphql-transport-ws) or server-sent events. Read
\`interviews { asOfCursor nodes { id } }\` first and subscribe \`after\` that cursor: the stream delivers exactly what the list lacks.

**Resume** after a disconnect by subscribing \`after\` the cursor received last: what was missed comes first, in order and without a gap. Cursors
expire: on \`CURSOR_EXPIRED\`, read the list again.

Lists are Relay connections. Ids are opaque. Errors of a request have a code in \`extensions.code\`, and \`extensions.cost\` says what it cost.
`.trim();

/** Pothos has no place for the description of the schema itself. */
export const schema = new GraphQLSchema({ ...builder.toSchema().toConfig(), description: DESCRIPTION });

/** The text of `schema.graphql`. */
export const printedSchema = (): string => `${printSchema(schema)}\n`;
