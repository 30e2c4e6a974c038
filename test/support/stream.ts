import { expect } from "vitest";
import type { Client, GraphQLResult, Subscription } from "./client.ts";

/** The end of the account's event log at this moment: a stream after it delivers what happens from now on. */
export async function asOfCursor(client: Client): Promise<string> {
  return (await client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
}

/** The event in a result that must have no errors. */
export function eventOf({ data, errors }: GraphQLResult): Record<string, any> {
  expect(errors).toBeUndefined();
  const [event] = Object.values(data ?? {});
  return event;
}

/** The next event of a subscription of one field. */
export async function nextEvent(stream: Pick<Subscription, "next">): Promise<Record<string, any>> {
  return eventOf(await stream.next());
}
