-- What must hold in every database of the gateway at rest. Each query is named by the comment above it, and must return
-- no row. Runs as it is: psql "$DATABASE_URL" -f test/reliability/invariants.sql
--
-- The suite fills this table with what the provider double has done; elsewhere it stays empty.
create temporary table if not exists provider_effects (
  account_id uuid not null,
  -- In the order of performing.
  position int not null,
  -- <interview>/<artifact>/<revision>
  effect_key text not null,
  kind text not null,
  -- What a person sees of it: the meeting, the entry in the calendar, the message in the inbox.
  visible text not null,
  -- What was asked for; of a message, what its calendar part says.
  content jsonb not null
);

-- What the ledger says to exist: the last effect on each artifact that was not refused.
create or replace temporary view present_artifacts as
select distinct on (account_id, interview_id, artifact) *
from provisioning_effects where state <> 'REFUSED'
order by account_id, interview_id, artifact, revision desc;

-- What exists at the provider: the last that was done to each conference and each event.
create or replace temporary view provider_artifacts as
select account_id, split_part(effect_key, '/', 1) as interview_id,
  regexp_replace(effect_key, '^[^/]+/(.*)/[0-9]+$', '\1') as artifact, content
from (
  select distinct on (account_id, regexp_replace(effect_key, '/[0-9]+$', '')) *
  from provider_effects where kind <> 'messages'
  order by account_id, regexp_replace(effect_key, '/[0-9]+$', ''), position desc
) last
where kind not like '%/remove';

-- The mails about one interview in one mailbox, in the order of their delivery.
create or replace temporary view provider_mails as
select account_id, content->>'uid' as interview_id, content->>'to' as mailbox, position,
  content->>'method' as method, (content->>'sequence')::int as sequence, content->>'status' as status,
  (content->>'startsAt')::timestamptz as starts_at, (content->>'endsAt')::timestamptz as ends_at
from provider_effects where kind = 'messages';

-- name: an interview without its created event
select interview.account_id, interview.id
from interviews interview
where not exists (
    select from events event
    where event.account_id = interview.account_id and event.subject_id = interview.id and event.type = 'INTERVIEW_CREATED'
  );

-- name: an interview of an account that has no event counter
select interview.account_id, interview.id
from interviews interview
where not exists (select from event_counters counter where counter.account_id = interview.account_id);

-- name: an interview that was created twice
select account_id, subject_id, count(*)
from events where type = 'INTERVIEW_CREATED'
group by account_id, subject_id having count(*) > 1;

-- name: an interview that two idempotency keys created
select account_id, subject_id, count(*)
from idempotency_keys where operation = 'createInterview'
group by account_id, subject_id having count(*) > 1;

-- name: a pending interview without a task
select interview.account_id, interview.id
from interviews interview
where interview.provisioning_state = 'PENDING'
  and not exists (
    select from pgboss.job task
    where task.data->'payload'->>'interviewId' = interview.id::text and task.state in ('created', 'retry', 'active')
  );

-- name: a pending interview whose next attempt was never planned
select interview.account_id, interview.id
from interviews interview join provisionings attempt on attempt.account_id = interview.account_id and attempt.interview_id = interview.id
where interview.provisioning_state = 'PENDING' and attempt.attempts > 0 and attempt.next_attempt_at is null;

-- name: an external interview with a task
select interview.account_id, interview.id, task.id as task_id
from interviews interview join pgboss.job task on task.data->'payload'->>'interviewId' = interview.id::text
where interview.external;

-- name: an external interview with an effect, an attempt or an outcome of provisioning
select interview.account_id, interview.id
from interviews interview
where interview.external and (
  exists (
    select from provisioning_effects effect where effect.account_id = interview.account_id and effect.interview_id = interview.id
  )
  or exists (select from provisionings attempt where attempt.account_id = interview.account_id and attempt.interview_id = interview.id)
  or exists (
    select from events event where event.account_id = interview.account_id and event.subject_id = interview.id
      and event.type in ('INTERVIEW_PROVISIONED', 'INTERVIEW_PROVISIONING_FAILED')
  )
);

