export interface Abuse {
  query: string;
  variables?: object;
  /** In place of the abuser's own. */
  token?: string;
}

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");
const aliased = (count: number) =>
  `{ ${times(count, (a) => `a${a}: __schema { ${times(count, (b) => `b${b}: types { ${times(count, (c) => `c${c}: fields { name }`)} }`)} }`)} }`;
const twelve = (field: string) => times(12, (index) => `a${index}: ${field}`);
const LISTS = [
  "jobIds",
  "applicationIds",
  "loopIds",
  "candidateIds",
  "interviewerIds",
  "organizerIds",
  "recruiterIds",
  "officeIds",
  "stageIds",
];
const page = "interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } }";

/** The worst requests that are known, of each kind; the number makes each another one. */
export const ABUSES = {
  "distinct documents of 1,900 tokens": (n) => ({
    query: `query Q${n} { ${times(5, () => `interviews(first: 1) { nodes { ${times(370, () => "id")} } }`)} }`,
  }),
  "documents that cannot be parsed": (n) => ({ query: `query Q${n} { ${times(1_900, () => "id")} [` }),
  "documents with hundreds of faults": (n) => ({
    query: `query Q${n} { interviews(filter: { ${times(400, (index) => `x${index}: "${"y".repeat(400)}"`)} }) { totalCount } }`,
  }),
  "a comment of 100,000 characters": (n) => ({ query: `#${n}${"a".repeat(100_000)}\n{ interview(id: null) { id } }` }),
  "wrong tokens": (n) => ({ query: "{ __typename }", token: `wrong-${n}` }),
  "introspection that multiplies itself": (n) => ({
    query: `query Q${n} { ${twelve("__schema { ...A }")} } fragment A on __Schema { ${twelve("types { ...B }")} }
      fragment B on __Type { ${twelve("fields { name }")} }`,
  }),
  "the largest introspection that is allowed": (n) => ({ query: `query Q${n} ${aliased(3)}` }),
  "variables with 15,000 faults": () => ({
    query: "query ($f: InterviewFilter) { interviews(filter: $f) { totalCount } }",
    variables: { f: Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`u${index}`, 1])) },
  }),
  "long lists in a variable that is used again and again": (n) => ({
    query: `query Q${n}($f: InterviewFilter) { ${times(90, (index) => `a${index}: interviews(first: 1, filter: $f) { totalCount }`)} }`,
    variables: { f: Object.fromEntries(LISTS.map((list) => [list, Array.from({ length: 100 }, () => "x")])) },
  }),
  "lists of 40,000 in a variable": (n) => ({
    query: `query Q${n}($f: InterviewFilter) { interviews(filter: $f) { totalCount } }`,
    variables: { f: { departments: Array.from({ length: 40_000 }, () => "x") } },
  }),
  "operations that are too large": (n) => ({ query: `query Q${n} { ${page} }` }),
  "operations of 9,000 points": () => ({
    query: `{ ${times(45, (index) => `a${index}: interviews(first: 100) { nodes { id candidate { name } } }`)} }`,
  }),
} satisfies Record<string, (n: number) => Abuse>;
