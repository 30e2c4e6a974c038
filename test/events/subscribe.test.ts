import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { Subscription } from "../support/client.ts";
import { inAccount } from "../support/directory.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { nextEvent } from "../support/stream.ts";

const PROVISIONED = /* GraphQL */ `
  subscription Provisioned($after: EventCursor) {
    interviewProvisioned(after: $after) {
      id
      cursor
      sequence
      interview {
        id
        organizer {
          name
        }
      }
    }
  }
`;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

type Open = (client: Client, variables?: Record<string, unknown>) => Promise<Subscription>;
const transports: [name: string, open: Open][] = [
  ["WebSocket", (client, variables) => client.subscribe(PROVISIONED, variables)],
  ["server-sent events", (client, variables) => client.subscribeSse(PROVISIONED, variables)],
];

describe.each(transports)("over %s", (_name, open) => {
  test("an interview that one client creates reaches another, provisioned", async () => {
    const stream = await open(app.client);
    const id = await createInterview(app.client, adHoc());
    expect((await nextEvent(stream)).interview.id).toBe(id);
    await stream.close();
  });

  test("after a cursor comes exactly what followed it, and then what is new", async () => {
    const live = await open(app.client);
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await createInterview(app.client, adHoc()));
    const first = await nextEvent(live);
    const rest = [await nextEvent(live), await nextEvent(live)];
    const seen = [first, ...rest];
    await live.close();
    expect(new Set(seen.map(({ interview }) => interview.id))).toEqual(new Set(ids));
    expect(seen.map(({ sequence }) => sequence)).toEqual(
      seen.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );

    const resumed = await open(app.client, { after: first["cursor"] });
    expect([await nextEvent(resumed), await nextEvent(resumed)]).toEqual(rest);
    const next = await createInterview(app.client, adHoc());
    expect((await nextEvent(resumed)).interview.id).toBe(next);
    await resumed.close();
  });

  test("another account hears of its own interviews only, and cannot use the cursor", async () => {
    const [own, foreign] = [await open(app.client), await open(app.other)];
    await createInterview(app.client, adHoc());
    const { cursor } = await nextEvent(own);
    const theirs = await createInterview(app.other, inAccount("other", adHoc()));
    expect((await nextEvent(foreign)).interview.id).toBe(theirs);

    const { errors } = await (await open(app.other, { after: cursor })).next();
    expect(errors).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
    await own.close();
    await foreign.close();
  });

  test.each(["", "nonsense", "A".repeat(75)])("the cursor %j is refused by name", async (after) => {
    const { errors } = await (await open(app.client, { after })).next();
    expect(errors).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
  });

  test("fields are resolved anew for each event", async () => {
    const stream = await open(app.client);
    await createInterview(app.client, adHoc());
    expect((await nextEvent(stream)).interview.organizer.name).toBe("User recruiter");
    await app.app.connections.raw`update users set name = 'Renamed' where name = 'User recruiter'`;
    await createInterview(app.client, adHoc());
    expect((await nextEvent(stream)).interview.organizer.name).toBe("Renamed");
    await app.app.connections.raw`update users set name = 'User recruiter' where name = 'Renamed'`;
    await stream.close();
  });

  test("a syntax error, an unknown field and a missing scope are answers, not closed connections", async () => {
    const subscribe = (client: Client, query: string) =>
      open === transports[0]?.[1] ? client.subscribe(query) : client.subscribeSse(query);
    for (const [query, message] of [
      ["subscription {", "Syntax Error"],
      ["subscription { nothing }", "Cannot query field"],
    ]) {
      const { errors } = await (await subscribe(app.client, query ?? "")).next();
      expect(errors?.[0]?.message).toContain(message);
    }
    const { errors } = await (await open(await app.createToken("sample", ["directory:read"]))).next();
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:read" } }]);
  });
});

test("queries and mutations work on a socket too", async () => {
  const result = await (await app.client.subscribe("{ viewer { account { name } } }")).next();
  expect(result).toMatchObject({ data: { viewer: { account: { name: "Account sample" } } } });
});

test("a socket with a wrong token is closed with 4403", async () => {
  const refused = new Client(app.url, "wrong").openSocket();
  await expect(refused).rejects.toMatchObject({ code: 4403, reason: "UNAUTHENTICATED" });
});

test("over server-sent events a wrong token is refused before the stream", async () => {
  const response = await new Client(app.url, "wrong").post(JSON.stringify({ query: PROVISIONED }), {
    accept: "text/event-stream",
  });
  expect(await response.text()).toContain("UNAUTHENTICATED");
});
