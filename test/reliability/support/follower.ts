import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "postgres";
import { expect } from "vitest";
import { Client } from "../../support/client.ts";
import type { GraphQLResult, Subscription } from "../../support/client.ts";
import { asOfCursor } from "../../support/stream.ts";
import type { Tenant } from "./site.ts";

const FOLLOW = /* GraphQL */ `
  subscription ($after: EventCursor) {
    interviewEvents(after: $after) {
      __typename
      cursor
      ... on InterviewEvent {
        id
        sequence
        type
        interviewVersion
        interview {
          name
        }
      }
    }
  }
`;

interface Told {
  __typename: string;
  id: string;
  cursor: string;
  sequence: number;
  type: string;
  interviewVersion: number;
}

export interface FollowerOptions {
  tenant: Tenant;
  transport: "socket" | "sse";
  /** The gateway to go to next; asked at each connection. */
  gateway: () => string;
  /** It keeps its place only after every so many events, as a client that saves it now and then. */
  keepEvery: number;
}

/**
 * A client that must miss nothing: follows the account's whole log, and after each end goes on behind the last place that it
 * kept, which repeats some events.
 */
export class Follower {
  connections = 0;
  /** Close codes of sockets, and refusals of the stream by code. */
  readonly ends = new Map<string, number>();
  readonly #options: FollowerOptions;
  readonly #received: Told[] = [];
  #kept: string;
  /** What no reliable stream does, at its first occurrence. */
  #fault: string | undefined;
  #stopped = false;
  #current: Subscription | undefined;
  readonly #running: Promise<void>;

  private constructor(options: FollowerOptions, cursor: string) {
    this.#options = options;
    this.#kept = cursor;
    this.#running = this.#run();
  }

  /** Begins where the account's list is now. */
  static async start(options: FollowerOptions): Promise<Follower> {
    const client = new Client(options.gateway(), options.tenant.token);
    return new Follower(options, await asOfCursor(client));
  }

  get repeats(): number {
    return this.#received.length - this.#withoutRepeats().length;
  }

  /**
   * Waits until it has the log's newest event, and compares everything that it was told with the log. The log is read each
   * time: a change whose client lost its connection may be committed after the last writer has ended.
   */
  async compareWithLog(sql: Sql, seconds: number): Promise<number> {
    let [told, logged]: [Told[], Told[]] = [[], []];
    const distance = async () => {
      logged = await this.#readLog(sql);
      told = this.#withoutRepeats();
      return (logged.at(-1)?.sequence ?? 0) - (this.#received.at(-1)?.sequence ?? 0);
    };
    await expect.poll(distance, { timeout: seconds * 1_000 }).toBe(0);
    expect(this.#fault).toBeUndefined();
    expect(told.map(line)).toEqual(logged.map(line));
    return logged.length;
  }

  #readLog(sql: Sql): Promise<Told[]> {
    return sql<Told[]>`
      select id, sequence::int, type, subject_version as "interviewVersion"
      from events where account_id = ${this.#options.tenant.id} order by sequence`;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#current?.close();
    await this.#running;
  }

  #withoutRepeats(): Told[] {
    const seen = new Set<string>();
    return this.#received.filter(({ id }) => !seen.has(id) && seen.add(id));
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow();
      } catch (error) {
        if (this.#stopped) return;
        const end = nameOf(error);
        if (end.startsWith("CURSOR_") || end.startsWith("out of order")) this.#fault ??= end;
        this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
        await delay(50);
      }
    }
  }

  async #follow(): Promise<void> {
    const { tenant, transport, gateway, keepEvery } = this.#options;
    const client = new Client(gateway(), tenant.token);
    const variables = { after: this.#kept };
    const stream = await (transport === "sse"
      ? client.subscribeSse(FOLLOW, variables)
      : client.subscribe(FOLLOW, variables));
    this.#current = stream;
    this.connections += 1;
    let last: Told | undefined;
    try {
      for (let count = 1; !this.#stopped; count += 1) {
        const told = readTold(await stream.next());
        if (told.__typename === "StreamBookmark") continue;
        if (last && told.sequence !== last.sequence + 1)
          throw new Error(`out of order: ${told.sequence} after ${last.sequence} on one connection`);
        last = told;
        this.#received.push(told);
        if (count % keepEvery === 0) this.#kept = told.cursor;
      }
    } finally {
      await stream.close().catch(() => {});
    }
  }
}

/** An event whose fields could not all be resolved is not taken: it comes again after the next connection. */
function readTold({ data, errors }: GraphQLResult): Told {
  const told = data?.["interviewEvents"] as Told | undefined;
  if (errors || !told) throw new Error(String(errors?.[0]?.extensions?.["code"] ?? JSON.stringify(errors)));
  return told;
}

function nameOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error) return `closed with ${String(error.code)}`;
  return error instanceof Error ? error.message : String(error);
}

const line = ({ id, sequence, type, interviewVersion }: Told) => `${sequence} ${type} v${interviewVersion} ${id}`;
