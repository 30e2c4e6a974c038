import { afterAll, beforeAll, beforeEach } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { clearTraces } from "../support/trace.ts";
import { testRaces } from "./conflict-races.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(() => clearTraces(app));

testRaces(() => app, { slots: 20, runs: 50 });
