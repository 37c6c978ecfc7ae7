-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "America/New_York"
-- $4 date 2013-07-16
-- $5 date 2013-08-15
-- then Fill(Fill { axis: 1, bucket: Day, zone: TimeZoneName("America/New_York"), from: Some(2013-07-16T04:00:00Z), to: Some(2013-08-16T03:59:59.999999Z), series: [0], zeros: [2, 4] })
-- then Running { column: 2, kind: Total, window: None, along: Some(1), series: [0] }
-- then Running { column: 3, kind: Average, window: Some(7), along: Some(1), series: [0] }
-- then Share { column: 4, within: [1] }
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: true }, Column { column: 2, descending: false }, Column { column: 3, descending: false }, Column { column: 4, descending: false }])
select result."fanlight column 1" as "origin", result."fanlight column 2" as "day", result."fanlight column 3" as "so_far", result."fanlight column 4" as "week", result."fanlight column 5" as "share"
from (
select dataset."origin" as "fanlight column 1", (toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 2", count(*) as "fanlight column 3", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 4", count(*) as "fanlight column 5"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where (toDate(dataset."time_hour", (select p3 from fanlight_values))) between (select p4 from fanlight_values) and (select p5 from fanlight_values)
group by "fanlight column 1", "fanlight column 2"
) as result
order by "origin" nulls last, "day" desc nulls last, "so_far" nulls last, "week" nulls last, "share" nulls last;
