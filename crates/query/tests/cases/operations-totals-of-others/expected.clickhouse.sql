-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "The rest"
-- $3 text "UA"
-- $4 text "UA"
-- $5 integer 1
-- then Fill(Fill { axis: 0, bucket: Month, zone: TimeZoneName("America/New_York"), from: None, to: None, series: [1], zeros: [2] })
-- then Sort([Column { column: 0, descending: false }, Last { column: 1, text: "The rest" }, Column { column: 2, descending: true }, Column { column: 1, descending: false }, Column { column: 3, descending: false }])
-- then Pivot { column: 1, measures: [2, 3] }
-- then Page { offset: 0, size: 50 }
select result."fanlight column 1" as "month", result."fanlight column 2" as "tailnum", result."fanlight column 3" as "flights", result."fanlight column 4" as "delay"
from (
select toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", case when dataset."fanlight others" = 1 then (select p2 from fanlight_values) else toString(dataset."tailnum") end as "fanlight column 2", count(*) as "fanlight column 3", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 4", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."tailnum" in (
select kept."tailnum"
from (
select result."fanlight column 1" as "tailnum", result."fanlight column 2" as "flights", result."fanlight column 3" as "delay"
from (
select dataset."tailnum" as "fanlight column 1", count(*) as "fanlight column 2", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 3"
from (
select * from flights where carrier = (select p3 from fanlight_values)
) as dataset
where dataset."tailnum" is not null
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "tailnum" nulls last, "delay" nulls last
limit 3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = (select p4 from fanlight_values)
) as dataset
) as dataset
group by "fanlight column 1", "fanlight column 2", "fanlight others"
) as result
where result."fanlight column 3" > (select p5 from fanlight_values)
order by "month" nulls last, result."fanlight others", "flights" desc nulls last, "tailnum" nulls last, "delay" nulls last;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "The rest"
-- $2 text "UA"
-- $3 text "UA"
-- $4 text "America/New_York"
-- $5 text "America/New_York"
-- $6 text "The rest"
-- $7 text "The rest"
-- $8 text "America/New_York"
-- $9 text "The rest"
-- $10 text "UA"
-- $11 text "UA"
-- $12 integer 1
-- then Pivot { column: 0, measures: [1, 2] }
select result."fanlight column 1" as "tailnum", result."fanlight column 2" as "flights", result."fanlight column 3" as "delay"
from (
select case when dataset."fanlight others" = 1 then (select p1 from fanlight_values) else toString(dataset."tailnum") end as "fanlight column 1", count(*) as "fanlight column 2", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 3", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."tailnum" in (
select kept."tailnum"
from (
select result."fanlight column 1" as "tailnum", result."fanlight column 2" as "flights", result."fanlight column 3" as "delay"
from (
select dataset."tailnum" as "fanlight column 1", count(*) as "fanlight column 2", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 3"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where dataset."tailnum" is not null
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "tailnum" nulls last, "delay" nulls last
limit 3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = (select p3 from fanlight_values)
) as dataset
) as dataset
where (coalesce(toString(dataset."fanlight others"), ''), coalesce(toString(toStartOfMonth(toDate(dataset."time_hour", (select p4 from fanlight_values)))), ''), case when toStartOfMonth(toDate(dataset."time_hour", (select p5 from fanlight_values))) is null then 'missing' else '' end, coalesce(toString(case when dataset."fanlight others" = 1 then (select p6 from fanlight_values) else toString(dataset."tailnum") end), ''), case when case when dataset."fanlight others" = 1 then (select p7 from fanlight_values) else toString(dataset."tailnum") end is null then 'missing' else '' end) in (
select coalesce(toString(result."fanlight others"), ''), coalesce(toString(result."fanlight column 1"), ''), case when result."fanlight column 1" is null then 'missing' else '' end, coalesce(toString(result."fanlight column 2"), ''), case when result."fanlight column 2" is null then 'missing' else '' end
from (
select toStartOfMonth(toDate(dataset."time_hour", (select p8 from fanlight_values))) as "fanlight column 1", case when dataset."fanlight others" = 1 then (select p9 from fanlight_values) else toString(dataset."tailnum") end as "fanlight column 2", count(*) as "fanlight column 3", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 4", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."tailnum" in (
select kept."tailnum"
from (
select result."fanlight column 1" as "tailnum", result."fanlight column 2" as "flights", result."fanlight column 3" as "delay"
from (
select dataset."tailnum" as "fanlight column 1", count(*) as "fanlight column 2", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 3"
from (
select * from flights where carrier = (select p10 from fanlight_values)
) as dataset
where dataset."tailnum" is not null
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "tailnum" nulls last, "delay" nulls last
limit 3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = (select p11 from fanlight_values)
) as dataset
) as dataset
group by "fanlight column 1", "fanlight column 2", "fanlight others"
) as result
where result."fanlight column 3" > (select p12 from fanlight_values)
)
group by "fanlight column 1", "fanlight others"
) as result;
