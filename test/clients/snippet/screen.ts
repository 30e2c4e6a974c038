/** What a page does with what it reads; every snippet beside this file fills one. */
export interface Screen {
  /** The list as it is now, in place of what was shown. */
  show(interviews: readonly Interview[]): void;
  /** What has happened since. */
  change(event: InterviewEvent): void;
}

export interface Options {
  /** Of the gateway, such as https://interviews.example.com/graphql. */
  url: string;
  /** A token that is valid now: it is asked for again at each connection. */
  token: () => Promise<string>;
  screen: Screen;
}

export interface Interview {
  id: string;
  name: string | null;
}

export interface InterviewEvent {
  __typename: "InterviewEvent";
  id: string;
  cursor: string;
  sequence: number;
  type: string;
  interview: Interview | null;
}

export interface Listed {
  interviews: { asOfCursor: string; nodes: Interview[] };
}

export interface Followed {
  /** A bookmark has the cursor alone. */
  interviewEvents: InterviewEvent | { __typename: "StreamBookmark"; cursor: string };
}

export const LIST = /* GraphQL */ `
  query List {
    interviews(first: 100) {
      asOfCursor
      nodes {
        id
        name
      }
    }
  }
`;

export const FOLLOW = /* GraphQL */ `
  subscription Follow($after: EventCursor) {
    interviewEvents(after: $after) {
      __typename
      cursor
      ... on InterviewEvent {
        id
        sequence
        type
        interview {
          id
          name
        }
      }
    }
  }
`;
