-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights", result."fanlight column 3" as "p90"
from (
select dataset."dest" as "fanlight column 1", count(*) as "fanlight column 2", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 3"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
where positionCaseInsensitiveUTF8(toString(result."fanlight column 1"), (select p2 from fanlight_values)) = 1
order by "dest" nulls last, "flights" nulls last, "p90" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "total"
from (
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights", result."fanlight column 3" as "p90"
from (
select dataset."dest" as "fanlight column 1", count(*) as "fanlight column 2", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 3"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
where positionCaseInsensitiveUTF8(toString(result."fanlight column 1"), (select p2 from fanlight_values)) = 1
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select result."fanlight column 1" as "flights", result."fanlight column 2" as "p90"
from (
select count(*) as "fanlight column 1", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 2"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where positionCaseInsensitiveUTF8(toString(dataset."dest"), (select p2 from fanlight_values)) = 1
) as result;
