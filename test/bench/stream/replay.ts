import { createSourceEventStream, executeSubscriptionEvent, parse, validateSubscriptionArgs } from "graphql";
import { sql } from "drizzle-orm";
import type { App } from "../../../src/app.ts";
import { users } from "../../../src/db/schema/people.ts";
import { executePlannedEvent } from "../../../src/execution/planned-execute.ts";
import { createGroups } from "../../../src/execution/share.ts";
import { Deliveries } from "../../../src/execution/subscribe.ts";
import { DEMO_MUTATION } from "../../../src/demo/banner.ts";
import { createContext, systemContext } from "../../../src/operation/context.ts";
import type { Caller } from "../../../src/operation/context.ts";
import type { ItemStream } from "../../../src/operation/event-source.ts";
import { schema } from "../../../src/schema.ts";
import type { Client } from "../../support/client.ts";

const INTERVIEWS = 50;

export interface Replay {
  /** @returns how long one subscriber waits for all events of the log, in milliseconds */
  run(by: { maxBatch: number; person: boolean; planned?: boolean }): Promise<number>;
}

/** A log of so many events about fifty interviews in turn, resolved by the deliveries of one subscription without its socket. */
export async function createReplay(
  { services }: App,
  { client, count, query }: { client: Client; count: number; query: string },
): Promise<Replay> {
  for (let day = 0; day < INTERVIEWS; day += 1) {
    const date = new Date(Date.UTC(2030, 1, 1 + day)).toISOString().slice(0, 10);
    await client.data(DEMO_MUTATION.replace("2030-01-07", date));
  }
  const after = (await client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
  await services.db.execute(sql`
    with created as (
      select *, row_number() over (order by sequence) - 1 as place, count(*) over () as places,
        (select last_sequence from event_counters counter where counter.account_id = events.account_id) as head
      from events where type = 'INTERVIEW_CREATED'
    ), more as (
      insert into events select (jsonb_populate_record(null::events,
        to_jsonb(created) || jsonb_build_object('sequence', head + number, 'id', gen_random_uuid()))).*
      from generate_series(1, ${count}::int) number join created on number % places = place
      returning account_id
    )
    update event_counters set last_sequence = last_sequence + ${count}::int
    where account_id in (select account_id from more)`);
  const [admin] = await services.db
    .select()
    .from(users)
    .where(sql`role = 'ADMIN'`)
    .limit(1);
  if (!admin) throw new Error("The demo has no administrator.");
  const document = parse(query);
  return {
    async run({ maxBatch, person, planned = true }) {
      const { caller } = systemContext(services, admin.accountId, "bench");
      const asPerson: Caller = { ...caller, userId: admin.id };
      const args = validateSubscriptionArgs({
        schema,
        document,
        variableValues: { after },
        contextValue: createContext(services, person ? asPerson : caller, { requestId: "bench" }),
      });
      if (!("schema" in args)) throw new Error(String(args[0]));
      const execute = planned ? executePlannedEvent : executeSubscriptionEvent;
      const group = createGroups({ execute, mask: (result) => result }).join(args);
      const mask = (error: unknown) => error as never;
      const source = (await createSourceEventStream(args)) as unknown as ItemStream;
      const deliveries = new Deliveries(source, { accountId: admin.accountId, group, mask, maxBatch });
      const begun = performance.now();
      // The first says where the stream begins.
      for (let left = count + 1; left > 0; left -= 1) {
        const { value } = await deliveries.next();
        if (value.result.errors) throw new Error(value.text);
      }
      const elapsed = performance.now() - begun;
      await deliveries.return();
      return elapsed;
    },
  };
}
