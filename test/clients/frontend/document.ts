/** What a frontend and a dashboard send: the same text goes to both clients. */

export const CREATE_INTERVIEW = `
  mutation CreateInterview($input: CreateInterviewInput!) {
    createInterview(input: $input) {
      __typename
      ... on CreateInterviewSuccess {
        replayed
        warnings { code message }
        interview { id name startTime timezone location interviewers { user { id name } } provisioning { state } }
      }
      ... on CreateInterviewValid { warnings { code message } }
      ... on ValidationFailed { findings { code path message } }
      ... on InterviewerConflict { conflicts { interviewer { name } } message }
      ... on Problem { code message }
    }
  }
` as const;

export const CREATE_FROM_PLAN = `
  mutation CreateFromPlan(
    $applicationId: ID!
    $organizerId: ID!
    $startTime: DateTimeInput!
    $timezone: TimeZone!
    $plan: PlanInterviewInput!
  ) {
    createInterview(
      input: {
        applicationId: $applicationId
        organizerId: $organizerId
        startTime: $startTime
        timezone: $timezone
        mode: { plan: $plan }
      }
    ) {
      __typename
      ... on CreateInterviewSuccess { interview { id } }
    }
  }
` as const;

export const CREATE_AD_HOC = `
  mutation CreateAdHoc(
    $applicationId: ID!
    $organizerId: ID!
    $startTime: DateTimeInput!
    $timezone: TimeZone!
    $adHoc: AdHocInterviewInput!
  ) {
    createInterview(
      input: {
        applicationId: $applicationId
        organizerId: $organizerId
        startTime: $startTime
        timezone: $timezone
        mode: { adHoc: $adHoc }
      }
    ) {
      __typename
      ... on CreateInterviewSuccess { interview { id } }
    }
  }
` as const;

export const CREATE_EXTERNAL = `
  mutation CreateExternal(
    $applicationId: ID!
    $organizerId: ID!
    $startTime: DateTimeInput!
    $timezone: TimeZone!
    $external: ExternalInterviewInput!
  ) {
    createInterview(
      input: {
        applicationId: $applicationId
        organizerId: $organizerId
        startTime: $startTime
        timezone: $timezone
        mode: { external: $external }
      }
    ) {
      __typename
      ... on CreateInterviewSuccess { interview { id external { source } } }
    }
  }
` as const;

export const INTERVIEWS = `
  query Interviews($first: Int, $after: String) {
    interviews(first: $first, after: $after) {
      asOfCursor
      pageInfo { hasNextPage endCursor }
      nodes {
        id
        name
        startTime
        status
        organizer { name }
        office { name timezone }
        candidate { name }
        job { title }
        stage { name }
        candidateTemplate { name }
        stageActivity { name configuration { durationMinutes interviewers { name } } }
        interviewers { user { name email } rsvp }
        provisioning { state attempts lastError { code retryable } nextAttemptAt }
      }
    }
  }
` as const;

export const INTERVIEW_EVENTS = `
  subscription InterviewEvents($after: EventCursor, $filter: InterviewFilter, $types: [InterviewEventType!]) {
    interviewEvents(after: $after, filter: $filter, types: $types) {
      __typename
      cursor
      occurredAt
      ... on InterviewEvent {
        id
        sequence
        type
        interview { id name version }
      }
    }
  }
` as const;

export const INTERVIEW_PROVISIONED = `
  subscription InterviewProvisioned($after: EventCursor) {
    interviewProvisioned(after: $after) {
      cursor
      failure { code message }
      interview { id conferenceUrl provisioning { state provisionedAt } }
    }
  }
` as const;

export const RETRY_PROVISIONING = `
  mutation RetryProvisioning($input: RetryProvisioningInput!) {
    retryProvisioning(input: $input) {
      __typename
      ... on RetryProvisioningSuccess { interview { id provisioning { state } } }
      ... on ValidationFailed { findings { code } }
      ... on Problem { message }
    }
  }
` as const;
