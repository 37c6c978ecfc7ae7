-- What the native API needs: names and ids of credentials, replies kept for repeated calls, the
-- audit log, and who may sign in to the portal.

-- An id tells a token in lists and in the audit log, where the token itself must not stand. Nodes of
-- the version before make tokens without one.
ALTER TABLE api_token ADD COLUMN id {text} NOT NULL DEFAULT '';
ALTER TABLE api_token ADD COLUMN name {text} NOT NULL DEFAULT '';
UPDATE api_token SET id = {id_of_fingerprint};
CREATE UNIQUE INDEX api_token_id ON api_token (id) WHERE id <> '';

-- A secret that was rotated opens embed tokens until this moment; without one, for good.
ALTER TABLE embed_secret ADD COLUMN retires_at_us {integer};

-- The index of levels also tells demo customers, so that customers are counted without their rows.
DROP INDEX customer_level;
CREATE INDEX customer_level ON customer (group_id, level_id, id, is_demo);
-- For lists of what has changed since a moment.
CREATE INDEX customer_updated ON customer (group_id, updated_at_us, id);

-- One row per call that came with an idempotency key, with its sealed reply.
CREATE TABLE idempotency_record (
  credential      {text} NOT NULL,
  route           {text} NOT NULL,
  idempotency_key {text} NOT NULL,
  payload_hash    {bytes} NOT NULL,
  recorded_at_us  {integer} NOT NULL,
  status          {integer} NOT NULL,
  body_sealed     {bytes} NOT NULL,
  PRIMARY KEY (credential, route, idempotency_key)
) {strict_keyed};
CREATE INDEX idempotency_record_time ON idempotency_record (recorded_at_us);

-- Who changed what. Nothing here refers to other tables: the log outlives what it tells of. States
-- are JSON and hold no secret.
CREATE TABLE audit_entry (
  id            {key},
  at_us         {integer} NOT NULL,
  actor         {text} NOT NULL,
  address       {text},
  request_id    {text},
  action        {text} NOT NULL,
  kind          {text} NOT NULL,
  group_name    {text},
  subject       {text} NOT NULL,
  before_state  {text},
  after_state   {text}
) {strict};
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);

-- Addresses that may sign in to the portal of a customer's dashboard, in lower case.
CREATE TABLE portal_access (
  customer_id  {integer} NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  dashboard_id {integer} NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
  email        {text} NOT NULL,
  PRIMARY KEY (customer_id, dashboard_id, email)
) {strict_keyed};
