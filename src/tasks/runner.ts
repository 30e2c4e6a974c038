import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Job } from "pg-boss";
import type { Logger } from "pino";
import type { Sql } from "postgres";
import { openClient } from "../db/client.ts";
import { createOutageLog, createPacer, isOutage } from "../db/outage.ts";
import { executeKept } from "../read/rows.ts";
import type { TaskSender } from "../operation/context.ts";
import { queueDatabase } from "./database.ts";
import type { TaskDefinition } from "./define.ts";
import { TaskWorker } from "./worker.ts";
import type { Concurrency } from "./worker.ts";

const CONCURRENCY: Concurrency = { atOnce: 20, perAccount: 15 };
const DRAIN_MS = 20_000;

/** One run of a task: which account it acts for, and a name of the run for the log. */
export interface TaskRun {
  accountId: string;
  id: string;
}

export interface TaskHandler<P extends object> {
  task: TaskDefinition<P>;
  /** Twenty at once and fifteen of an account when left out. */
  concurrency?: Concurrency;
  /** May run more than once for one task; throwing repeats it later. */
  run: (payload: P, run: TaskRun) => Promise<void>;
}

/** The queue of this process: sends in every role, works only in a process that called `work`. */
export interface TaskQueue extends TaskSender {
  start(): Promise<void>;
  work<P extends object>(handler: TaskHandler<P>): void;
  /** Fetches at once instead of at the next poll. */
  kick(): void;
  /** Waits for the running tasks, then closes. */
  stop(): Promise<void>;
}

interface Envelope {
  accountId: string;
  payload: unknown;
}

/** Creates the queue's own tables and one queue for each definition, with today's options; for the migration. */
export async function migrateTasks(url: string, tasks: readonly TaskDefinition<object>[]): Promise<void> {
  const client = openClient(url, { max: 1 });
  const boss = new PgBoss({ db: queueDatabase(client), supervise: false, schedule: false });
  boss.on("error", () => {});
  try {
    await boss.start();
    for (const task of tasks) {
      await boss.createQueue(task.name, queueOptions(task));
      await boss.updateQueue(task.name, queueOptions(task));
    }
  } finally {
    await boss.stop({ graceful: false });
    await client.end({ timeout: 5 });
  }
}

/** @param client is the queue's alone: how it reads and writes values is changed for it */
export function createTaskQueue(client: Sql, log: Logger): TaskQueue {
  const boss = new PgBoss({
    db: queueDatabase(client),
    migrate: false,
    schedule: false,
    // Gateways look for crashed workers too: a worker that is killed soon after each start never gets to it.
    supervise: true,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  });
  const isDue = createPacer();
  const logOutage = createOutageLog(log);
  const onError = (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (isDue(reason)) log.warn({ reason }, "the task queue met an error; it tries again");
  };
  boss.on("error", onError);
  const workers: TaskWorker<Envelope>[] = [];

  return {
    async start() {
      await boss.start();
    },
    async send(tx, { name, accountId, payload, notBefore }) {
      const envelope: Envelope = { accountId, payload };
      await boss.send(name, envelope, {
        db: fromDrizzle({ execute: (statement) => executeKept(tx, statement as SQL) }, sql),
        group: { id: accountId },
        ...(notBefore && { startAfter: notBefore }),
      });
    },
    work(handler) {
      const { task, concurrency = CONCURRENCY } = handler;
      const run = (job: Job<Envelope>) => runJob(handler, job, { log, logOutage });
      workers.push(new TaskWorker(boss, { name: task.name, concurrency, run, onError }));
    },
    kick() {
      for (const worker of workers) worker.kick();
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop(DRAIN_MS)));
      await boss.stop({ graceful: true });
    },
  };
}

/** @returns why it failed; null when it is done */
async function runJob<P extends object>(
  { task, run }: TaskHandler<P>,
  job: Job<Envelope>,
  { log, logOutage }: { log: Logger; logOutage: (error: unknown) => void },
): Promise<object | null> {
  try {
    await run(task.payload.parse(job.data.payload), { accountId: job.data.accountId, id: job.id });
    return null;
  } catch (error) {
    const attempt = job.retryCount + 1;
    if (isOutage(error)) logOutage(error);
    else log.warn({ task: task.name, run: job.id, attempt, error }, "task failed; it will be repeated");
    return { reason: error instanceof Error ? error.name : "unknown" };
  }
}

/** A crashed worker counts as a failed run here, and must not delay the next take-over: delays stay short. */
function queueOptions(task: TaskDefinition<object>) {
  return { retryLimit: task.retryLimit, retryDelay: 2, retryBackoff: true, retryDelayMax: 5, heartbeatSeconds: 10 };
}
