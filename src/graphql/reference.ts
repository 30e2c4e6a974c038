/** The options of fields that the nouns of reference data have in common. */
export const EXTERNAL_ID = {
  description: "The id that the applicant tracking system gave it, unique among objects of its type.",
} as const;

export const RETIRED_AT = {
  type: "DateTime",
  nullable: true,
  description:
    "Since when the applicant tracking system no longer has it; null while it has. What is retired shows on the interviews that " +
    "refer to it, and can be chosen for no other.",
} as const;

/** What every list of reference data says of its items. */
export const RETIRED = "Retired ones, which the applicant tracking system no longer has, are not listed.";