-- name: two provisioned events for one version
select account_id, subject_id, subject_version, count(*)
from events where type = 'INTERVIEW_PROVISIONED'
group by account_id, subject_id, subject_version having count(*) > 1;

-- name: a provisioned interview without its event, or the event without the state
select interview.account_id, interview.id, interview.provisioning_state
from interviews interview
left join lateral (
  select event.type from events event
  where event.account_id = interview.account_id and event.subject_id = interview.id
    and event.type in ('INTERVIEW_PROVISIONED', 'INTERVIEW_PROVISIONING_FAILED')
  order by event.sequence desc limit 1
) ended on true
where interview.outcome is distinct from 'CANCELLED'
  and case interview.provisioning_state
    when 'PROVISIONED' then ended.type is distinct from 'INTERVIEW_PROVISIONED'
    when 'FAILED' then ended.type is distinct from 'INTERVIEW_PROVISIONING_FAILED'
  end;

-- name: a provisioned interview that lacks something outside
select interview.account_id, interview.id, wanted.artifact
from interviews interview
join candidates candidate on candidate.account_id = interview.account_id and candidate.id = interview.candidate_id
join users organizer on organizer.account_id = interview.account_id and organizer.id = interview.organizer_id
cross join lateral (
  select 'conference/' || interview.location as artifact where interview.location not in ('ONSITE', 'PHONE')
  union all select 'calendar-event/%'
  union all select 'invitation/candidate/%' where candidate.email <> coalesce(organizer.calendar_address, organizer.email)
  union all select 'invitation/' || seat.user_id || '/%'
  from interviewers seat
  join users person on person.account_id = seat.account_id and person.id = seat.user_id
  where seat.account_id = interview.account_id and seat.interview_id = interview.id and seat.user_id <> interview.organizer_id
    and coalesce(organizer.calendar_address, organizer.email) not in (person.email, coalesce(person.calendar_address, person.email))
) wanted
where interview.provisioning_state = 'PROVISIONED' and interview.outcome is distinct from 'CANCELLED'
  and interview.provisioned_at < interview.ends_at
  and not exists (
    select from present_artifacts present
    where present.account_id = interview.account_id and present.interview_id = interview.id
      and present.artifact like wanted.artifact and present.action = 'PUT' and present.state = 'DONE'
  );

-- name: a settled interview with something outside that should not be there
select interview.account_id, interview.id, present.artifact
from interviews interview
join present_artifacts present on present.account_id = interview.account_id and present.interview_id = interview.id
where interview.provisioning_state = 'PROVISIONED' and present.action = 'PUT'
  and case
    when interview.outcome = 'CANCELLED' then
      present.artifact not like 'invitation/%' or interview.provisioned_at < interview.ends_at
    when present.artifact like 'conference/%' then present.artifact <> 'conference/' || interview.location
    when present.artifact like 'invitation/candidate/%' or interview.provisioned_at >= interview.ends_at then false
    when present.artifact like 'invitation/%' then not exists (
      select from interviewers seat
      where seat.account_id = interview.account_id and seat.interview_id = interview.id
        and seat.user_id::text = split_part(present.artifact, '/', 2)
    )
  end;

-- name: a settled interview with an effect of unknown fate
select interview.account_id, interview.id, effect.artifact, effect.revision
from interviews interview
join provisioning_effects effect on effect.account_id = interview.account_id and effect.interview_id = interview.id
where interview.provisioning_state = 'PROVISIONED' and effect.state = 'STARTED';

-- name: a withdrawal of what never was, or a second withdrawal
select account_id, interview_id, artifact, revision
from (
  select *, lag(action) over (partition by account_id, interview_id, artifact order by revision) as before
  from provisioning_effects where state in ('STARTED', 'DONE')
) effect
where action = 'REMOVE' and before is distinct from 'PUT'
  and not exists (
    select from provisioning_effects uncertain
    where uncertain.account_id = effect.account_id and uncertain.interview_id = effect.interview_id
      and uncertain.artifact = effect.artifact and uncertain.state = 'UNCERTAIN'
  );

