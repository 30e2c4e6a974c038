/**
 * @generated SignedSource<<023d41627358826dc88b01c54c7102e0>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type InterviewEventType = "CANDIDATE_NO_SHOW_MARKED" | "CANDIDATE_NO_SHOW_UNDONE" | "INTERVIEW_CANCELLED" | "INTERVIEW_CREATED" | "INTERVIEW_PROVISIONED" | "INTERVIEW_PROVISIONING_FAILED" | "INTERVIEW_RESCHEDULED" | "INTERVIEW_RSVP_CHANGED" | "INTERVIEW_UPDATED" | "%future added value";
export type relayOperationFollowSubscription$variables = {
  after?: any | null | undefined;
};
export type relayOperationFollowSubscription$data = {
  readonly interviewEvents: {
    readonly __typename: string;
    readonly cursor: any;
    readonly id?: string;
    readonly interview?: {
      readonly id: string;
      readonly name: string | null | undefined;
    };
    readonly sequence?: number;
    readonly type?: InterviewEventType;
  };
};
export type relayOperationFollowSubscription = {
  response: relayOperationFollowSubscription$data;
  variables: relayOperationFollowSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "after"
  }
],
v1 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v2 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "after",
        "variableName": "after"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "interviewEvents",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "__typename",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "cursor",
        "storageKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          (v1/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "sequence",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "type",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "concreteType": "Interview",
            "kind": "LinkedField",
            "name": "interview",
            "plural": false,
            "selections": [
              (v1/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "name",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "type": "InterviewEvent",
        "abstractKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "relayOperationFollowSubscription",
    "selections": (v2/*:: as any*/),
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "relayOperationFollowSubscription",
    "selections": (v2/*:: as any*/)
  },
  "params": {
    "cacheID": "656313a789f2aa8706b7c77705b7f3ad",
    "id": null,
    "metadata": {},
    "name": "relayOperationFollowSubscription",
    "operationKind": "subscription",
    "text": "subscription relayOperationFollowSubscription(\n  $after: EventCursor\n) {\n  interviewEvents(after: $after) {\n    __typename\n    cursor\n    ... on InterviewEvent {\n      id\n      sequence\n      type\n      interview {\n        id\n        name\n      }\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "ae21b2bbac48b138544df0977178adca";

export default node;
