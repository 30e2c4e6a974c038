import { availabilitySearches } from "../db/schema/availability.ts";
import { defineRowLoader } from "../read/loader.ts";

export type AvailabilitySearch = typeof availabilitySearches.$inferSelect;

export const searchInAccount = defineRowLoader(availabilitySearches);
