-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "America/New_York"
-- $4 date 2013-05-15
-- $5 date 2013-08-14
-- then Fill(Fill { axis: 0, bucket: Week, zone: TimeZoneName("America/New_York"), from: Some(2013-05-15T04:00:00Z), to: Some(2013-08-15T03:59:59.999999Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select result."fanlight column 1" as "time_hour", result."fanlight column 2" as "flights"
from (
select toMonday(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where (toDate(dataset."time_hour", (select p3 from fanlight_values))) between (select p4 from fanlight_values) and (select p5 from fanlight_values)
group by "fanlight column 1"
) as result
order by "time_hour" nulls last, "flights" nulls last;

-- by Week: (Days(Days { first: 2013-05-15, last: 2013-08-14 }), Days(Days { first: 2013-02-15, last: 2013-05-14 }))

-- current: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "America/New_York"
-- $3 date 2013-05-15
-- $4 date 2013-08-14
select result."fanlight column 1" as "flights"
from (
select count(*) as "fanlight column 1"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where (toDate(dataset."time_hour", (select p2 from fanlight_values))) between (select p3 from fanlight_values) and (select p4 from fanlight_values)
) as result;

-- previous: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "America/New_York"
-- $3 date 2013-02-15
-- $4 date 2013-05-14
select result."fanlight column 1" as "flights"
from (
select count(*) as "fanlight column 1"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where (toDate(dataset."time_hour", (select p2 from fanlight_values))) between (select p3 from fanlight_values) and (select p4 from fanlight_values)
) as result;

-- previous rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "America/New_York"
-- $4 date 2013-02-15
-- $5 date 2013-05-14
-- then Fill(Fill { axis: 0, bucket: Week, zone: TimeZoneName("America/New_York"), from: Some(2013-02-15T05:00:00Z), to: Some(2013-05-15T03:59:59.999999Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select result."fanlight column 1" as "time_hour", result."fanlight column 2" as "flights"
from (
select toMonday(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where (toDate(dataset."time_hour", (select p3 from fanlight_values))) between (select p4 from fanlight_values) and (select p5 from fanlight_values)
group by "fanlight column 1"
) as result
order by "time_hour" nulls last, "flights" nulls last;
