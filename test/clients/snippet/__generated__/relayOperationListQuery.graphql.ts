/**
 * @generated SignedSource<<befda34d93d600d47e251245c746fb20>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type relayOperationListQuery$variables = Record<PropertyKey, never>;
export type relayOperationListQuery$data = {
  readonly interviews: {
    readonly asOfCursor: any;
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly name: string | null | undefined;
    }>;
  };
};
export type relayOperationListQuery = {
  response: relayOperationListQuery$data;
  variables: relayOperationListQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Literal",
        "name": "first",
        "value": 100
      }
    ],
    "concreteType": "InterviewConnection",
    "kind": "LinkedField",
    "name": "interviews",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "asOfCursor",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "Interview",
        "kind": "LinkedField",
        "name": "nodes",
        "plural": true,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          },
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
    "storageKey": "interviews(first:100)"
  }
];
return {
  "fragment": {
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "relayOperationListQuery",
    "selections": (v0/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "relayOperationListQuery",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "724df17f0a57778d4ad14f6feb5dcce0",
    "id": null,
    "metadata": {},
    "name": "relayOperationListQuery",
    "operationKind": "query",
    "text": "query relayOperationListQuery {\n  interviews(first: 100) {\n    asOfCursor\n    nodes {\n      id\n      name\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "3d1b5f1410c66bb57f0f33e65842e6e4";

export default node;
