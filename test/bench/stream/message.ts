/** What the run tells the process that holds the sockets. */
export type ClientCommand =
  | {
      do: "open";
      crowd: string;
      url: string;
      count: number;
      tokens: string[];
      query: string;
      variables: Record<string, unknown>;
      /** Whether each socket sends a document of its own, so that no two subscriptions are alike. */
      distinct: boolean;
    }
  | { do: "close"; crowd: string };

/** What it answers; instants are nanoseconds of the machine's monotonic clock, as decimal text. */
export type ClientReport =
  | { did: "open" | "close"; crowd: string }
  | { did: "round"; crowd: string; text: string; first: string; median: string; last: string };

/** What the raw broadcast answers; it is told a text to send. */
export type BroadcastReport = { did: "listen"; port: number } | { did: "broadcast"; at: string };
