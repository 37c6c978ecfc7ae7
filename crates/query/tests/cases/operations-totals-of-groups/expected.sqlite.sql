-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
-- $3 integer 50
-- $4 integer 0
select *
from (
select dataset."fanlight key 1" as "dest", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, dataset."dest" as "fanlight key 1", row_number() over (partition by dataset."dest", 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by dataset."dest", 1) as "fanlight count 1"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
) as dataset
group by 1
) as result
where instr(fanlight_lower(cast(result."dest" as text)), fanlight_lower(?2)) = 1
order by 1 nulls last, 2 nulls last, 3 nulls last
limit ?3 offset ?4;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "total"
from (
select *
from (
select dataset."fanlight key 1" as "dest", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, dataset."dest" as "fanlight key 1", row_number() over (partition by dataset."dest", 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by dataset."dest", 1) as "fanlight count 1"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
) as dataset
group by 1
) as result
where instr(fanlight_lower(cast(result."dest" as text)), fanlight_lower(?2)) = 1
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, row_number() over (partition by 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by 1) as "fanlight count 1"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where instr(fanlight_lower(cast(dataset."dest" as text)), fanlight_lower(?2)) = 1
) as dataset;
