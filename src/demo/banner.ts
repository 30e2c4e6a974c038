import { encodeId } from "../core/id.ts";
import { DEMO_TOKEN } from "./load.ts";
import { idsOf } from "../import/ids.ts";

const { id } = idsOf("fernhollow-robotics");

/**
 * Creates an interview in the demo account. Its ids are the same on every machine, and its start has a default, so that it
 * runs as it is; GraphiQL's page sends one that is probably free.
 */
export const DEMO_MUTATION = `mutation Create(
  $startTime: DateTimeInput! = "2030-01-07T10:00"
) {
  createInterview(input: {
    applicationId: "${encodeId("Application", id("application", "application-sofia-echenique-designer"))}"
    organizerId: "${encodeId("User", id("user", "user-jose-nanez"))}"
    startTime: $startTime
    timezone: "Europe/Madrid"
    mode: { plan: { stageActivityId: "${encodeId("StageActivity", id("stage activity", "designer-portfolio-panel"))}" } }
  }) {
    ... on CreateInterviewSuccess {
      interview { id name startTime interviewers { user { name } } }
    }
    ... on InterviewerConflict {
      conflicts { interviewer { name } startTime endTime }
    }
    ... on ValidationFailed { findings { code path message } }
    ... on Problem { message }
  }
}`;

/** Follows its provisioning. */
export const DEMO_SUBSCRIPTION = `subscription Watch {
  interviewProvisioned {
    sequence
    cursor
    interview { name conferenceUrl }
    failure { code message }
  }
}`;

export interface BannerOptions {
  url: string;
  /** Whether this process runs tasks. */
  worker: boolean;
  graphiql: boolean;
}

/** What a newcomer sees once the gateway with the demo account is up. */
export function banner({ url, worker, graphiql }: BannerOptions): string {
  return `
Interview Gateway is up, with a demo account.

  ${graphiql ? "GraphiQL" : "API     "}   ${url}/graphql
  Token      ${DEMO_TOKEN}   (Authorization: Bearer ${DEMO_TOKEN})

${worker ? firstSteps(graphiql) : NO_WORKER}
`;
}

const firstSteps = (graphiql: boolean): string => `\
${graphiql ? IN_GRAPHIQL : "Run the first of these two, and the second while it runs:"}

${DEMO_SUBSCRIPTION}

${DEMO_MUTATION}`;

const IN_GRAPHIQL = `Open GraphiQL and press the upper ▶ (Watch), then the lower ▶ (Create). Two seconds later the upper half shows the
address of the interview's conference. Other clients send the same two operations:`;

const NO_WORKER = `No worker runs, since ROLE is gateway: interviews that you create stay PENDING, and interviewProvisioned has no
events. Without ROLE, npm start runs both.`;
