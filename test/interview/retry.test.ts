import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ProviderError } from "../../src/calendar/error.ts";
import type { Conference, Effect } from "../../src/calendar/provider.ts";
import { encodeId, decodeId } from "../../src/core/id.ts";
import { provisioningHandler } from "../../src/provisioning/reconcile.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { tracesIn } from "../support/trace.ts";

const PROVISIONING = /* GraphQL */ `
  query ($id: ID!) {
    interview(id: $id) {
      conferenceUrl
      provisioning {
        state
        attempts
        nextAttemptAt
        provisionedAt
        lastError {
          code
          message
          retryable
        }
      }
    }
  }
`;
const RETRY = /* GraphQL */ `
  mutation ($id: ID!) {
    retryProvisioning(input: { interviewId: $id }) {
      __typename
      ... on RetryProvisioningSuccess {
        interview {
          provisioning {
            state
            attempts
          }
        }
      }
      ... on Problem {
        message
      }
      ... on ValidationFailed {
        findings {
          code
          path
          message
        }
      }
    }
  }
`;

let app: TestApp;
/** What the conference provider does when it is asked. */
let answer: (request: Conference, effect: Effect) => Promise<{ url: string }>;
const asked: string[] = [];
beforeAll(async () => {
  const conference = {
    putConference: (request: Conference, effect: Effect) => {
      asked.push(effect.effectKey);
      return answer(request, effect);
    },
    removeConference: async (_conference: Conference, effect: Effect) => {
      asked.push(`remove ${effect.effectKey}`);
      return {};
    },
  };
  app = await startTestApp({ worker: false, providers: { conference } });
});
afterAll(() => app.stop());
beforeEach(() => {
  asked.length = 0;
  answer = async () => ({ url: "https://meet.google.com/abc-defg-hij" });
});

const create = () => createInterview(app.client, adHoc({ location: "GOOGLE_MEET" }));
const run = (id: string) => provisionOnce(app, id);
const read = async (id: string) => (await app.client.data(PROVISIONING, { id }))["interview"];
const events = async (id: string) => {
  const rows = await app.app.connections
    .raw`select type from events where subject_id = ${decodeId(id).id} order by sequence`;
  return rows.map(({ type }) => type);
};
const waiting = async (id: string) => {
  const rows = await app.app.connections.raw`
    select start_after from pgboss.job where data -> 'payload' ->> 'interviewId' = ${decodeId(id).id} order by created_on`;
  return rows.map(({ start_after }) => start_after as Date);
};
const refuse = (code: string, options: { retryable: boolean; retryAfterMs?: number }) => async () => {
  throw new ProviderError(code, `The provider said ${code}.`, options);
};

test("a temporary refusal is booked and tried again later", async () => {
  const id = await create();
  answer = refuse("UNAVAILABLE", { retryable: true });
  await run(id);
  const { provisioning } = await read(id);
  expect(provisioning).toMatchObject({
    state: "PENDING",
    attempts: 1,
    provisionedAt: null,
    lastError: { code: "UNAVAILABLE", message: "The provider said UNAVAILABLE.", retryable: true },
  });
  const delay = Date.parse(provisioning.nextAttemptAt) - NOW.getTime();
  expect(delay).toBeGreaterThanOrEqual(2_000);
  expect(delay).toBeLessThanOrEqual(4_000);
  expect((await waiting(id))[1]?.toISOString()).toBe(provisioning.nextAttemptAt);

  answer = async () => ({ url: "https://meet.google.com/abc-defg-hij" });
  await run(id);
  expect(await read(id)).toMatchObject({
    conferenceUrl: "https://meet.google.com/abc-defg-hij",
    provisioning: { state: "PROVISIONED", attempts: 1, nextAttemptAt: null },
  });
  expect(new Set(asked).size).toBe(1);
  expect(await events(id)).toEqual(["INTERVIEW_CREATED", "INTERVIEW_PROVISIONED"]);
});

