import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StartError } from "../../src/core/error.ts";
import { runtimeZones } from "../../src/core/zone-database.ts";
import { openZoneDirectory, SYSTEM_ZONES } from "../../src/core/zone-directory.ts";
import { describeZones, newerRelease } from "../../src/core/zone-release.ts";
import { compileZone, WINNIPEG } from "../support/zone-file.ts";

const HOUR = 3_600_000;
const RUNTIME = process.versions["tz"] ?? "";
const runtime = runtimeZones();

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "interview-gateway-zones-"));
  put("America/Winnipeg", compileZone(WINNIPEG));
  put("Asia/Kolkata", compileZone({ first: 5.5, footer: "IST-5:30" }));
});
afterEach(() => rmSync(directory, { recursive: true }));

function put(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), content);
}

describe("a directory of compiled zones", () => {
  test("has its names in their own spelling, whatever the case of what is sent", () => {
    const zones = openZoneDirectory(directory);
    expect(zones.find("aMERICA/wINNIPEG")?.name).toBe("America/Winnipeg");
    expect((zones.find("america/winnipeg")?.offsetAt(Date.parse("2027-01-20T14:00Z")) ?? 0) / HOUR).toBe(-5);
  });

  test("leaves the runtime's zones for names that it does not have", () => {
    put("tzdata.zi", "# version 2026e\nR d 1916 o - Jun 14 23s 1 S\n");
    const zones = openZoneDirectory(directory);
    expect(zones.find("europe/berlin")).toMatchObject({ name: "Europe/Berlin", release: RUNTIME });
    expect(zones.find("America/Winnipeg")).toMatchObject({ release: "2026e" });
    expect(zones.find("Mars/Olympus")).toBeUndefined();
  });

  test("knows old names from tzdata.zi, and from links", () => {
    put("tzdata.zi", "# version 2026e\nL America/Winnipeg Canada/Central\nL Nowhere/Else Old/Name\n");
    symlinkSync("Kolkata", join(directory, "Asia/Calcutta"));
    const zones = openZoneDirectory(directory);
    expect(zones.find("canada/central")).toMatchObject({ name: "Canada/Central", release: "2026e" });
    expect(zones.find("asia/calcutta")).toMatchObject({ name: "Asia/Calcutta", release: "2026e" });
    expect(zones.find("Old/Name")).toBeUndefined();
  });

  test("passes over what is no zone", () => {
    for (const name of ["posix/America/Winnipeg", "right/America/Winnipeg", "posixrules", "localtime", "leapseconds"])
      put(name, "no zone");
    for (const name of ["zone1970.tab", "iso3166.tab", "leap-seconds.list", "Factory", "SECURITY"])
      put(name, "no zone");
    const zones = openZoneDirectory(directory);
    expect(["Factory", "posixrules", "right/America/Winnipeg"].map((name) => zones.find(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("is read once, so that an update of its files waits for the next start", () => {
    const zones = openZoneDirectory(directory);
    rmSync(join(directory, "America"), { recursive: true });
    expect(zones.find("America/Winnipeg")?.offsetAt(Date.parse("2027-01-20T14:00Z"))).toBe(-5 * HOUR);
  });

  test("is called by its tzdata.zi, else by its +VERSION, else by what it holds", () => {
    const unnamed = openZoneDirectory(directory).release;
    expect(unnamed).toMatch(/^sha256:[0-9a-f]{12}$/);
    expect(openZoneDirectory(directory).release).toBe(unnamed);
    put("Asia/Kolkata", compileZone({ first: 5, footer: "XXX-5" }));
    expect(openZoneDirectory(directory).release).not.toBe(unnamed);
    put("+VERSION", "2026d\n");
    expect(openZoneDirectory(directory).release).toBe("2026d");
    put("tzdata.zi", "# version 2026f\n");
    expect(openZoneDirectory(directory).release).toBe("2026f");
  });

  describe("is refused in words that name the file", () => {
    const refusal = (path = directory) => {
      try {
        openZoneDirectory(path);
      } catch (error) {
        expect(error).toBeInstanceOf(StartError);
        return error instanceof Error ? error.message.replaceAll(directory, "…") : "";
      }
      return "opened";
    };

    test.each([
      ["cut off", compileZone(WINNIPEG).subarray(0, 120), "ends too early"],
      ["empty", "", "is not a compiled zone (TZif)"],
      ["text", "Rule EU 1981 max - Mar lastSun 1:00u 1:00 S\n".repeat(5), "is not a compiled zone (TZif)"],
      ["large", Buffer.alloc(70_000), "has 70000 bytes, and no compiled zone is so large"],
    ])("with a file that is %s", (_why, content, reason) => {
      put("Europe/Berlin", content);
      expect(refusal()).toBe(`The time zones cannot be used: …/Europe/Berlin ${reason}.`);
    });

    test("with a link that leads nowhere", () => {
      symlinkSync("gone", join(directory, "Europe"));
      expect(refusal()).toMatch(/^The time zones cannot be used: … cannot be read: .*ENOENT/);
    });

    test("with a pipe, which nothing is read from", () => {
      execFileSync("mkfifo", [join(directory, "Pipe")]);
      expect(refusal()).toBe("The time zones cannot be used: …/Pipe is not a file.");
    });

    test("when it is missing, a file, empty, or a region", () => {
      expect(refusal(join(directory, "missing"))).toMatch(/^The time zones cannot be used: …\/missing cannot be read/);
      expect(refusal(join(directory, "Asia/Kolkata"))).toMatch(/ cannot be read: .*ENOTDIR/);
      const none = "holds none by its whole name, such as Europe/Berlin.";
      expect(refusal(join(directory, "Asia"))).toBe(`The time zones cannot be used: …/Asia ${none}`);
      mkdirSync(join(directory, "none"));
      expect(refusal(join(directory, "none"))).toBe(`The time zones cannot be used: …/none ${none}`);
    });
  });
});

describe("of the releases on a machine", () => {
  const available = (release: string, origin: string) => ({
    release,
    origin,
    instruction: "do it",
    open: runtimeZones,
  });
  const newest = (inUse: string, ...others: string[]) =>
    newerRelease(
      { release: inUse, origin: "here" },
      others.map((release) => available(release, release)),
    )?.release;

  test("the newest is told when it is newer than the one in use", () => {
    expect(newest("2026c", "2026c", "2026f", "2026e")).toBe("2026f");
    expect(newest("2026c", "2026b", "2025z")).toBeUndefined();
    expect(newest("2025b", "2026a")).toBe("2026a");
    expect(newest("2026z", "2026aa", "2026y")).toBe("2026aa");
    expect(newest("2026aa", "2026z")).toBeUndefined();
  });

  test("one without a release's name is neither newer nor older", () => {
    expect(newest("sha256:0123456789ab", "2026f")).toBeUndefined();
    expect(newest("2026c", "sha256:0123456789ab", "unknown")).toBeUndefined();
  });

  test("one line says which is in use, where a newer one is, and how to use it", () => {
    const inUse = { release: "2026c", origin: "Node.js 26.10.0" };
    expect(describeZones(inUse, newerRelease(inUse, []))).toMatch(
      /^time zones: release 2026c of the tz database, from Node\.js 26\.10\.0/,
    );
    const newer = { ...available("2026f", SYSTEM_ZONES), instruction: "set TZ_DATABASE=/usr/share/zoneinfo" };
    expect(describeZones(inUse, newer)).toBe(
      "time zones: release 2026c of the tz database, from Node.js 26.10.0; /usr/share/zoneinfo has 2026f: " +
        "set TZ_DATABASE=/usr/share/zoneinfo to use it, and npm run zones to see which interviews it moves",
    );
  });
});

/** Seconds at which a zone of the runtime changes its offset. */
function changesOf(name: string, until: string): number[] {
  const end = Date.parse(until);
  const changes: number[] = [];
  let next = Temporal.Instant.from("1970-01-01T00:00Z").toZonedDateTimeISO(name).getTimeZoneTransition("next");
  for (; next && next.epochMilliseconds < end; next = next.getTimeZoneTransition("next"))
    changes.push(next.epochMilliseconds);
  return changes;
}

describe.skipIf(!existsSync(join(SYSTEM_ZONES, "Europe/Berlin")))("the machine's own tz database", () => {
  test("has the runtime's rules until 2028, but for what a newer release has changed", { timeout: 30_000 }, () => {
    const zones = openZoneDirectory(SYSTEM_ZONES);
    const differing: string[] = [];
    for (const name of Intl.supportedValuesOf("timeZone")) {
      const [theirs, ours] = [zones.find(name), runtime.find(name)];
      const weeks = Array.from({ length: 209 }, (_, week) => Date.UTC(2024) + week * 7 * 24 * HOUR);
      const instants = changesOf(name, "2028-01-01T00:00Z").flatMap((at) => [at - 1, at]);
      if ([...instants, ...weeks].some((at) => theirs?.offsetAt(at) !== ours?.offsetAt(at))) differing.push(name);
    }
    expect(differing.length, differing.join()).toBeLessThanOrEqual(zones.release === RUNTIME ? 0 : 60);
  });

  const zdump = ["/usr/bin/zdump", "/usr/sbin/zdump"].find((path) => existsSync(path));
  test.skipIf(!zdump)("is read as zdump reads it, until 2110", { timeout: 30_000 }, () => {
    const names = ["Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "America/Nuuk", "America/Sao_Paulo"];
    names.push(
      "Asia/Gaza",
      "America/Winnipeg",
      "Africa/Monrovia",
      "Pacific/Apia",
      "Antarctica/Troll",
      "America/Santiago",
    );
    const zones = openZoneDirectory(SYSTEM_ZONES);
    for (const name of names) {
      const lines = execFileSync(zdump ?? "", ["-v", "-c", "1900,2110", join(SYSTEM_ZONES, name)], {
        encoding: "utf8",
      });
      const read = [...lines.matchAll(/ {2}\w{3} (\w{3} +\d+ [\d:]+ \d+) UTC? = .* gmtoff=(-?\d+)$/gm)];
      expect(read.length, name).toBeGreaterThan(2);
      const misread = read.filter(
        ([, at, offset]) => zones.find(name)?.offsetAt(Date.parse(`${at} UTC`)) !== Number(offset) * 1000,
      );
      expect(misread.map(([line]) => line)).toEqual([]);
    }
  });
});
