/** The options of fields that the nouns of reference data have in common. */
export const EXTERNAL_ID = {
  description: "The id that the applicant tracking system gave it, unique among objects of its type.",
} as const;

export const RETIRED_AT = {
  type: "DateTime",
  nullable: true,
  description:
    "When the applicant tracking system removed it; null while it has it. A retired object still shows on interviews that " +
    "refer to it, and cannot be chosen for others.",
} as const;

/** The description that the lists of reference data share. */
export const RETIRED = "Retired ones, which the applicant tracking system no longer has, are not listed.";
