import type { Job, PgBoss } from "pg-boss";

const POLL_MS = 1_000;
/** A claim is lost after ten seconds without one. */
const HEARTBEAT_MS = 4_000;

/** How many tasks a process runs at once, and how many an account may hold in all processes: the rest is for the others. */
export interface Concurrency {
  atOnce: number;
  perAccount: number;
}

export interface WorkerOptions<D extends object> {
  name: string;
  concurrency: Concurrency;
  /** @returns why the run failed; null when it is done */
  run: (job: Job<D>) => Promise<object | null>;
  onError: (error: unknown) => void;
}

/**
 * Runs the tasks of one queue, each by itself: one that takes long keeps no other waiting. pg-boss' own workers run tasks in
 * batches, and a batch lasts as long as the slowest of it.
 */
export class TaskWorker<D extends object> {
  readonly #boss: PgBoss;
  readonly #options: WorkerOptions<D>;
  readonly #running = new Map<string, Job<D>>();
  readonly #heartbeat: NodeJS.Timeout;
  /** Whether there may be tasks that were left because too many run. */
  #full = false;
  #stopping = false;
  #due = true;
  #wake: () => void = () => {};
  readonly #ended: Promise<void>;

  constructor(boss: PgBoss, options: WorkerOptions<D>) {
    this.#boss = boss;
    this.#options = options;
    this.#heartbeat = setInterval(() => void this.#keepClaims(), HEARTBEAT_MS);
    this.#ended = this.#work();
  }

  /** Looks for tasks at once instead of at the next poll. */
  kick(): void {
    this.#due = true;
    this.#wake();
  }

  /** Takes no more tasks, and waits for those that run; what still runs then is given back to be repeated. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    this.kick();
    await this.#ended;
    const deadline = Date.now() + timeoutMs;
    while (this.#running.size > 0 && Date.now() < deadline) await this.#pause(deadline - Date.now());
    clearInterval(this.#heartbeat);
    const left = [...this.#running.values()];
    if (left.length > 0) await this.#settle(() => this.#boss.fail(this.#options.name, left, { reason: "stopped" }));
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      this.#due = false;
      await this.#fetch().catch(this.#options.onError);
      if (!this.#due && !this.#stopping) await this.#pause(POLL_MS);
    }
  }

  async #fetch(): Promise<void> {
    const { name, concurrency } = this.#options;
    const { atOnce, perAccount } = concurrency;
    const batchSize = atOnce - this.#running.size;
    this.#full = batchSize <= 0;
    if (this.#full) return;
    const jobs = await this.#boss.fetch<D>(name, { batchSize, groupConcurrency: perAccount });
    for (const job of jobs) void this.#run(job);
    const accounts = Map.groupBy(this.#running.values(), ({ groupId }) => groupId);
    this.#full = jobs.length === batchSize || [...accounts.values()].some(({ length }) => length >= perAccount);
  }

  async #run(job: Job<D>): Promise<void> {
    const { name, run } = this.#options;
    this.#running.set(job.id, job);
    const failure = await run(job);
    await this.#settle(() => (failure ? this.#boss.fail(name, job, failure) : this.#boss.complete(name, job)));
    this.#running.delete(job.id);
    if (this.#full) this.kick();
    else if (this.#stopping) this.#wake();
  }

  /** What cannot be written now is found out by the heartbeat that is missing, and repeated. */
  async #settle(write: () => Promise<unknown>): Promise<void> {
    await write().catch(this.#options.onError);
  }

  async #keepClaims(): Promise<void> {
    const jobs = [...this.#running.values()];
    if (jobs.length > 0) await this.#settle(() => this.#boss.touch(this.#options.name, jobs));
  }

  /** Until it is kicked, or so much time has passed. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
