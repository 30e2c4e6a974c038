/** A provider's refusal, or no answer at all. */
export class ProviderError extends Error {
  /** Stable, in capitals: `RATE_LIMITED`, `UNAVAILABLE`, `REJECTED`. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** How long the provider asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;

  /** @param message for clients: no personal data, no secret */
  constructor(code: string, message: string, options: { retryable: boolean; retryAfterMs?: number | null }) {
    super(message);
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
