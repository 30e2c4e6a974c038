import { graphql } from "relay-runtime";

// Compiled by relay-compiler into __generated__. With Relay's plugin for your bundler these can stand where they are used.
export const list = () => graphql`
  query relayOperationListQuery {
    interviews(first: 100) {
      asOfCursor
      nodes {
        id
        name
      }
    }
  }
`;

export const follow = () => graphql`
  subscription relayOperationFollowSubscription($after: EventCursor) {
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
