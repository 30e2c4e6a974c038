import { builder } from "../graphql/builder.ts";
import { searchArgument } from "../graphql/search.ts";
import { UserConnection } from "../people/graphql.ts";
import { listConferenceHosts } from "./host.ts";
import { ConferencePlatform } from "./note-taker-graphql.ts";
import { listOrganizers } from "./organizer.ts";

const QUERY = searchArgument("name or e-mail address");

builder.queryField("conferenceHosts", (t) =>
  t.connection(
    {
      type: "User",
      description: "The active users with an active seat, who may host a meeting on the platform; by name.",
      args: {
        platform: t.arg({
          type: ConferencePlatform,
          required: true,
          defaultValue: "ZOOM",
          description: "Only ZOOM has seats: meetings on other platforms need no host, so the list is empty for them.",
        }),
        query: t.arg.string(QUERY),
      },
      resolve: (_root, { platform, query, ...page }, ctx) => listConferenceHosts(ctx, page, { platform, query }),
    },
    UserConnection,
  ),
);

builder.objectField("Job", "validOrganizers", (t) =>
  t.connection(
    {
      type: "User",
      description:
        "The active users with a connected calendar who may organise any interview of the job, by name: admins, and the " +
        "RECRUITER, HIRING_MANAGER and COORDINATOR members of its hiring team. An EXTERNAL_RECRUITER is not among them, and " +
        "is accepted for candidates that they added.",
      args: { query: t.arg.string(QUERY) },
      extensions: { reads: ["id"] },
      resolve: (job, { query, ...page }, ctx) => listOrganizers(ctx, job.id, { page, query }),
    },
    UserConnection,
  ),
);
