import { requestErrorsTable } from "../core/error.ts";
import { findingsTable } from "../interview/finding.ts";
import { printedSchema } from "../schema.ts";
import { closeCodesTable } from "../socket/close-code.ts";
import { print } from "./output.ts";
import { USAGE } from "./usage.ts";

export const printUsage = (): void => print(`${USAGE}\n`);
export const printSchema = (): void => print(printedSchema());
export const printFindings = (): void => print(`${findingsTable()}\n`);
export const printErrors = (): void => print(`${requestErrorsTable()}\n\n${closeCodesTable()}\n`);
