import { startTestApp } from "./app.ts";
import type { TestApp, TestAppOptions } from "./app.ts";
import { Client } from "./client.ts";
import { startIssuer } from "./issuer.ts";
import type { Issuer, TokenClaims } from "./issuer.ts";

export interface ViewerApp extends TestApp {
  issuer: Issuer;
  /** A client of a person of the sample account, by external id. */
  person(sub: string, claims?: TokenClaims): Promise<Client>;
}

/** A gateway that takes persons' tokens, and somebody who issues them. */
export async function startViewerApp(options: TestAppOptions = {}): Promise<ViewerApp> {
  const issuer = await startIssuer();
  const app = await startTestApp({ ...options, persons: issuer.options });
  return {
    ...app,
    issuer,
    person: async (sub, claims = {}) => new Client(app.url, await issuer.sign({ sub, ...claims })),
    async stop() {
      await app.stop();
      await issuer.stop();
    },
  };
}
