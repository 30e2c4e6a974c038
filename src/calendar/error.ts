/** A provider's refusal, or no answer at all. */
export class ProviderError extends Error {
  /** Stable, in capitals: `RATE_LIMITED`, `UNAVAILABLE`, `REJECTED`, `SUPERSEDED`. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Whether the provider may have performed what it was asked for all the same. */
  readonly ambiguous: boolean;
  /** How long the provider asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;

  /** @param message for clients: no personal data, no secret */
  constructor(code: string, message: string, options: { retryable: boolean; retryAfterMs?: number | null }) {
    super(message);
    this.code = code;
    this.retryable = options.retryable;
    this.ambiguous = code === "UNAVAILABLE";
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** An effect of a higher revision has been performed, so that this one would undo it. */
export function superseded(): ProviderError {
  return new ProviderError("SUPERSEDED", "The provider has performed a later change already.", { retryable: false });
}
