import { defineConfig } from "vitest/config";

// Vite's "development" condition would load a second copy of graphql.
const conditions = ["module", "node"];
const common = { resolve: { conditions }, ssr: { resolve: { conditions } } };
const withDatabase = {
  globalSetup: ["test/support/global-setup.ts"],
  setupFiles: ["test/support/leftovers.ts"],
  maxWorkers: 2,
  hookTimeout: 60_000,
};

/** Three tiers, told apart by the ends of their files' names. */
export default defineConfig({
  test: {
    projects: [
      {
        ...common,
        test: {
          name: "check",
          include: ["test/**/*.check.ts"],
          isolate: false,
          testTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        ...common,
        // A worker loads the code once for all of its files.
        test: {
          name: "database",
          include: ["test/**/*.test.ts"],
          isolate: false,
          testTimeout: 30_000,
          ...withDatabase,
        },
      },
      { ...common, test: { name: "slow", include: ["test/**/*.slow.ts"], testTimeout: 120_000, ...withDatabase } },
    ],
  },
});
