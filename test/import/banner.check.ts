import { expect, test } from "vitest";
import { banner, DEMO_MUTATION, DEMO_SUBSCRIPTION } from "../../src/demo/banner.ts";

const url = "http://127.0.0.1:4000";

test("the banner has the address, the token, what to press, and what other clients send", () => {
  const text = banner({ url, worker: true, graphiql: true });
  for (const part of [`GraphiQL   ${url}/graphql`, "Bearer demo-admin-token", "▶", DEMO_SUBSCRIPTION, DEMO_MUTATION])
    expect(text).toContain(part);
});

test("without GraphiQL the banner does not speak of it", () => {
  const text = banner({ url, worker: true, graphiql: false });
  expect(text).toContain(`API        ${url}/graphql`);
  expect(text).toContain(DEMO_MUTATION);
  expect(text).not.toMatch(/GraphiQL|▶/);
});

test("a gateway alone does not promise an event that no worker makes", () => {
  const text = banner({ url, worker: false, graphiql: true });
  expect(text).toContain("No worker runs, since ROLE is gateway");
  expect(text).not.toContain("subscription Watch");
});
