import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleId } from "../support/directory.ts";
import { adHoc, application, createInterview, user } from "../support/interview.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { interview { id } } } }";
const PAGE = "asOfCursor nodes { id } edges { cursor } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  for (let count = 0; count < 4; count += 1) await create();
});
afterAll(() => app.stop());

const create = () => createInterview(app.client, adHoc());

type Page = Record<string, any>;
const paths: [name: string, find: (page: string) => [document: string, connection: (data: Page) => Page]][] = [
  ["Query.interviews", (page) => [`{ interviews(${page}) { ${PAGE} } }`, ({ interviews }) => interviews]],
  ...(
    [
      ["Job", sampleId("Job", "engineer")],
      ["Application", application("active")],
      ["User", user("recruiter")],
    ] as const
  ).map(([type, id]): (typeof paths)[number] => [
    `${type}.interviews`,
    (page) => [
      `{ node(id: "${id}") { ... on ${type} { interviews(${page}) { ${PAGE} } } } }`,
      ({ node }) => node.interviews,
    ],
  ]),
];

describe.each(paths)("%s", (_name, find) => {
  const read = async (page: string): Promise<Page> => {
    const [document, connection] = find(page);
    return connection(await app.client.data(document));
  };

  test.each([
    ["forwards", "first: 2", "endCursor", "after"],
    ["backwards", "last: 2", "startCursor", "before"],
  ])("%s: what changes between two pages is delivered after the last page's cursor", async (_way, size, end, side) => {
    const first = await read(size);
    const changed = await create();
    const second = await read(`${size}, ${side}: "${first["pageInfo"][end]}"`);
    expect(second["asOfCursor"]).toBe(first["asOfCursor"]);
    const third = await read(`${size}, ${side}: "${second["pageInfo"][end]}"`);
    expect(third["asOfCursor"]).toBe(first["asOfCursor"]);

    const stream = await app.client.subscribe(EVENTS, { after: third["asOfCursor"] });
    expect((await nextEvent(stream)).interview).toEqual({ id: changed });
    await stream.close();
  });

  test("the cursor of an edge carries the place as well, and a first page has its own", async () => {
    const first = await read("first: 2");
    await create();
    expect((await read(`first: 1, after: "${first["edges"][0].cursor}"`))["asOfCursor"]).toBe(first["asOfCursor"]);
    expect((await read("first: 2"))["asOfCursor"]).toBe(await asOfCursor(app.client));
  });

  test("a page that does not ask for the place hands it on", async () => {
    const first = await read("first: 1");
    await create();
    const [document, connection] = find(`first: 1, after: "${first["pageInfo"].endCursor}"`);
    const second = connection(await app.client.data(document.replace("asOfCursor", "")));
    expect((await read(`first: 1, after: "${second["pageInfo"].endCursor}"`))["asOfCursor"]).toBe(first["asOfCursor"]);
  });

  test("after a first page that was not asked, a page that asks is refused: it would lose what changed between them", async () => {
    const [document, connection] = find("first: 1");
    const first = connection(await app.client.data(document.replace("asOfCursor", "")));
    await create();
    const page = `first: 1, after: "${first["pageInfo"].endCursor}"`;
    const { errors } = await app.client.send(find(page)[0]);
    expect(errors).toMatchObject([
      { extensions: { code: "INVALID_INPUT" }, path: expect.arrayContaining(["interviews"]) },
    ]);
    expect(errors?.[0]?.message).toContain("from the first page on");
    const unasked = connection(await app.client.data(find(page)[0].replace("asOfCursor", "")));
    expect(unasked["nodes"]).toHaveLength(1);
  });
});
