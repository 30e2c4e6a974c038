import { defineConfig } from "vitest/config";

// Vite's "development" condition would load a second copy of graphql.
const conditions = ["module", "node"];
const common = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    projects: [
      { ...common, test: { name: "check", include: ["test/**/*.check.ts"] } },
      {
        ...common,
        test: {
          name: "database",
          include: ["test/**/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
