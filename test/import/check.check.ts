import { describe, expect, test } from "vitest";
import { checkDirectory } from "../../src/import/check.ts";
import { PLACEHOLDERS } from "../../src/template/render.ts";
import { smallFile, smallJob } from "./small-file.ts";

const PANEL = "jobs[0].interviewPlan.stages[1].activities[0]";

function problemsOf(value: unknown): string[] {
  const checked = checkDirectory(value);
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path} | ${message}`);
}

/** The problems of the small file with some of its parts replaced. */
function problemsWith(parts: object): string[] {
  return problemsOf({ ...smallFile(), ...parts });
}

/** The small file's first interview with some of its parts replaced. */
function jobsWith(parts: object) {
  const { interviewPlan, ...job } = smallJob("engineer");
  const [review, talks] = interviewPlan.stages;
  const [panel, mail] = talks?.activities ?? [];
  const activities = [{ ...panel, interview: { ...panel?.interview, ...parts } }, mail];
  const stages = [review, { ...talks, activities }];
  return [{ ...job, interviewPlan: { ...interviewPlan, stages } }, smallJob("designer")];
}

test("a sound file is returned with its defaults filled in and its texts trimmed", () => {
  const { users, ...file } = smallFile();
  const checked = checkDirectory({ ...file, users: [{ ...users[0], name: " Ada\n" }, users[1]] });
  expect(checked).toMatchObject({
    ok: true,
    directory: {
      users: [{ name: "Ada", active: true, calendarAddress: null, zoomSeat: null, workingHours: [] }, { name: "Bo" }],
      jobs: [{ department: null }, { department: null }],
    },
  });
});

test("an account alone is a sound file", () => {
  expect(problemsOf({ account: { externalId: "a", name: "A" } })).toEqual([]);
});

describe("repeated", () => {
  const lists = ["users", "offices", "emailTemplates", "scorecardTemplates", "candidates", "applications"] as const;
  test.each(lists)("external id among %s", (list) => {
    const [first] = smallFile()[list];
    const again = list === "users" ? { ...first, email: "else@example.com" } : first;
    const last = smallFile()[list].length;
    const id = JSON.stringify(first?.externalId);
    expect(problemsWith({ [list]: [...smallFile()[list], again] })).toEqual([
      `${list}[${last}].externalId | repeats ${list}[0].externalId: ${id}`,
    ]);
  });

  test("external id of a job, of stages and of activities, also in another job", () => {
    const path = (job: number) => `jobs[${job}].interviewPlan.stages`;
    expect(problemsWith({ jobs: [smallJob("engineer"), smallJob("engineer")] })).toEqual([
      `jobs[1].externalId | repeats jobs[0].externalId: "engineer"`,
      `${path(1)}[0].externalId | repeats ${path(0)}[0].externalId: "engineer-review"`,
      `${path(1)}[1].externalId | repeats ${path(0)}[1].externalId: "engineer-talks"`,
      `${path(1)}[1].activities[0].externalId | repeats ${path(0)}[1].activities[0].externalId: "engineer-panel"`,
      `${path(1)}[1].activities[1].externalId | repeats ${path(0)}[1].activities[1].externalId: "engineer-mail"`,
    ]);
  });

  test("the same external id in two lists is none of its business", () => {
    const { users, ...file } = smallFile();
    const offices = [{ externalId: "ada", name: "Ada's", address: "2 Main Street", timezone: "Europe/London" }];
    expect(problemsOf({ ...file, users, offices: [...file.offices, ...offices] })).toEqual([]);
  });

  test("e-mail address of users, in whatever case", () => {
    const { users } = smallFile();
    expect(problemsWith({ users: [users[0], { ...users[1], email: "ADA@example.com" }] })).toEqual([
      `users[1].email | repeats users[0].email: users "ada" and "bo" cannot share the address "ADA@example.com"`,
    ]);
  });

  test("e-mail address of users, whose host is written in two ways", () => {
    const [ada, bo] = smallFile().users;
    const users = [
      { ...ada, email: "a@пример.рф" },
      { ...bo, email: "A@XN--e1afmkfd.xn--p1ai" },
    ];
    expect(problemsWith({ users })).toEqual([
      `users[1].email | repeats users[0].email: users "ada" and "bo" cannot share the address "A@XN--e1afmkfd.xn--p1ai"`,
    ]);
  });

  test("external id and reference in another Unicode form", () => {
    const [ada, bo] = smallFile().users;
    expect(
      problemsWith({
        users: [
          ada,
          bo,
          { ...ada, externalId: "Rene\u0301", email: "r@x.example" },
          { ...ada, externalId: "Ren\u00E9", email: "s@x.example" },
        ],
        complete: ["users"],
        candidates: [{ externalId: "k", name: "K", email: "k@x.example", addedBy: "Rene\u0301" }],
        applications: [],
      }),
    ).toEqual([`users[3].externalId | repeats users[2].externalId: "Ren\u00E9"`]);
  });

  test("hiring team entry, unless the role is another", () => {
    const hiringTeam = [
      { user: "ada", role: "RECRUITER" },
      { user: "ada", role: "COORDINATOR" },
      { user: " ada", role: "RECRUITER" },
    ];
    expect(problemsWith({ jobs: [{ ...smallJob("engineer"), hiringTeam }] })).toEqual([
      `jobs[0].hiringTeam[2] | repeats jobs[0].hiringTeam[0]: "ada as RECRUITER"`,
    ]);
  });

  test("interviewer of one activity", () => {
    expect(problemsWith({ jobs: jobsWith({ interviewers: ["ada", "bo", "ada"] }) })).toEqual([
      `${PANEL}.interview.interviewers[2] | repeats ${PANEL}.interview.interviewers[0]: "ada"`,
    ]);
  });
});

describe("a reference that the file does not fulfil", () => {
  const complete = ["users", "offices", "emailTemplates", "scorecardTemplates", "jobs", "candidates"];
  test.each([
    [{ interviewers: ["bo", "zoe"] }, `interviewers[1] | names no user of this file, whose users are complete: "zoe"`],
    [{ office: "moon" }, `office | names no office of this file, whose offices are complete: "moon"`],
    [
      { candidateTemplate: "card" },
      `candidateTemplate | names no email template of this file, whose emailTemplates are complete: "card"`,
    ],
    [
      { interviewerTemplate: "x" },
      `interviewerTemplate | names no email template of this file, whose emailTemplates are complete: "x"`,
    ],
    [
      { scorecard: { template: "invite" } },
      `scorecard.template | names no scorecard template of this file, whose scorecardTemplates are complete: "invite"`,
    ],
  ])("is refused when the list is complete, else may lead to what is stored: %j", (parts, problem) => {
    expect(problemsWith({ complete, jobs: jobsWith(parts) })).toEqual([`${PANEL}.interview.${problem}`]);
    expect(problemsWith({ jobs: jobsWith(parts) })).toEqual([]);
  });

  test("to a user of a hiring team, to who added a candidate", () => {
    const jobs = [smallJob("engineer"), { ...smallJob("designer"), hiringTeam: [{ user: "zoe", role: "RECRUITER" }] }];
    const [cleo] = smallFile().candidates;
    const parts = { jobs, candidates: [{ ...cleo, addedBy: "zoe" }] };
    expect(problemsWith({ ...parts, complete })).toEqual([
      `jobs[1].hiringTeam[0].user | names no user of this file, whose users are complete: "zoe"`,
      `candidates[0].addedBy | names no user of this file, whose users are complete: "zoe"`,
    ]);
    expect(problemsWith(parts)).toEqual([]);
  });

  const applications: [string, object, string[]][] = [
    [
      "candidate",
      { candidate: "dan" },
      [`candidate | names no candidate of this file, whose candidates are complete: "dan"`],
    ],
    [
      "job, whose stage cannot be judged then",
      { job: "chef" },
      [`job | names no job of this file, whose jobs are complete: "chef"`],
    ],
    ["stage", { currentStage: "moon" }, [`currentStage | names no stage of job "engineer": "moon"`]],
    [
      "stage of another job",
      { currentStage: "designer-talks" },
      [`currentStage | names no stage of job "engineer": "designer-talks"`],
    ],
  ];
  test.each(applications)("to the %s of an application", (_, parts, problems) => {
    const [application] = smallFile().applications;
    expect(problemsWith({ complete, applications: [{ ...application, ...parts }] })).toEqual(
      problems.map((problem) => `applications[0].${problem}`),
    );
  });

  test("to a stage, when the job is of the file: a job brings all of its stages", () => {
    const [application] = smallFile().applications;
    expect(problemsWith({ applications: [{ ...application, currentStage: "moon" }] })).toEqual([
      `applications[0].currentStage | names no stage of job "engineer": "moon"`,
    ]);
  });
});

describe("complete", () => {
  test("a list that is complete must be there, be it empty", () => {
    const { offices: _, ...file } = smallFile();
    expect(problemsOf({ ...file, complete: ["users", "offices"], jobs: [], applications: [] })).toEqual([
      "complete[1] | says that offices is complete, and the file has no such list",
    ]);
    expect(problemsOf({ ...file, complete: ["offices"], offices: [], jobs: [], applications: [] })).toEqual([]);
  });

  test("a list that no file has is refused", () => {
    expect(problemsWith({ complete: ["stages"] })).toEqual([
      `complete[0] | Invalid option: expected one of "users"|"offices"|"emailTemplates"|"scorecardTemplates"|"jobs"|"candidates"|"applications"`,
    ]);
  });
});

describe("shape", () => {
  const [ada] = smallFile().users;
  const users: [string, object, string[]][] = [
    ["time zone", { timezone: "Mars/Olympus" }, ["timezone | is not a zone of the IANA tz database"]],
    [
      "role",
      { role: "BOSS" },
      [
        `role | Invalid option: expected one of "SUPER_ADMIN"|"ADMIN"|"RECRUITER"|"HIRING_MANAGER"|"ORGANIZATION_MEMBER"|"EXTERNAL_COLLABORATOR"`,
      ],
    ],
    ["U+0000", { name: "A\u0000" }, ["name | contains a character that cannot be stored"]],
    ["half a surrogate pair", { name: "A\uD800" }, ["name | contains a character that cannot be stored"]],
    ["missing name", { name: undefined }, ["name | Invalid input: expected string, received undefined"]],
    [
      "working hours",
      { workingHours: [{ weekday: 1, start: "17:00", end: "9:00" }] },
      ["workingHours[0].end | is not a wall-clock time such as 09:00"],
    ],
    [
      "working hours that begin at the end of a day",
      { workingHours: [{ weekday: 1, start: "24:00", end: "09:00" }] },
      ["workingHours[0].start | is not a wall-clock time such as 09:00"],
    ],
    [
      "overrides of a date that does not exist, and of one date twice",
      {
        workingHoursOverrides: ["2027-02-29", "2027-03-01", "2027-03-01"].map((date) => ({ date, spans: [] })),
      },
      [
        "workingHoursOverrides[0].date | is not a date such as 2027-03-01",
        "workingHoursOverrides[2].date | comes twice: 2027-03-01",
      ],
    ],
    [
      "time off that is no local time, or does not last",
      {
        timeOff: [
          { start: "2027-03-01T09:00Z", end: "2027-04-30T09:00" },
          { start: "2027-02-01T09:00", end: "2027-02-29T09:00" },
          { start: "2027-03-02T09:00", end: "2027-03-02T09:00" },
        ],
      },
      [
        "timeOff[0].start | is not a wall-clock time such as 2027-03-01T09:00",
        "timeOff[1].end | is not a wall-clock time such as 2027-03-01T09:00",
        "timeOff[2].end | is not after start",
      ],
    ],
  ];
  test.each(users)("%s of a user", (_, parts, problems) => {
    expect(problemsWith({ users: [{ ...ada, ...parts }, smallFile().users[1]] })).toEqual(
      problems.map((problem) => `users[0].${problem}`),
    );
  });

  test("unknown key, at any depth", () => {
    expect(problemsWith({ jobs: jobsWith({ colour: "red" }), extra: 1 })).toEqual([
      `${PANEL}.interview | Unrecognized key: "colour"`,
      ` | Unrecognized key: "extra"`,
    ]);
  });

  test("placeholder that does not exist", () => {
    const [invite] = smallFile().emailTemplates;
    expect(problemsWith({ emailTemplates: [{ ...invite, body: "{{candidate_name}} {{shoe_size}}" }] })).toEqual([
      `emailTemplates[0].body | knows no placeholder shoe_size; there are ${PLACEHOLDERS.join(", ")}`,
    ]);
  });

  test("interview on an activity of another type", () => {
    const [job] = jobsWith({});
    const activity = { externalId: "mail", name: "Mail", type: "EMAIL", interview: {} };
    const stages = [{ externalId: "only", name: "Only", milestone: "OFFER", activities: [activity] }];
    expect(problemsWith({ jobs: [{ ...job, interviewPlan: { name: "Plan", stages } }], applications: [] })).toEqual([
      "jobs[0].interviewPlan.stages[0].activities[0].interview | is allowed only on an INTERVIEW activity",
    ]);
  });
});

describe("bounds: the last that is accepted, the first that is refused", () => {
  const [ada, bo] = smallFile().users;
  const [hq] = smallFile().offices;
  const [invite] = smallFile().emailTemplates;
  const [card] = smallFile().scorecardTemplates;
  const [cleo] = smallFile().candidates;
  const [applied] = smallFile().applications;
  const [engineer] = smallFile().jobs;
  const user = (parts: object) => ({ users: [{ ...ada, ...parts }, bo] });
  const hours = (span: object) => user({ workingHours: [{ weekday: 1, start: "09:00", end: "17:00", ...span }] });
  const spans = (count: number) => Array.from({ length: count }, () => ({ start: "09:00", end: "10:00" }));
  const job = (parts: object) => ({ jobs: [{ ...engineer, ...parts }, smallJob("designer")] });
  const interview = (parts: object) => ({ jobs: jobsWith(parts) });
  const scorecard = (parts: object) => interview({ scorecard: { template: "card", ...parts } });
  const stagesOf = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      return {
        externalId: index === 0 ? "engineer-talks" : `stage-${index}`,
        name: "Stage",
        milestone: "INTERVIEW",
        activities: [],
      };
    });
  const activitiesOf = (count: number) => {
    const activities = Array.from({ length: count }, (_, index) => ({
      externalId: `mail-${index}`,
      name: "Mail",
      type: "EMAIL",
    }));
    return [{ externalId: "engineer-talks", name: "Talks", milestone: "INTERVIEW", activities }];
  };
  const planWith = (stages: object[]) => job({ interviewPlan: { name: "Plan", stages } });
  const members = (count: number) => {
    const users = Array.from({ length: count }, (_, index) => ({
      ...ada,
      externalId: `u-${index}`,
      email: `u-${index}@example.com`,
    }));
    return {
      users: [ada, bo, ...users],
      ...job({ hiringTeam: users.map(({ externalId }) => ({ user: externalId, role: "RECRUITER" })) }),
    };
  };
  const panel = (count: number) => {
    const { users } = members(count);
    return { users, ...interview({ interviewers: users.slice(2).map((one) => one?.externalId) }) };
  };
  /** An address of so many characters, each part within its own bounds. */
  const address = (length: number) => {
    const domain = `${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(57)}.com`;
    return `${"a".repeat(length - domain.length - 1)}@${domain}`;
  };
  const texts: [what: string, max: number, parts: (text: string) => object, path: string][] = [
    ["the name of the account", 200, (name) => ({ account: { externalId: "small", name } }), "account.name"],
    [
      "the external id of the account",
      200,
      (externalId) => ({ account: { externalId, name: "S" } }),
      "account.externalId",
    ],
    ["the name of a user", 200, (name) => user({ name }), "users[0].name"],
    ["the name of an office", 200, (name) => ({ offices: [{ ...hq, name }] }), "offices[0].name"],
    ["the address of an office", 500, (text) => ({ offices: [{ ...hq, address: text }] }), "offices[0].address"],
    ["the name of a template", 200, (name) => ({ emailTemplates: [{ ...invite, name }] }), "emailTemplates[0].name"],
    [
      "the subject of a template",
      300,
      (subject) => ({ emailTemplates: [{ ...invite, subject }] }),
      "emailTemplates[0].subject",
    ],
    ["the body of a template", 20_000, (body) => ({ emailTemplates: [{ ...invite, body }] }), "emailTemplates[0].body"],
    [
      "the name of a scorecard",
      200,
      (name) => ({ scorecardTemplates: [{ ...card, name }] }),
      "scorecardTemplates[0].name",
    ],
    ["the title of a job", 200, (title) => job({ title }), "jobs[0].title"],
    ["the department of a job", 200, (department) => job({ department }), "jobs[0].department"],
    ["the name of an interview", 200, (name) => interview({ name }), `${PANEL}.interview.name`],
    [
      "a HackerRank template",
      200,
      (id) => interview({ hackerrankTemplateId: id }),
      `${PANEL}.interview.hackerrankTemplateId`,
    ],
    [
      "the feedback wanted",
      2_000,
      (text) => scorecard({ feedbackDescription: text }),
      `${PANEL}.interview.scorecard.feedbackDescription`,
    ],
    [
      "the rating wanted",
      2_000,
      (text) => scorecard({ ratingDescription: text }),
      `${PANEL}.interview.scorecard.ratingDescription`,
    ],
    ["the name of a candidate", 200, (name) => ({ candidates: [{ ...cleo, name }] }), "candidates[0].name"],
    [
      "the external id of an application",
      200,
      (externalId) => ({ applications: [{ ...applied, externalId }] }),
      "applications[0].externalId",
    ],
  ];
  test.each(texts)("%s has from 1 to %d characters", (_what, max, parts, path) => {
    expect(problemsWith(parts("x"))).toEqual([]);
    expect(problemsWith(parts("x".repeat(max)))).toEqual([]);
    expect(problemsWith(parts("x".repeat(max + 1)))).toEqual([
      `${path} | Too big: expected string to have <=${max} characters`,
    ]);
    for (const empty of ["", "  "]) {
      expect(problemsWith(parts(empty))).toEqual([`${path} | Too small: expected string to have >=1 characters`]);
    }
  });

  test.each([
    ["a user", (email: string) => user({ email }), "users[0].email"],
    ["a user's calendar", (email: string) => user({ calendarAddress: email }), "users[0].calendarAddress"],
    ["a candidate", (email: string) => ({ candidates: [{ ...cleo, email }] }), "candidates[0].email"],
  ])("the e-mail address of %s has up to 254 characters", (_whose, parts, path) => {
    expect(address(254)).toHaveLength(254);
    expect(problemsWith(parts(address(254)))).toEqual([]);
    expect(problemsWith(parts(address(255)))).toEqual([`${path} | Too big: expected string to have <=254 characters`]);
  });

  const accepted: [what: string, parts: object][] = [
    ["5 minutes", interview({ durationMinutes: 5 })],
    ["1440 minutes", interview({ durationMinutes: 1440 })],
    ["work on Mondays", hours({ weekday: 1 })],
    ["work on Sundays", hours({ weekday: 7 })],
    ["work from midnight to midnight", hours({ start: "00:00", end: "24:00" })],
    ["work for a minute", hours({ start: "23:58", end: "23:59" })],
    ["work until the next morning", hours({ start: "22:00", end: "06:00" })],
    ["no interviews", user({ maxInterviewsPerDay: 0, maxInterviewsPerWeek: 0, bufferMinutes: 0 })],
    ["many interviews", user({ maxInterviewsPerDay: 50, maxInterviewsPerWeek: 200, bufferMinutes: 240 })],
    ["10 spans on one date", user({ workingHoursOverrides: [{ date: "2028-02-29", spans: spans(10) }] })],
    ["a minute off", user({ timeOff: [{ start: "2027-03-01T09:00", end: "2027-03-01T09:01" }] })],
    [
      "50 spans of work",
      user({ workingHours: Array.from({ length: 50 }, () => ({ weekday: 1, start: "09:00", end: "10:00" })) }),
    ],
    ["ten interviewers", panel(10)],
    ["200 members of a team", members(200)],
    ["one stage", planWith(stagesOf(1))],
    ["50 stages", planWith(stagesOf(50))],
    ["100 activities", planWith(activitiesOf(100))],
  ];
  test.each(accepted)("%s: accepted", (_what, parts) => {
    expect(problemsWith(parts)).toEqual([]);
  });

  const stages = "jobs[0].interviewPlan.stages";
  const clock = "is not a wall-clock time such as 09:00";
  const refused: [what: string, parts: object, problem: string][] = [
    [
      "4 minutes",
      interview({ durationMinutes: 4 }),
      `${PANEL}.interview.durationMinutes | Too small: expected number to be >=5`,
    ],
    [
      "1441 minutes",
      interview({ durationMinutes: 1441 }),
      `${PANEL}.interview.durationMinutes | Too big: expected number to be <=1440`,
    ],
    [
      "half a minute",
      interview({ durationMinutes: 30.5 }),
      `${PANEL}.interview.durationMinutes | Invalid input: expected int, received number`,
    ],
    ["day 0", hours({ weekday: 0 }), "users[0].workingHours[0].weekday | Too small: expected number to be >=1"],
    ["day 8", hours({ weekday: 8 }), "users[0].workingHours[0].weekday | Too big: expected number to be <=7"],
    ["work until 24:01", hours({ end: "24:01" }), `users[0].workingHours[0].end | ${clock}`],
    ["work until 23:60", hours({ end: "23:60" }), `users[0].workingHours[0].end | ${clock}`],
    ["work until 25:00", hours({ end: "25:00" }), `users[0].workingHours[0].end | ${clock}`],
    ["work until 17:00:00", hours({ end: "17:00:00" }), `users[0].workingHours[0].end | ${clock}`],
    [
      "work from nine to nine",
      hours({ start: "09:00", end: "09:00" }),
      "users[0].workingHours[0].end | is the start: a whole day is 00:00 to 24:00",
    ],
    [
      "less than no interviews",
      user({ maxInterviewsPerDay: -1 }),
      "users[0].maxInterviewsPerDay | Too small: expected number to be >=0",
    ],
    [
      "51 interviews a day",
      user({ maxInterviewsPerDay: 51 }),
      "users[0].maxInterviewsPerDay | Too big: expected number to be <=50",
    ],
    [
      "201 interviews a week",
      user({ maxInterviewsPerWeek: 201 }),
      "users[0].maxInterviewsPerWeek | Too big: expected number to be <=200",
    ],
    [
      "a buffer of 241 minutes",
      user({ bufferMinutes: 241 }),
      "users[0].bufferMinutes | Too big: expected number to be <=240",
    ],
    [
      "11 spans on one date",
      user({ workingHoursOverrides: [{ date: "2027-03-01", spans: spans(11) }] }),
      "users[0].workingHoursOverrides[0].spans | Too big: expected array to have <=10 items",
    ],
    [
      "51 spans of work",
      user({ workingHours: Array.from({ length: 51 }, () => ({ weekday: 1, start: "09:00", end: "10:00" })) }),
      "users[0].workingHours | Too big: expected array to have <=50 items",
    ],
    ["eleven interviewers", panel(11), `${PANEL}.interview.interviewers | Too big: expected array to have <=10 items`],
    ["201 members of a team", members(201), "jobs[0].hiringTeam | Too big: expected array to have <=200 items"],
    ["51 stages", planWith(stagesOf(51)), `${stages} | Too big: expected array to have <=50 items`],
    [
      "101 activities",
      planWith(activitiesOf(101)),
      `${stages}[0].activities | Too big: expected array to have <=100 items`,
    ],
  ];
  test.each(refused)("%s: refused", (_what, parts, problem) => {
    expect(problemsWith(parts)).toEqual([problem]);
  });

  test("a plan without stages: refused", () => {
    expect(problemsWith({ ...planWith([]), applications: [] })).toEqual([
      `${stages} | Too small: expected array to have >=1 items`,
    ]);
  });

  test("100,000 objects of a kind: accepted; one more: refused", () => {
    const cards = (count: number) => ({
      scorecardTemplates: Array.from({ length: count }, (_, index) => ({
        ...card,
        externalId: index === 0 ? "card" : `card-${index}`,
      })),
    });
    expect(problemsWith(cards(100_000))).toEqual([]);
    expect(problemsWith(cards(100_001))).toEqual([
      "scorecardTemplates | Too big: expected array to have <=100000 items",
    ]);
  });
});

test("everything that is wrong comes at once, references too when the shape is wrong", () => {
  const [ada, bo] = smallFile().users;
  const [cleo] = smallFile().candidates;
  expect(
    problemsWith({
      complete: ["offices"],
      users: [{ ...ada, timezone: "Nowhere" }, { ...bo, email: "bo" }, "zoe"],
      jobs: jobsWith({ durationMinutes: 4, office: "moon" }),
      candidates: [
        { ...cleo, addedBy: "zoe" },
        { ...cleo, addedBy: 7 },
      ],
    }),
  ).toEqual([
    "users[0].timezone | is not a zone of the IANA tz database",
    "users[1].email | cannot be used as an e-mail address: it has no @",
    "users[2] | Invalid input: expected object, received string",
    `${PANEL}.interview.durationMinutes | Too small: expected number to be >=5`,
    "candidates[1].addedBy | Invalid input: expected string, received number",
    `candidates[1].externalId | repeats candidates[0].externalId: "cleo"`,
    `${PANEL}.interview.office | names no office of this file, whose offices are complete: "moon"`,
  ]);
});

test.each([null, 7, "file", [], { users: 5, jobs: [null, { interviewPlan: { stages: {} } }] }])(
  "a value that is no directory is refused: %j",
  (value) => {
    expect(checkDirectory(value)).toMatchObject({ ok: false });
  },
);
