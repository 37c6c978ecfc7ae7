-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Others"
-- $2 text "UA"
-- $3 text "JFK"
-- $4 text "UA"
-- $5 text "JFK"
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights", result."fanlight column 3" as "p90"
from (
select case when dataset."fanlight others" = 1 then (select p1 from fanlight_values) else toString(dataset."dest") end as "fanlight column 1", count(*) as "fanlight column 2", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 3", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."dest" in (
select kept."dest"
from (
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights", result."fanlight column 3" as "p90"
from (
select dataset."dest" as "fanlight column 1", count(*) as "fanlight column 2", case when count(dataset."arr_delay") > 0 then arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(ceil((0.9 * (count(dataset."arr_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."arr_delay")))[toUInt32(floor((0.9 * (count(dataset."arr_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."arr_delay") - 1)) - floor((0.9 * (count(dataset."arr_delay") - 1)))) end as "fanlight column 3"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where dataset."origin" = (select p3 from fanlight_values)
  and dataset."dest" is not null
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "dest" nulls last, "p90" nulls last
limit 3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = (select p4 from fanlight_values)
) as dataset
where dataset."origin" = (select p5 from fanlight_values)
) as dataset
group by "fanlight column 1", "fanlight others"
) as result
order by result."fanlight others", "flights" desc nulls last, "dest" nulls last, "p90" nulls last;
