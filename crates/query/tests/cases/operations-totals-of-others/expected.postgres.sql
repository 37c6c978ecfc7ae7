-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "The rest"
-- $3 text "UA"
-- $4 integer 3
-- $5 text "UA"
-- $6 integer 1
-- then Fill(Fill { axis: 0, bucket: Month, zone: TimeZoneName("America/New_York"), from: None, to: None, series: [1], zeros: [2] })
-- then Sort([Column { column: 0, descending: false }, Last { column: 1, text: "The rest" }, Column { column: 2, descending: true }, Column { column: 1, descending: false }, Column { column: 3, descending: false }])
-- then Pivot { column: 1, measures: [2, 3] }
-- then Page { offset: 0, size: 50 }
select result."month", result."tailnum", result."flights", result."delay"
from (
select cast(date_trunc('month', case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then cast(dataset."time_hour" as timestamp) else timezone(cast($1 as text), cast(dataset."time_hour" as timestamptz)) end) as date) as "month", case when dataset."fanlight others" = 1 then $2 else cast(dataset."tailnum" as varchar) end as "tailnum", count(*) as "flights", avg(dataset."dep_delay") as "delay", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."tailnum" in (
select kept."tailnum"
from (
select dataset."tailnum" as "tailnum", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = $3
) as dataset
where dataset."tailnum" is not null
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit $4
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = $5
) as dataset
) as dataset
group by 1, 2, 5
) as result
where result."flights" > $6
order by 1 nulls last, result."fanlight others", 3 desc nulls last, 2 nulls last, 4 nulls last;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "The rest"
-- $2 text "UA"
-- $3 integer 3
-- $4 text "UA"
-- $5 text "America/New_York"
-- $6 text "America/New_York"
-- $7 text "The rest"
-- $8 text "The rest"
-- $9 text "America/New_York"
-- $10 text "The rest"
-- $11 text "UA"
-- $12 integer 3
-- $13 text "UA"
-- $14 integer 1
-- then Pivot { column: 0, measures: [1, 2] }
select result."tailnum", result."flights", result."delay"
from (
select case when dataset."fanlight others" = 1 then $1 else cast(dataset."tailnum" as varchar) end as "tailnum", count(*) as "flights", avg(dataset."dep_delay") as "delay", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."tailnum" in (
select kept."tailnum"
from (
select dataset."tailnum" as "tailnum", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = $2
) as dataset
where dataset."tailnum" is not null
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit $3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = $4
) as dataset
) as dataset
where (coalesce(cast(dataset."fanlight others" as varchar), ''), coalesce(cast(cast(date_trunc('month', case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then cast(dataset."time_hour" as timestamp) else timezone(cast($5 as text), cast(dataset."time_hour" as timestamptz)) end) as date) as varchar), ''), case when cast(date_trunc('month', case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then cast(dataset."time_hour" as timestamp) else timezone(cast($6 as text), cast(dataset."time_hour" as timestamptz)) end) as date) is null then 'missing' else '' end, coalesce(cast(case when dataset."fanlight others" = 1 then $7 else cast(dataset."tailnum" as varchar) end as varchar), ''), case when case when dataset."fanlight others" = 1 then $8 else cast(dataset."tailnum" as varchar) end is null then 'missing' else '' end) in (
select coalesce(cast(result."fanlight others" as varchar), ''), coalesce(cast(result."month" as varchar), ''), case when result."month" is null then 'missing' else '' end, coalesce(cast(result."tailnum" as varchar), ''), case when result."tailnum" is null then 'missing' else '' end
from (
select cast(date_trunc('month', case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then cast(dataset."time_hour" as timestamp) else timezone(cast($9 as text), cast(dataset."time_hour" as timestamptz)) end) as date) as "month", case when dataset."fanlight others" = 1 then $10 else cast(dataset."tailnum" as varchar) end as "tailnum", count(*) as "flights", avg(dataset."dep_delay") as "delay", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."tailnum" in (
select kept."tailnum"
from (
select dataset."tailnum" as "tailnum", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = $11
) as dataset
where dataset."tailnum" is not null
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit $12
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = $13
) as dataset
) as dataset
group by 1, 2, 5
) as result
where result."flights" > $14
)
group by 1, 4
) as result;
