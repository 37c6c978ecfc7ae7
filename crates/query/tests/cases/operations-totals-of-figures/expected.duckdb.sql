-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "EWR"
-- $4 integer 2
-- $5 text "2013-10-01"
-- $6 integer 50
-- $7 integer 0
select *
from (
select dataset."tailnum" as "tailnum", cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($1, cast(dataset."time_hour" as timestamptz)) end) as date) as "quarter", count(*) as "flights", quantile_cont(cast(dataset."arr_delay" as double), 0.9) as "p90"
from (
select * from flights where carrier = $2
) as dataset
where dataset."origin" = $3
group by 1, 2
) as result
where result."flights" >= $4
  and result."quarter" < $5
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last
limit $6 offset $7;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "EWR"
-- $4 integer 2
-- $5 text "2013-10-01"
select count(*) as "total"
from (
select *
from (
select dataset."tailnum" as "tailnum", cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($1, cast(dataset."time_hour" as timestamptz)) end) as date) as "quarter", count(*) as "flights", quantile_cont(cast(dataset."arr_delay" as double), 0.9) as "p90"
from (
select * from flights where carrier = $2
) as dataset
where dataset."origin" = $3
group by 1, 2
) as result
where result."flights" >= $4
  and result."quarter" < $5
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "EWR"
-- $3 text "America/New_York"
-- $4 text "America/New_York"
-- $5 text "America/New_York"
-- $6 text "UA"
-- $7 text "EWR"
-- $8 integer 2
-- $9 text "2013-10-01"
select count(*) as "flights", quantile_cont(cast(dataset."arr_delay" as double), 0.9) as "p90"
from (
select * from flights where carrier = $1
) as dataset
where dataset."origin" = $2
  and (coalesce(cast(dataset."tailnum" as varchar), ''), case when dataset."tailnum" is null then 'missing' else '' end, coalesce(cast(cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($3, cast(dataset."time_hour" as timestamptz)) end) as date) as varchar), ''), case when cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($4, cast(dataset."time_hour" as timestamptz)) end) as date) is null then 'missing' else '' end) in (
select coalesce(cast(result."tailnum" as varchar), ''), case when result."tailnum" is null then 'missing' else '' end, coalesce(cast(result."quarter" as varchar), ''), case when result."quarter" is null then 'missing' else '' end
from (
select dataset."tailnum" as "tailnum", cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($5, cast(dataset."time_hour" as timestamptz)) end) as date) as "quarter", count(*) as "flights", quantile_cont(cast(dataset."arr_delay" as double), 0.9) as "p90"
from (
select * from flights where carrier = $6
) as dataset
where dataset."origin" = $7
group by 1, 2
) as result
where result."flights" >= $8
  and result."quarter" < $9
);
