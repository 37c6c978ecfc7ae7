-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "America/New_York"
-- $3 text "America/New_York"
-- $4 text "UA"
-- $5 text "EWR"
-- $6 integer 2
-- $7 text "2013-10-01"
-- $8 integer 50
-- $9 integer 0
select *
from (
select dataset."fanlight key 1" as "tailnum", dataset."fanlight key 2" as "quarter", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, dataset."tailnum" as "fanlight key 1", fanlight_bucket('quarter', dataset."time_hour", ?1) as "fanlight key 2", row_number() over (partition by dataset."tailnum", fanlight_bucket('quarter', dataset."time_hour", ?2), 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by dataset."tailnum", fanlight_bucket('quarter', dataset."time_hour", ?3), 1) as "fanlight count 1"
from (
select * from flights where carrier = ?4 collate binary
) as dataset
where dataset."origin" = ?5
) as dataset
group by 1, 2
) as result
where result."flights" >= ?6
  and result."quarter" < ?7
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last
limit ?8 offset ?9;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "America/New_York"
-- $3 text "America/New_York"
-- $4 text "UA"
-- $5 text "EWR"
-- $6 integer 2
-- $7 text "2013-10-01"
select count(*) as "total"
from (
select *
from (
select dataset."fanlight key 1" as "tailnum", dataset."fanlight key 2" as "quarter", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, dataset."tailnum" as "fanlight key 1", fanlight_bucket('quarter', dataset."time_hour", ?1) as "fanlight key 2", row_number() over (partition by dataset."tailnum", fanlight_bucket('quarter', dataset."time_hour", ?2), 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by dataset."tailnum", fanlight_bucket('quarter', dataset."time_hour", ?3), 1) as "fanlight count 1"
from (
select * from flights where carrier = ?4 collate binary
) as dataset
where dataset."origin" = ?5
) as dataset
group by 1, 2
) as result
where result."flights" >= ?6
  and result."quarter" < ?7
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "EWR"
-- $3 text "America/New_York"
-- $4 text "America/New_York"
-- $5 text "America/New_York"
-- $6 text "America/New_York"
-- $7 text "America/New_York"
-- $8 text "UA"
-- $9 text "EWR"
-- $10 integer 2
-- $11 text "2013-10-01"
select count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, row_number() over (partition by 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by 1) as "fanlight count 1"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where dataset."origin" = ?2
  and (coalesce(cast(dataset."tailnum" as text), ''), case when dataset."tailnum" is null then 'missing' else '' end, coalesce(cast(fanlight_bucket('quarter', dataset."time_hour", ?3) as text), ''), case when fanlight_bucket('quarter', dataset."time_hour", ?4) is null then 'missing' else '' end) in (
select coalesce(cast(result."tailnum" as text), ''), case when result."tailnum" is null then 'missing' else '' end, coalesce(cast(result."quarter" as text), ''), case when result."quarter" is null then 'missing' else '' end
from (
select dataset."fanlight key 1" as "tailnum", dataset."fanlight key 2" as "quarter", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, dataset."tailnum" as "fanlight key 1", fanlight_bucket('quarter', dataset."time_hour", ?5) as "fanlight key 2", row_number() over (partition by dataset."tailnum", fanlight_bucket('quarter', dataset."time_hour", ?6), 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by dataset."tailnum", fanlight_bucket('quarter', dataset."time_hour", ?7), 1) as "fanlight count 1"
from (
select * from flights where carrier = ?8 collate binary
) as dataset
where dataset."origin" = ?9
) as dataset
group by 1, 2
) as result
where result."flights" >= ?10
  and result."quarter" < ?11
)
) as dataset;