test("a provider's wish to be left alone is honoured, up to an hour", async () => {
  for (const [retryAfterMs, expected] of [
    [90_000, 90_000],
    [3_600_000, 3_600_000],
    [3_600_001, 3_600_000],
    [7_200_000, 3_600_000],
  ] as const) {
    const id = await create();
    answer = refuse("RATE_LIMITED", { retryable: true, retryAfterMs });
    await run(id);
    expect(Date.parse((await read(id)).provisioning.nextAttemptAt) - NOW.getTime()).toBe(expected);
  }
});

describe("the delay before the next attempt", () => {
  afterEach(() => void vi.restoreAllMocks());
  /** Delays in seconds of a provider that refuses again and again, with chance at its least, in the middle and at its most. */
  test.each([
    [0, [2, 4, 8, 16, 32, 64, 128]],
    [0.5, [3, 6, 12, 24, 48, 96, 192]],
    [1, [4, 8, 16, 32, 64, 128, 256]],
  ])("doubles each time, when chance is %d", async (chance, seconds) => {
    vi.spyOn(Math, "random").mockReturnValue(chance);
    const id = await create();
    answer = refuse("UNAVAILABLE", { retryable: true });
    const delays: number[] = [];
    for (let attempt = 1; attempt < 8; attempt += 1) {
      await run(id);
      delays.push((Date.parse((await read(id)).provisioning.nextAttemptAt) - NOW.getTime()) / 1_000);
    }
    expect(delays).toEqual(seconds);
  });

  test("is no shorter because the provider would be asked again sooner", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const id = await create();
    answer = refuse("RATE_LIMITED", { retryable: true, retryAfterMs: 1_999 });
    await run(id);
    expect(Date.parse((await read(id)).provisioning.nextAttemptAt) - NOW.getTime()).toBe(2_000);
  });
});

test("after eight refusals it is given up", async () => {
  const id = await create();
  answer = refuse("UNAVAILABLE", { retryable: true });
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await run(id);
    expect((await read(id)).provisioning).toMatchObject({ state: "PENDING", attempts: attempt });
  }
  await run(id);
  expect((await read(id)).provisioning).toMatchObject({
    state: "FAILED",
    attempts: 8,
    nextAttemptAt: null,
    lastError: { code: "UNAVAILABLE" },
  });
  expect(await events(id)).toEqual(["INTERVIEW_CREATED", "INTERVIEW_PROVISIONING_FAILED"]);
  await run(id);
  expect(asked).toHaveLength(8);
});

