import { createHash } from "node:crypto";
import type { provisioningEffects } from "../db/schema/provisioning.ts";

/** One effect on an artifact, as the ledger has it. */
export type LedgerEntry = Pick<
  typeof provisioningEffects.$inferSelect,
  "artifact" | "revision" | "interviewRevision" | "action" | "state" | "digest" | "request" | "result"
>;

/** What there is outside: a conference, a calendar event or one person's invitation. */
export type ArtifactKind = "conference" | "calendar-event" | "invitation";

/** Something that must exist outside, and the request that makes it exist. */
export interface Wanted {
  /** `<kind>/<what tells it apart>`. */
  artifact: string;
  request: object;
}

export const kindOf = (artifact: string): ArtifactKind => artifact.split("/")[0] as ArtifactKind;

/** The effects of one interview, and what follows from them. */
export class Ledger {
  readonly #byArtifact = new Map<string, LedgerEntry[]>();

  /** @param entries of each artifact by revision */
  constructor(entries: readonly LedgerEntry[]) {
    for (const entry of entries) this.#of(entry.artifact).push(entry);
  }

  /** Takes in what has become of an effect. */
  note(entry: LedgerEntry): void {
    const entries = this.#of(entry.artifact);
    const index = entries.findIndex(({ revision }) => revision === entry.revision);
    entries.splice(index < 0 ? entries.length : index, 1, entry);
  }

  /** An effect whose fate is not known. */
  open(): LedgerEntry | undefined {
    return [...this.#byArtifact.values()].flat().find(({ state }) => state === "STARTED");
  }

  nextRevision(artifact: string): number {
    return (this.#byArtifact.get(artifact)?.at(-1)?.revision ?? 0) + 1;
  }

  /** The last effect on an artifact that was performed, or may have been. */
  last(artifact: string): LedgerEntry | undefined {
    return this.#byArtifact.get(artifact)?.findLast(({ state }) => state !== "REFUSED");
  }

  /** The effect that made an artifact what it is; undefined when there is none. */
  present(artifact: string): LedgerEntry | undefined {
    const last = this.last(artifact);
    return last && isPresence(last) ? last : undefined;
  }

  /** The artifacts of a kind that exist, or may. */
  presentOf(kind: ArtifactKind): LedgerEntry[] {
    const artifacts = [...this.#byArtifact.keys()].filter((artifact) => kindOf(artifact) === kind);
    return artifacts.flatMap((artifact) => this.present(artifact) ?? []);
  }

  /** Whether an artifact is exactly what is wanted. */
  shows({ artifact, request }: Wanted): boolean {
    const present = this.present(artifact);
    return present?.state === "DONE" && present.digest === digestOf(request);
  }

  #of(artifact: string): LedgerEntry[] {
    const entries = this.#byArtifact.get(artifact) ?? [];
    this.#byArtifact.set(artifact, entries);
    return entries;
  }
}

/** A withdrawal that may have been sent is not sent again; whatever else may be there is taken to be there. */
function isPresence({ action, state, artifact }: LedgerEntry): boolean {
  if (action === "PUT") return true;
  return state === "UNCERTAIN" && kindOf(artifact) !== "invitation";
}

/** SHA-256 of a request. Its members come in the order in which the code composes them. */
export const digestOf = (request: object): string =>
  createHash("sha256").update(JSON.stringify(request)).digest("base64url");
