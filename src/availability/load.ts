import { availabilitySearches } from "../db/schema/availability.ts";
import type { Search } from "../db/schema/availability.ts";
import { defineRowLoader } from "../read/loader.ts";
import type { Loader } from "../read/loader.ts";

export type { InterviewSearch, LoopSearch, Search } from "../db/schema/availability.ts";

/** The table's check says which columns are null together. */
export const searchInAccount = defineRowLoader(availabilitySearches) as Loader<Search>;
