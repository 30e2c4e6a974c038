import { Kind, parse } from "graphql";
import { expect, test } from "vitest";
import { startDemoApp } from "../support/demo.ts";
import { operationsIn } from "./commands.ts";

/** What a newcomer replaces with the id that Create returned. */
const PLACEHOLDER = "PASTE THE ID";

/** The README's operations by name. */
const operations = new Map(
  operationsIn("README.md").flatMap((text) =>
    parse(text).definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION ? [[node.name?.value ?? "", text] as const] : [],
    ),
  ),
);

test("a newcomer who sends the README's operations in order sees each of them succeed", async () => {
  expect([...operations.keys()]).toEqual(["Watch", "Create", "Move", "Cancel"]);
  const { client, stop } = await startDemoApp();
  let id = "";
  const send = (name: string) => client.data((operations.get(name) ?? "").replaceAll(PLACEHOLDER, id));
  const stream = await client.subscribe(operations.get("Watch") ?? "");
  const provisioned = async () => (await stream.next()).data?.["interviewProvisioned"];

  const { createInterview } = await send("Create");
  expect(createInterview.interview.name).toBe("Show us your work");
  id = createInterview.interview.id;
  const { interview } = await provisioned();
  expect(interview.conferenceUrl).toMatch(/\/sandbox\/conferences\//);

  const { updateInterview } = await send("Move");
  expect(updateInterview.interview.startTime).toBe("2030-01-08T14:00:00.000Z");
  expect(updateInterview.changedFields).toEqual(["START", "END"]);
  expect(updateInterview.notices.map(({ method }: { method: string }) => method)).toContain("REQUEST");
  expect(await provisioned()).toMatchObject({ failure: null, interview });

  const { cancelInterview } = await send("Cancel");
  expect(cancelInterview).toEqual({ interview: { status: "CANCELLED" } });

  await stream.close();
  await stop();
});