describe("a final refusal", () => {
  test("gives up at once, and the event says why", async () => {
    const stream = await app.client.subscribe(
      "subscription { interviewProvisioned { failure { code message } interview { provisioning { state lastError { code } } } } }",
    );
    const id = await create();
    answer = refuse("REJECTED", { retryable: false });
    await run(id);
    const { data } = await stream.next();
    expect(data?.["interviewProvisioned"]).toEqual({
      failure: { code: "REJECTED", message: "The provider said REJECTED." },
      interview: { provisioning: { state: "FAILED", lastError: { code: "REJECTED" } } },
    });
    await stream.close();
    const [event] = await app.app.connections.raw`
      select detail, subject_version from events
      where subject_id = ${decodeId(id).id} and type = 'INTERVIEW_PROVISIONING_FAILED'`;
    expect(event).toEqual({
      detail: { code: "REJECTED", message: "The provider said REJECTED." },
      subject_version: 2,
    });
  });

  test("can be retried, and asking twice asks once", async () => {
    const id = await create();
    answer = refuse("REJECTED", { retryable: false });
    await run(id);
    for (let count = 0; count < 2; count += 1) {
      const { retryProvisioning } = await app.client.data(RETRY, { id });
      expect(retryProvisioning).toEqual({
        __typename: "RetryProvisioningSuccess",
        interview: { provisioning: { state: "PENDING", attempts: 0 } },
      });
    }
    expect(await waiting(id)).toHaveLength(2);
    answer = async () => ({ url: "https://meet.google.com/abc-defg-hij" });
    await run(id);
    expect(await events(id)).toEqual([
      "INTERVIEW_CREATED",
      "INTERVIEW_PROVISIONING_FAILED",
      "INTERVIEW_UPDATED",
      "INTERVIEW_PROVISIONED",
    ]);
    const [updated] = await app.app.connections
      .raw`select changes from events where subject_id = ${decodeId(id).id} and type = 'INTERVIEW_UPDATED'`;
    expect(updated?.["changes"]).toEqual([{ field: "PROVISIONING", before: "FAILED", after: "PENDING" }]);

    const { retryProvisioning } = await app.client.data(RETRY, { id });
    expect(retryProvisioning).toMatchObject({
      __typename: "ValidationFailed",
      findings: [{ code: "ERR_PROVISIONING_NOT_FAILED", path: ["input", "interviewId"] }],
    });
  });

  test.each([
    ["PROVISIONED", null],
    ["PROVISIONED", "CANCELLED"],
    ["NOT_APPLICABLE", null],
  ])("cannot be retried when it is %s and its outcome %s", async (state, outcome) => {
    const id = state === "NOT_APPLICABLE" ? await createInterview(app.client, external()) : await create();
    await app.app.connections.raw`
      update interviews set provisioning_state = ${state}, outcome = ${outcome} where id = ${decodeId(id).id}`;
    const before = await tracesIn(app);
    const { retryProvisioning } = await app.client.data(RETRY, { id });
    expect(retryProvisioning).toMatchObject({
      __typename: "ValidationFailed",
      findings: [{ code: "ERR_PROVISIONING_NOT_FAILED", path: ["input", "interviewId"] }],
    });
    expect(retryProvisioning.findings[0].message).toContain(`It is ${state}.`);
    expect(await tracesIn(app)).toEqual(before);
    expect((await read(id)).provisioning.state).toBe(state);
  });

  test.each(["CANDIDATE_NO_SHOW", "CANCELLED"])("of an interview that is %s can be retried", async (outcome) => {
    const id = await create();
    await app.app.connections.raw`
      update interviews set provisioning_state = 'FAILED', outcome = ${outcome} where id = ${decodeId(id).id}`;
    const { retryProvisioning } = await app.client.data(RETRY, { id });
    expect(retryProvisioning).toMatchObject({ __typename: "RetryProvisioningSuccess" });
  });

  test("a hundred parallel retries queue one task", async () => {
    const id = await create();
    answer = refuse("REJECTED", { retryable: false });
    await run(id);
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.client.data(RETRY, { id })));
    expect(new Set(answers.map(({ retryProvisioning }) => retryProvisioning.__typename))).toEqual(
      new Set(["RetryProvisioningSuccess"]),
    );
    expect(await waiting(id)).toHaveLength(2);
  });

  test("another account's interview and an unknown one are not found", async () => {
    const id = await create();
    for (const [client, target] of [
      [app.other, id],
      [app.client, encodeId("Interview", "00000000-0000-4000-8000-000000000000")],
    ] as const) {
      const { retryProvisioning } = await client.data(RETRY, { id: target });
      expect(retryProvisioning).toEqual({
        __typename: "InterviewNotFound",
        message: `There is no interview with this id. Sent: "${target}".`,
      });
    }
    const { errors } = await (await app.createToken("sample", ["interviews:read"])).send(RETRY, { id });
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  });
});

test("a bug of ours is logged without its values, and tried again", async () => {
  const id = await create();
  answer = async () => {
    throw new TypeError("undefined is not a function");
  };
  await run(id);
  expect((await read(id)).provisioning.lastError).toEqual({
    code: "UNEXPECTED",
    message: "Provisioning met an unexpected error.",
    retryable: true,
  });
  expect(app.log.at(-1)).toMatchObject({ level: 50, error: { type: "TypeError" } });
});

