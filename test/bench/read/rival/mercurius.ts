import DataLoader from "dataloader";
import fastify from "fastify";
import mercurius from "mercurius";
import postgres from "postgres";

const sql = postgres(process.env["DATABASE_URL"] ?? "", { max: 10, fetch_types: false });

const schema = /* GraphQL */ `
  type Query {
    interviews(account: ID!, first: Int!): [Interview!]!
    interview(account: ID!, id: ID!): Interview
  }
  type Interview {
    id: ID!
    name: String
    kind: String!
    location: String
    startTime: String!
    endTime: String!
    timezone: String!
    organizer: User!
    office: Office
    candidateTemplate: EmailTemplate
    interviewerTemplate: EmailTemplate
    stageActivity: StageActivity
    interviewers: [Interviewer!]!
  }
  type Interviewer {
    rsvp: String
    user: User!
  }
  type User {
    id: ID!
    name: String!
    email: String!
  }
  type Office {
    id: ID!
    name: String!
    timezone: String!
  }
  type EmailTemplate {
    id: ID!
    name: String!
  }
  type StageActivity {
    id: ID!
    name: String!
    type: String!
  }
`;

type Row = Record<string, unknown>;
type Loaders = ReturnType<typeof createLoaders>;
interface Context {
  loaders: Loaders;
}

const INTERVIEW = `account_id, id, name, kind, location, starts_at, ends_at, timezone, organizer_id, office_id,
  candidate_template_id, interviewer_template_id, stage_activity_id`;
const LIST = `select ${INTERVIEW} from interviews where account_id = $1::uuid order by starts_at, id limit $2::int`;
const ONE = `select ${INTERVIEW} from interviews where account_id = $1::uuid and id = $2::uuid`;

const query = (text: string, parameters: (string | number)[]): Promise<Row[]> =>
  sql.unsafe(text, parameters, { prepare: true });

/** Loaders of one request: prepared statements with `= any`, narrow columns. */
function createLoaders(account: string) {
  const rows = (columns: string, table: string) => {
    const text = `select id, ${columns} from ${table} where account_id = $1::uuid and id = any($2::uuid[])`;
    return new DataLoader<string, Row | undefined>(async (ids) => {
      const found = new Map((await query(text, [account, `{${ids.join(",")}}`])).map((row) => [row["id"], row]));
      return ids.map((id) => found.get(id));
    });
  };
  const SEATS = `select interview_id, user_id, rsvp from interviewers
    where account_id = $1::uuid and interview_id = any($2::uuid[]) order by position`;
  return {
    user: rows("name, email", "users"),
    office: rows("name, timezone", "offices"),
    template: rows("name", "email_templates"),
    activity: rows("name, type", "stage_activities"),
    seats: new DataLoader<string, Row[]>(async (ids) => {
      const lists = new Map<unknown, Row[]>(ids.map((id) => [id, []]));
      for (const row of await query(SEATS, [account, `{${ids.join(",")}}`])) lists.get(row["interview_id"])?.push(row);
      return ids.map((id) => lists.get(id) ?? []);
    }),
  };
}

const iso = (value: unknown) => (value as Date).toISOString();
const by = (loader: keyof Omit<Loaders, "seats">, column: string) => (row: Row, _args: unknown, context: Context) =>
  row[column] === null ? null : context.loaders[loader].load(row[column] as string);

const resolvers = {
  Query: {
    interviews: (_root: unknown, { account, first }: { account: string; first: number }) =>
      query(LIST, [account, first]),
    interview: async (_root: unknown, { account, id }: { account: string; id: string }) =>
      (await query(ONE, [account, id]))[0],
  },
  Interview: {
    startTime: (row: Row) => iso(row["starts_at"]),
    endTime: (row: Row) => iso(row["ends_at"]),
    organizer: by("user", "organizer_id"),
    office: by("office", "office_id"),
    candidateTemplate: by("template", "candidate_template_id"),
    interviewerTemplate: by("template", "interviewer_template_id"),
    stageActivity: by("activity", "stage_activity_id"),
    interviewers: (row: Row, _args: unknown, context: Context) => context.loaders.seats.load(String(row["id"])),
  },
  Interviewer: { user: by("user", "user_id") },
};

const app = fastify();
await app.register(mercurius, {
  schema,
  resolvers: resolvers as never,
  jit: 1,
  context: () => ({ loaders: createLoaders(process.env["ACCOUNT"] ?? "") }),
});
await app.listen({ port: Number(process.env["PORT"]), host: "127.0.0.1" });
console.log("ready");
