import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import { compute, connectCalendars, search } from "../support/availability.ts";
import { runGateway } from "../support/process.ts";

test(
  "a search whose worker is killed while calendars are asked is ended by the next one",
  { timeout: 60_000 },
  async () => {
    const app = await startTestApp({ worker: false, now: () => new Date() });
    await connectCalendars(app, ["ada", "bob"]);
    let hangs = true;
    const asked = Promise.withResolvers<void>();
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const { calendars } = (await json(request)) as { calendars: string[] };
      asked.resolve();
      if (!hangs) response.end(JSON.stringify({ calendars: calendars.map((address) => ({ address, busy: [] })) }));
    };
    const bridge = createServer((request, response) => void answer(request, response));
    await once(bridge.listen(0, "127.0.0.1"), "listening");
    const startWorker = () => {
      const worker = runGateway([], {
        ROLE: "worker",
        DATABASE_URL: app.databaseUrl,
        DATA_DIR: app.outbox,
        PROVIDER_URL: `http://127.0.0.1:${(bridge.address() as AddressInfo).port}`,
      });
      onTestFinished(() => void worker.child.kill("SIGKILL"));
      return worker;
    };

    const first = startWorker();
    const { id, status } = await compute(app.client, search({ from: null, to: null }));
    expect(status).toBe("PENDING");
    const stream = await app.client.subscribe(
      "subscription ($id: ID!) { availabilityComputed(searchId: $id) { status people { calendar } } }",
      { id },
    );
    const told = stream.next();
    await asked.promise;
    first.child.kill("SIGKILL");
    await first.exit();
    hangs = false;

    const second = startWorker();
    expect((await told).data).toEqual({
      availabilityComputed: { status: "SUCCEEDED", people: [{ calendar: "ANSWERED" }, { calendar: "ANSWERED" }] },
    });
    await stream.close();
    second.child.kill("SIGTERM");
    expect(await second.exit()).toBe(0);
    bridge.closeAllConnections();
    bridge.close();
    await app.stop();
  },
);
