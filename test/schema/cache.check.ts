import { getNamedType, getNullableType, isListType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../src/schema.ts";

/** Values in lists that are replaced with their owner: they have no life of their own. */
const VALUES = new Set([
  "AvailabilityBlock",
  "AvailabilityPerson",
  "AvailabilityReasonCount",
  "AvailabilitySlot",
  "ClockSpan",
  "FieldChange",
  "Finding",
  "InterviewNotice",
  "InterviewWarning",
  "InterviewerConflictInterval",
  "LoopAvailabilityPerson",
  "LoopLegAvailability",
  "LoopSequence",
  "LoopSequenceLeg",
  // Their cursor tells them apart, and a connection is merged by it.
  ...Object.keys(schema.getTypeMap()).filter((name) => name.endsWith("Edge")),
  "LoopLegConflict",
  "TimeOff",
  "WorkingHours",
  "WorkingHoursOverride",
]);

test("whatever stands in a list has an id, by which a normalising cache merges it", () => {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith("__"));
  const listed = types.flatMap((type) =>
    (isObjectType(type) ? Object.values(type.getFields()) : [])
      .filter((field) => isListType(getNullableType(field.type)))
      .map((field) => getNamedType(field.type)),
  );
  const names = listed.filter((type) => isObjectType(type) && !("id" in type.getFields())).map(({ name }) => name);
  expect(new Set(names)).toEqual(VALUES);
});
