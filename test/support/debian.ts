import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Makes sure that packages of Debian are there, which only the slow tier needs.
 * @param works resolves when they are
 * @throws Error that names the packages when they cannot be installed here
 */
export async function ensureDebianPackages(packages: readonly string[], works: () => Promise<unknown>): Promise<void> {
  try {
    await works();
    return;
  } catch {
    // Not there yet.
  }
  try {
    await run("apt-get", ["update"], { timeout: 300_000 });
    await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    await works();
  } catch (cause) {
    throw new Error(`This test needs ${packages.join(" and ")}. Install what Debian calls so, and run it again.`, {
      cause,
    });
  }
}
