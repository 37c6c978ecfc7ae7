-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "EWR"
-- $4 integer 2
-- $5 text "2013-10-01"
select result."fanlight column 1" as "tailnum", result."fanlight column 2" as "quarter", result."fanlight column 3" as "flights", result."fanlight column 4" as "p90"
from (
select dataset."tailnum" as "fanlight column 1", toStartOfQuarter(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 2", count(*) as "fanlight column 3", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 4"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where dataset."origin" = (select p3 from fanlight_values)
group by "fanlight column 1", "fanlight column 2"
) as result
where result."fanlight column 3" >= (select p4 from fanlight_values)
  and result."fanlight column 2" < (select p5 from fanlight_values)
order by "tailnum" nulls last, "quarter" nulls last, "flights" nulls last, "p90" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "EWR"
-- $4 integer 2
-- $5 text "2013-10-01"
select count(*) as "total"
from (
select result."fanlight column 1" as "tailnum", result."fanlight column 2" as "quarter", result."fanlight column 3" as "flights", result."fanlight column 4" as "p90"
from (
select dataset."tailnum" as "fanlight column 1", toStartOfQuarter(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 2", count(*) as "fanlight column 3", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 4"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where dataset."origin" = (select p3 from fanlight_values)
group by "fanlight column 1", "fanlight column 2"
) as result
where result."fanlight column 3" >= (select p4 from fanlight_values)
  and result."fanlight column 2" < (select p5 from fanlight_values)
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
select result."fanlight column 1" as "flights", result."fanlight column 2" as "p90"
from (
select count(*) as "fanlight column 1", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 2"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where dataset."origin" = (select p2 from fanlight_values)
  and (coalesce(toString(dataset."tailnum"), ''), case when dataset."tailnum" is null then 'missing' else '' end, coalesce(toString(toStartOfQuarter(toDate(dataset."time_hour", (select p3 from fanlight_values)))), ''), case when toStartOfQuarter(toDate(dataset."time_hour", (select p4 from fanlight_values))) is null then 'missing' else '' end) in (
select coalesce(toString(result."fanlight column 1"), ''), case when result."fanlight column 1" is null then 'missing' else '' end, coalesce(toString(result."fanlight column 2"), ''), case when result."fanlight column 2" is null then 'missing' else '' end
from (
select dataset."tailnum" as "fanlight column 1", toStartOfQuarter(toDate(dataset."time_hour", (select p5 from fanlight_values))) as "fanlight column 2", count(*) as "fanlight column 3", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 4"
from (
select * from flights where carrier = (select p6 from fanlight_values)
) as dataset
where dataset."origin" = (select p7 from fanlight_values)
group by "fanlight column 1", "fanlight column 2"
) as result
where result."fanlight column 3" >= (select p8 from fanlight_values)
  and result."fanlight column 2" < (select p9 from fanlight_values)
)
) as result;