-- name: a person who was sent a sequence that falls, or one method twice under one sequence
select account_id, interview_id, artifact, revision
from (
  select *, (request #>> '{meeting,sequence}')::int as sequence,
    lag((request #>> '{meeting,sequence}')::int) over sent as sequence_before, lag(action) over sent as action_before
  from provisioning_effects where artifact like 'invitation/%' and state = 'DONE'
  window sent as (partition by account_id, interview_id, artifact order by revision)
) effect
where sequence < sequence_before or (sequence = sequence_before and action = action_before);

-- name: a cancelled interview that holds seats
select interview.account_id, interview.id, seat.user_id
from interviews interview
join interviewers seat on seat.account_id = interview.account_id and seat.interview_id = interview.id
where interview.outcome = 'CANCELLED' and seat.claim <> 'RELEASED';

-- name: a hole or a repeat in an account's event numbers
select counter.account_id, counter.pruned_sequence, counter.last_sequence, count(event.sequence) as events,
  min(event.sequence) as first, max(event.sequence) as last
from event_counters counter left join events event using (account_id)
group by counter.account_id, counter.pruned_sequence, counter.last_sequence
having count(event.sequence) <> counter.last_sequence
  or count(distinct event.sequence) <> count(event.sequence)
  or min(event.sequence) <> 1
  or max(event.sequence) <> counter.last_sequence
  or counter.pruned_sequence not between 0 and counter.last_sequence;

-- name: an event of an account that has no counter, or an id that two events share
select account_id, id::text, count(*) from events
group by account_id, id having count(*) > 1
union all
select event.account_id, min(event.id::text), count(*) from events event
where not exists (select from event_counters counter where counter.account_id = event.account_id)
group by event.account_id;

-- name: an event whose version lies beyond the interview's
select event.account_id, event.sequence, event.subject_version, interview.version
from events event join interviews interview on interview.account_id = event.account_id and interview.id = event.subject_id
where event.subject_version > interview.version;

-- name: an interview whose events do not tell its versions one by one
select interview.account_id, interview.id, interview.version, told.versions
from interviews interview
cross join lateral (
  select array_agg(event.subject_version order by event.sequence) as versions
  from events event where event.account_id = interview.account_id and event.subject_id = interview.id
) told
where told.versions is distinct from (select array_agg(version) from generate_series(1, interview.version) version);

-- name: an effect key that was used twice
select effect_key, count(*) from provider_effects group by effect_key having count(*) > 1;

-- name: an effect that somebody saw twice
select account_id, kind, visible, count(*), min(effect_key), max(effect_key)
from provider_effects
group by account_id, kind, visible having count(*) > 1;

-- name: a finished effect that the provider never performed
select account_id, interview_id, artifact, revision
from provisioning_effects effect
where state = 'DONE' and exists (select from provider_effects)
  and not exists (
    select from provider_effects performed
    where performed.account_id = effect.account_id
      and performed.effect_key = concat_ws('/', effect.interview_id, effect.artifact, effect.revision)
  );

-- name: an effect of a settled interview that its ledger does not know
select performed.account_id, performed.effect_key
from provider_effects performed
join interviews interview
  on interview.account_id = performed.account_id and interview.id::text = split_part(performed.effect_key, '/', 1)
where interview.provisioning_state = 'PROVISIONED'
  and not exists (
    select from provisioning_effects effect
    where effect.account_id = performed.account_id and effect.state in ('DONE', 'UNCERTAIN')
      and performed.effect_key = concat_ws('/', effect.interview_id, effect.artifact, effect.revision)
  );

-- name: a seat whose times differ from the interview's
select seat.account_id, seat.interview_id, seat.user_id
from interviewers seat join interviews interview on interview.account_id = seat.account_id and interview.id = seat.interview_id
where (seat.starts_at, seat.ends_at) <> (interview.starts_at, interview.ends_at);

-- name: an interview without a seat
select interview.account_id, interview.id
from interviews interview
where not exists (
  select from interviewers seat where seat.account_id = interview.account_id and seat.interview_id = interview.id
);

-- name: two exclusive seats of one interviewer that overlap
select one.account_id, one.user_id, one.interview_id, other.interview_id as other_interview_id
from interviewers one join interviewers other
  on other.account_id = one.account_id and other.user_id = one.user_id and other.interview_id > one.interview_id
  and other.starts_at < one.ends_at and other.ends_at > one.starts_at
where one.claim = 'EXCLUSIVE' and other.claim = 'EXCLUSIVE';

-- name: a conference or an event at the provider of which a settled interview's ledger does not know
select outside.account_id, outside.interview_id, outside.artifact
from provider_artifacts outside
join interviews interview on interview.account_id = outside.account_id and interview.id::text = outside.interview_id
where interview.provisioning_state = 'PROVISIONED' and not exists (
  select from present_artifacts present
  where present.account_id = outside.account_id and present.interview_id::text = outside.interview_id
    and present.artifact = outside.artifact and present.action = 'PUT'
);

-- name: a conference or an event of a settled interview that is at the provider at another time, or not at all
select present.account_id, present.interview_id, present.artifact
from present_artifacts present
join interviews interview on interview.account_id = present.account_id and interview.id = present.interview_id
where interview.provisioning_state = 'PROVISIONED' and interview.outcome is distinct from 'CANCELLED'
  and present.action = 'PUT' and present.artifact not like 'invitation/%' and exists (select from provider_effects)
  and not exists (
    select from provider_artifacts outside
    where outside.account_id = present.account_id and outside.interview_id = present.interview_id::text
      and outside.artifact = present.artifact and (outside.content->>'startsAt')::timestamptz = interview.starts_at
      and (outside.content->>'endsAt')::timestamptz = interview.ends_at
  );

-- name: a mailbox that was sent a CANCEL without a REQUEST before it
select account_id, interview_id, mailbox
from (
  select *, bool_or(method = 'REQUEST') over (
    partition by account_id, interview_id, mailbox order by position
  ) as was_invited
  from provider_mails
) mail
where not was_invited;

-- name: a mailbox in which a SEQUENCE falls, or has two mails of one method
select account_id, interview_id, mailbox, sequence, method
from (
  select *, lag(sequence) over (partition by account_id, interview_id, mailbox order by position) as sequence_before,
    count(*) over (partition by account_id, interview_id, mailbox, sequence, method) as same
  from provider_mails
) mail
where sequence < sequence_before or same > 1;

-- name: a mailbox that holds another state of a settled interview than its record
select interview.account_id, interview.id, mail.mailbox, mail.method, mail.sequence
from (
  select distinct on (account_id, interview_id, mailbox) * from provider_mails
  order by account_id, interview_id, mailbox, sequence desc, position desc
) mail
join interviews interview on interview.account_id = mail.account_id and interview.id::text = mail.interview_id
join candidates candidate on candidate.account_id = interview.account_id and candidate.id = interview.candidate_id
where interview.provisioning_state = 'PROVISIONED' and interview.provisioned_at < interview.ends_at
  and case
    when interview.outcome = 'CANCELLED' then mail.method = 'REQUEST'
    when mail.mailbox = candidate.email or exists (
      select from interviewers seat
      join users person on person.account_id = seat.account_id and person.id = seat.user_id
      where seat.account_id = interview.account_id and seat.interview_id = interview.id and person.email = mail.mailbox
    ) then mail.method = 'CANCEL' or (mail.starts_at, mail.ends_at) <> (interview.starts_at, interview.ends_at)
    else mail.method = 'REQUEST'
  end;
