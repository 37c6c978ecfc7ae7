-- rows: source 1, at most 50 rows, UTC
-- $1 text "UTC"
-- $2 text "UTC"
-- $3 text "UTC"
-- $4 text "UTC"
-- $5 text "UTC"
-- $6 text "UTC"
-- $7 text "UA"
-- $8 text "x"
-- $9 integer 1
-- $10 text "x"
-- $11 text "y"
-- $12 float 1.5
-- $13 text "2013-01-01"
-- $14 boolean true
-- $15 integer 1
-- $16 integer 1
-- $17 integer 1
-- $18 integer 2
-- $19 text "50%_"
-- $20 text "5"
select result."fanlight column 1" as "origin", result."fanlight column 2" as "hour", result."fanlight column 3" as "day", result."fanlight column 4" as "week", result."fanlight column 5" as "quarter", result."fanlight column 6" as "year", result."fanlight column 7" as "n", result."fanlight column 8" as "departed", result."fanlight column 9" as "it's ""quoted""", result."fanlight column 10" as "miles", result."fanlight column 11" as "mean", result."fanlight column 12" as "least", result."fanlight column 13" as "most"
from (
select dataset."origin" as "fanlight column 1", toTimeZone(toStartOfHour(toDateTime(dataset."time_hour", (select p1 from fanlight_values)), (select p2 from fanlight_values)), 'UTC') as "fanlight column 2", (toDate(dataset."time_hour", (select p3 from fanlight_values))) as "fanlight column 3", toMonday(toDate(dataset."time_hour", (select p4 from fanlight_values))) as "fanlight column 4", toStartOfQuarter(toDate(dataset."time_hour", (select p5 from fanlight_values))) as "fanlight column 5", toStartOfYear(toDate(dataset."time_hour", (select p6 from fanlight_values))) as "fanlight column 6", count(*) as "fanlight column 7", count(dataset."dep_time") as "fanlight column 8", ifNull(uniqExact(dataset."dest"), 0) as "fanlight column 9", case when count() > 0 then sum(dataset."distance") end as "fanlight column 10", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 11", case when count() > 0 then min(dataset."dep_delay") end as "fanlight column 12", case when count() > 0 then max(dataset."dep_delay") end as "fanlight column 13"
from (
select * from flights where carrier = (select p7 from fanlight_values)
) as dataset
where dataset."a" = (select p8 from fanlight_values)
  and dataset."b" <> (select p9 from fanlight_values)
  and dataset."c" in ((select p10 from fanlight_values), (select p11 from fanlight_values))
  and dataset."d" is not null and dataset."d" not in ((select p12 from fanlight_values))
  and dataset."e" > (select p13 from fanlight_values)
  and dataset."f" >= (select p14 from fanlight_values)
  and dataset."g" < (select p15 from fanlight_values)
  and dataset."h" <= (select p16 from fanlight_values)
  and (dataset."i" between (select p17 from fanlight_values) and (select p18 from fanlight_values))
  and positionCaseInsensitiveUTF8(toString(dataset."j"), (select p19 from fanlight_values)) > 0
  and positionCaseInsensitiveUTF8(toString(dataset."k"), (select p20 from fanlight_values)) = 1
  and dataset."l" is null
  and dataset."m" is not null
group by "fanlight column 1", "fanlight column 2", "fanlight column 3", "fanlight column 4", "fanlight column 5", "fanlight column 6"
) as result
order by "origin" nulls last, "hour" nulls last, "day" nulls last, "week" nulls last, "quarter" nulls last, "year" nulls last, "n" nulls last, "departed" nulls last, "it's ""quoted""" nulls last, "miles" nulls last, "mean" nulls last, "least" nulls last, "most" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UTC"
-- $2 text "UTC"
-- $3 text "UTC"
-- $4 text "UTC"
-- $5 text "UTC"
-- $6 text "UTC"
-- $7 text "UA"
-- $8 text "x"
-- $9 integer 1
-- $10 text "x"
-- $11 text "y"
-- $12 float 1.5
-- $13 text "2013-01-01"
-- $14 boolean true
-- $15 integer 1
-- $16 integer 1
-- $17 integer 1
-- $18 integer 2
-- $19 text "50%_"
-- $20 text "5"
select count(*) as "total"
from (
select result."fanlight column 1" as "origin", result."fanlight column 2" as "hour", result."fanlight column 3" as "day", result."fanlight column 4" as "week", result."fanlight column 5" as "quarter", result."fanlight column 6" as "year", result."fanlight column 7" as "n", result."fanlight column 8" as "departed", result."fanlight column 9" as "it's ""quoted""", result."fanlight column 10" as "miles", result."fanlight column 11" as "mean", result."fanlight column 12" as "least", result."fanlight column 13" as "most"
from (
select dataset."origin" as "fanlight column 1", toTimeZone(toStartOfHour(toDateTime(dataset."time_hour", (select p1 from fanlight_values)), (select p2 from fanlight_values)), 'UTC') as "fanlight column 2", (toDate(dataset."time_hour", (select p3 from fanlight_values))) as "fanlight column 3", toMonday(toDate(dataset."time_hour", (select p4 from fanlight_values))) as "fanlight column 4", toStartOfQuarter(toDate(dataset."time_hour", (select p5 from fanlight_values))) as "fanlight column 5", toStartOfYear(toDate(dataset."time_hour", (select p6 from fanlight_values))) as "fanlight column 6", count(*) as "fanlight column 7", count(dataset."dep_time") as "fanlight column 8", ifNull(uniqExact(dataset."dest"), 0) as "fanlight column 9", case when count() > 0 then sum(dataset."distance") end as "fanlight column 10", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 11", case when count() > 0 then min(dataset."dep_delay") end as "fanlight column 12", case when count() > 0 then max(dataset."dep_delay") end as "fanlight column 13"
from (
select * from flights where carrier = (select p7 from fanlight_values)
) as dataset
where dataset."a" = (select p8 from fanlight_values)
  and dataset."b" <> (select p9 from fanlight_values)
  and dataset."c" in ((select p10 from fanlight_values), (select p11 from fanlight_values))
  and dataset."d" is not null and dataset."d" not in ((select p12 from fanlight_values))
  and dataset."e" > (select p13 from fanlight_values)
  and dataset."f" >= (select p14 from fanlight_values)
  and dataset."g" < (select p15 from fanlight_values)
  and dataset."h" <= (select p16 from fanlight_values)
  and (dataset."i" between (select p17 from fanlight_values) and (select p18 from fanlight_values))
  and positionCaseInsensitiveUTF8(toString(dataset."j"), (select p19 from fanlight_values)) > 0
  and positionCaseInsensitiveUTF8(toString(dataset."k"), (select p20 from fanlight_values)) = 1
  and dataset."l" is null
  and dataset."m" is not null
group by "fanlight column 1", "fanlight column 2", "fanlight column 3", "fanlight column 4", "fanlight column 5", "fanlight column 6"
) as result
limit 500
) as counted;
