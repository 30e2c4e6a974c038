import type postgres from "postgres";

/** A statement as the code sent it. */
export interface Query {
  text: string;
  parameters: unknown[];
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: PlanNode[];
}

export interface Explained {
  /** Tables of which every row was read. */
  scanned: string[];
  /** Rows of the tables in question that were looked at, those that were thrown away included. */
  touched: number;
  /** The whole plan, for people. */
  text: string;
}

/** Runs the statement once more under EXPLAIN ANALYZE; `tables` are those whose rows are counted. */
export async function explain(sql: postgres.Sql, query: Query, tables: readonly string[]): Promise<Explained> {
  const parameters = query.parameters as postgres.ParameterOrJSON<never>[];
  const [row] = await sql.unsafe(`explain (analyze, format json) ${query.text}`, parameters);
  if (!row) throw new Error("PostgreSQL explained nothing.");
  const [{ Plan: root }] = row["QUERY PLAN"] as [{ Plan: PlanNode }];
  const nodes = flatten(root).filter((node) => tables.includes(node["Relation Name"] ?? ""));
  const looked = (node: PlanNode) =>
    (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  return {
    scanned: nodes.filter((node) => node["Node Type"].includes("Seq Scan")).map((node) => node["Relation Name"] ?? ""),
    touched: nodes.reduce((sum, node) => sum + looked(node), 0),
    text: JSON.stringify(root, null, 1),
  };
}

const flatten = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
