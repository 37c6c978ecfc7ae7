-- Levels, groups, and everything that belongs to the server as a whole.
-- All times are microseconds since 1970-01-01T00:00:00Z; JSON is text.

CREATE TABLE setting (
  name  {text} NOT NULL PRIMARY KEY,
  value {text} NOT NULL
) {strict};

-- Grows with every change of the definitions: groups, levels, environments, schemas, data sources,
-- dashboards. One row.
CREATE TABLE definitions_generation (
  generation {integer} NOT NULL
) {strict};
INSERT INTO definitions_generation (generation) VALUES (1);

-- A smaller rank is nearer the root. Customers name a level, so ranks may move under them.
CREATE TABLE level (
  id   {key},
  name {text} NOT NULL UNIQUE,
  rank {integer} NOT NULL
) {strict};
INSERT INTO level (name, rank) VALUES ('Customer', 0), ('User', 1);

CREATE TABLE visibility_group (
  id   {key},
  name {text} NOT NULL UNIQUE
) {strict};

CREATE TABLE tag (
  id   {key},
  name {text} NOT NULL UNIQUE
) {strict};

CREATE TABLE environment (
  id   {key},
  name {text} NOT NULL UNIQUE
) {strict};

-- Credentials. A fingerprint is a SHA-256; what is sealed opens with the master key alone.

CREATE TABLE admin_key (
  fingerprint   {bytes} NOT NULL PRIMARY KEY,
  created_at_us {integer} NOT NULL
) {strict};

CREATE TABLE api_token (
  fingerprint   {bytes} NOT NULL PRIMARY KEY,
  group_id      {integer} NOT NULL REFERENCES visibility_group (id),
  access        {text} NOT NULL,
  created_at_us {integer} NOT NULL
) {strict};

CREATE TABLE embed_secret (
  id            {text} NOT NULL PRIMARY KEY,
  group_id      {integer} NOT NULL REFERENCES visibility_group (id),
  sealed        {bytes} NOT NULL,
  managed       {integer} NOT NULL,
  created_at_us {integer} NOT NULL
) {strict};
-- One secret per group is made by the server itself.
CREATE UNIQUE INDEX embed_secret_managed ON embed_secret (group_id) WHERE managed = 1;

-- Schemas and data sources.

CREATE TABLE source_schema (
  id                {key},
  name              {text} NOT NULL UNIQUE,
  default_source_id {integer}
) {strict};

CREATE TABLE data_source (
  id                {key},
  name              {text} NOT NULL UNIQUE,
  schema_id         {integer} NOT NULL REFERENCES source_schema (id),
  group_id          {integer} NOT NULL REFERENCES visibility_group (id),
  isolated          {integer} NOT NULL,
  connection_sealed {bytes} NOT NULL,
  revision          {integer} NOT NULL,
  UNIQUE (id, schema_id, group_id)
) {strict};

CREATE TABLE schema_group_default (
  schema_id {integer} NOT NULL REFERENCES source_schema (id),
  group_id  {integer} NOT NULL REFERENCES visibility_group (id),
  source_id {integer} NOT NULL REFERENCES data_source (id),
  PRIMARY KEY (schema_id, group_id)
) {strict_keyed};

-- Dashboards: every version is kept; an environment shows one of them.

CREATE TABLE dashboard (
  id       {key},
  name     {text} NOT NULL UNIQUE,
  embed_id {text} NOT NULL UNIQUE
) {strict};

CREATE TABLE dashboard_version (
  dashboard_id  {integer} NOT NULL REFERENCES dashboard (id),
  version       {integer} NOT NULL,
  definition    {text} NOT NULL,
  created_at_us {integer} NOT NULL,
  PRIMARY KEY (dashboard_id, version)
) {strict};

CREATE TABLE dashboard_environment (
  dashboard_id   {integer} NOT NULL,
  environment_id {integer} NOT NULL REFERENCES environment (id),
  version        {integer} NOT NULL,
  PRIMARY KEY (dashboard_id, environment_id),
  FOREIGN KEY (dashboard_id, version) REFERENCES dashboard_version (dashboard_id, version)
) {strict_keyed};

-- Customers. The pair (group, parent) refers to a customer of the same group, so a parent can
-- neither vanish nor stand in another group.

CREATE TABLE customer (
  id                {key},
  group_id          {integer} NOT NULL REFERENCES visibility_group (id),
  provided_id       {text} NOT NULL,
  name              {text} NOT NULL,
  level_id          {integer} NOT NULL REFERENCES level (id),
  parent_id         {integer},
  properties        {text} NOT NULL,
  emails            {text} NOT NULL,
  is_demo           {integer} NOT NULL,
  token_sealed      {bytes} NOT NULL,
  token_fingerprint {bytes} NOT NULL UNIQUE,
  created_at_us     {integer} NOT NULL,
  updated_at_us     {integer} NOT NULL,
  UNIQUE (group_id, provided_id),
  UNIQUE (group_id, id),
  FOREIGN KEY (group_id, parent_id) REFERENCES customer (group_id, id)
) {strict};
-- In creation order, and with the level, so that a parent's children are filtered and counted here.
CREATE INDEX customer_children ON customer (group_id, parent_id, id, level_id);
CREATE INDEX customer_level ON customer (group_id, level_id, id);

CREATE TABLE customer_tag (
  customer_id {integer} NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  tag_id      {integer} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (customer_id, tag_id)
) {strict_keyed};
CREATE INDEX customer_tag_tag ON customer_tag (tag_id);

-- The source is one of the schema and of the customer's group.
CREATE TABLE customer_mapping (
  customer_id {integer} NOT NULL,
  group_id    {integer} NOT NULL,
  schema_id   {integer} NOT NULL,
  source_id   {integer} NOT NULL,
  PRIMARY KEY (customer_id, schema_id),
  FOREIGN KEY (group_id, customer_id) REFERENCES customer (group_id, id) ON DELETE CASCADE,
  FOREIGN KEY (source_id, schema_id, group_id) REFERENCES data_source (id, schema_id, group_id)
) {strict_keyed};
CREATE INDEX customer_mapping_source ON customer_mapping (source_id);
