import type { Interview, InterviewLocation } from "./load.ts";

/** The part of an interview that belongs to one location. */
export type LocationPart = "officeId" | "hostId" | "hackerrankTemplateId";

const LOCATION_OF: Record<LocationPart, InterviewLocation> = {
  officeId: "ONSITE",
  hostId: "ZOOM",
  hackerrankTemplateId: "HACKERRANK",
};

/**
 * A part as it shows: one that belongs to another location stays stored, so that going back finds it, and shows nowhere. An
 * external interview may have parts and no location.
 */
export function partShown<P extends LocationPart>(
  interview: Pick<Interview, P | "location">,
  part: P,
): Pick<Interview, P>[P] | null {
  const { location } = interview;
  return location === null || location === LOCATION_OF[part] ? interview[part] : null;
}