test("trouble with the database is no attempt: the queue repeats the task", async () => {
  const id = await create();
  await app.app.connections.raw`alter table provisioning_effects rename to hidden_effects`;
  await expect(run(id)).rejects.toThrow("Failed query");
  await app.app.connections.raw`alter table hidden_effects rename to provisioning_effects`;
  expect((await read(id)).provisioning).toMatchObject({ state: "PENDING", attempts: 0, lastError: null });
});

test("nor is a connection to the database that is lost", async () => {
  const id = await create();
  answer = async () => {
    throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", query: "insert into sandbox_conferences" });
  };
  await expect(run(id)).rejects.toThrow("read ECONNRESET");
  expect((await read(id)).provisioning).toMatchObject({ state: "PENDING", attempts: 0, lastError: null });
});

test("a task whose interview is gone is repeated", async () => {
  const gone = { interviewId: "00000000-0000-4000-8000-000000000000" };
  const [account] = await app.app.connections.raw`select id from accounts limit 1`;
  const handler = provisioningHandler(app.app.services, app.app.providers);
  await expect(handler.run(gone, { accountId: account?.["id"], id: "test" })).rejects.toThrow("There is no interview");
  expect(asked).toEqual([]);
});

test("a run that comes late changes nothing", async () => {
  const id = await create();
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  answer = async () => {
    begun.resolve();
    await held.promise;
    return { url: "https://meet.google.com/late" };
  };
  const late = run(id);
  await begun.promise;
  answer = async () => ({ url: "https://meet.google.com/first" });
  await run(id);
  const before = await read(id);
  held.resolve();
  await late;
  expect(before).toMatchObject({ conferenceUrl: "https://meet.google.com/first" });
  expect(await read(id)).toEqual(before);
  expect(await events(id)).toEqual(["INTERVIEW_CREATED", "INTERVIEW_PROVISIONED"]);
  expect(new Set(asked).size).toBe(1);
});

describe("a run that is refused late, when another has ended", () => {
  /** Begins a run whose provider says nothing until `refuse` is called. */
  const begin = async (id: string) => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    answer = async () => {
      begun.resolve();
      await held.promise;
      throw new ProviderError("UNAVAILABLE", "The provider did not answer in time.", { retryable: true });
    };
    const late = run(id);
    await begun.promise;
    return async () => {
      held.resolve();
      await late;
    };
  };
  const state = async (id: string) => {
    const [tasks] = await app.app.connections.raw`
      select count(*)::int as tasks from pgboss.job where data->'payload'->>'interviewId' = ${decodeId(id).id}`;
    return { interview: await read(id), events: await events(id), tasks: tasks?.["tasks"] };
  };

  test("changes nothing of one that has provisioned it", async () => {
    const id = await create();
    const refuse = await begin(id);
    answer = async () => ({ url: "https://meet.google.com/first" });
    await run(id);
    const before = await state(id);
    await refuse();
    expect(before).toMatchObject({ interview: { provisioning: { state: "PROVISIONED", attempts: 0 } } });
    expect(await state(id)).toEqual(before);
  });

  test("changes nothing of provisioning that failed for good and was started again meanwhile", async () => {
    const id = await create();
    answer = async () => {
      throw new ProviderError("UNAVAILABLE", "Try later.", { retryable: true });
    };
    await run(id);
    const refuse = await begin(id);
    answer = async () => {
      throw new ProviderError("REJECTED", "The calendar is read-only.", { retryable: false });
    };
    await run(id);
    const failed = await state(id);
    await app.client.data(RETRY, { id });
    const again = await state(id);
    await refuse();
    expect(failed).toMatchObject({ interview: { provisioning: { state: "FAILED", attempts: 2 } } });
    expect(again).toMatchObject({ interview: { provisioning: { state: "PENDING", attempts: 0 } } });
    expect(await state(id)).toEqual(again);
  });
});
