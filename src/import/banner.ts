import { encodeId } from "../core/id.ts";
import { DEMO_TOKEN } from "./demo.ts";
import { idsOf } from "./ids.ts";

const { id } = idsOf("fernhollow-robotics");

/** Creates an interview in the demo account. Its ids are the same on every machine. */
export const DEMO_MUTATION = `mutation Create {
  createInterview(input: {
    applicationId: "${encodeId("Application", id("application", "application-sofia-echenique-designer"))}"
    organizerId: "${encodeId("User", id("user", "user-jose-nanez"))}"
    startTime: "2030-01-07T10:00"
    timezone: "Europe/Madrid"
    mode: { plan: { stageActivityId: "${encodeId("StageActivity", id("stage activity", "designer-portfolio-panel"))}" } }
  }) {
    ... on CreateInterviewSuccess { interview { id name startTime interviewers { user { name } } } }
    ... on ValidationFailed { findings { code path message } }
    ... on Problem { message }
  }
}`;

/** Follows what becomes of it. */
const DEMO_SUBSCRIPTION = `subscription Watch {
  interviewProvisioned { sequence cursor interview { name conferenceUrl } failure { code message } }
}`;

/** Both as one document, for an editor that runs one operation of it. */
export const DEMO_QUERY = `${DEMO_SUBSCRIPTION}\n\n${DEMO_MUTATION}\n`;

/** What a newcomer sees once the gateway with the demo account is up. */
export function banner(url: string): string {
  return `
Interview Gateway is up, with a demo account.

  GraphiQL   ${url}/graphql
  Token      ${DEMO_TOKEN}   (Authorization: Bearer ${DEMO_TOKEN})

Paste this into one tab and run it:

${DEMO_SUBSCRIPTION}

and this into another:

${DEMO_MUTATION}

`;
}
