-- rows: source 1, at most 50 rows, UTC
-- $1 text "UTC"
-- $2 text "UTC"
-- $3 text "UTC"
-- $4 text "UTC"
-- $5 text "UTC"
-- $6 text "UA"
-- $7 text "x"
-- $8 integer 1
-- $9 text "x"
-- $10 text "y"
-- $11 float 1.5
-- $12 text "2013-01-01"
-- $13 boolean true
-- $14 integer 1
-- $15 integer 1
-- $16 integer 1
-- $17 integer 2
-- $18 text "50%_"
-- $19 text "5"
-- $20 integer 50
-- $21 integer 0
select dataset."origin" as "origin", case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($1 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end - (timezone(cast($2 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($3 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end) - date_trunc('hour', timezone(cast($4 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($5 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end))) as "hour", cast(date_trunc('day', cast(dataset."time_hour" as timestamp)) as date) as "day", cast(date_trunc('week', cast(dataset."time_hour" as timestamp)) as date) as "week", cast(date_trunc('quarter', cast(dataset."time_hour" as timestamp)) as date) as "quarter", cast(date_trunc('year', cast(dataset."time_hour" as timestamp)) as date) as "year", count(*) as "n", count(dataset."dep_time") as "departed", count(distinct dataset."dest") as "it's ""quoted""", sum(dataset."distance") as "miles", avg(dataset."dep_delay") as "mean", min(dataset."dep_delay") as "least", max(dataset."dep_delay") as "most"
from (
select * from flights where carrier = $6
) as dataset
where dataset."a" = $7
  and dataset."b" <> $8
  and dataset."c" in ($9, $10)
  and dataset."d" not in ($11)
  and dataset."e" > $12
  and dataset."f" >= $13
  and dataset."g" < $14
  and dataset."h" <= $15
  and (dataset."i" between $16 and $17)
  and strpos(lower(cast(dataset."j" as text)), lower($18)) > 0
  and strpos(lower(cast(dataset."k" as text)), lower($19)) = 1
  and dataset."l" is null
  and dataset."m" is not null
group by 1, 2, 3, 4, 5, 6
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last, 5 nulls last, 6 nulls last, 7 nulls last, 8 nulls last, 9 nulls last, 10 nulls last, 11 nulls last, 12 nulls last, 13 nulls last
limit $20 offset $21;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UTC"
-- $2 text "UTC"
-- $3 text "UTC"
-- $4 text "UTC"
-- $5 text "UTC"
-- $6 text "UA"
-- $7 text "x"
-- $8 integer 1
-- $9 text "x"
-- $10 text "y"
-- $11 float 1.5
-- $12 text "2013-01-01"
-- $13 boolean true
-- $14 integer 1
-- $15 integer 1
-- $16 integer 1
-- $17 integer 2
-- $18 text "50%_"
-- $19 text "5"
-- $20 integer 500
select count(*) as "total"
from (
select dataset."origin" as "origin", case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($1 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end - (timezone(cast($2 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($3 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end) - date_trunc('hour', timezone(cast($4 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($5 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end))) as "hour", cast(date_trunc('day', cast(dataset."time_hour" as timestamp)) as date) as "day", cast(date_trunc('week', cast(dataset."time_hour" as timestamp)) as date) as "week", cast(date_trunc('quarter', cast(dataset."time_hour" as timestamp)) as date) as "quarter", cast(date_trunc('year', cast(dataset."time_hour" as timestamp)) as date) as "year", count(*) as "n", count(dataset."dep_time") as "departed", count(distinct dataset."dest") as "it's ""quoted""", sum(dataset."distance") as "miles", avg(dataset."dep_delay") as "mean", min(dataset."dep_delay") as "least", max(dataset."dep_delay") as "most"
from (
select * from flights where carrier = $6
) as dataset
where dataset."a" = $7
  and dataset."b" <> $8
  and dataset."c" in ($9, $10)
  and dataset."d" not in ($11)
  and dataset."e" > $12
  and dataset."f" >= $13
  and dataset."g" < $14
  and dataset."h" <= $15
  and (dataset."i" between $16 and $17)
  and strpos(lower(cast(dataset."j" as text)), lower($18)) > 0
  and strpos(lower(cast(dataset."k" as text)), lower($19)) = 1
  and dataset."l" is null
  and dataset."m" is not null
group by 1, 2, 3, 4, 5, 6
limit $20
) as counted;
