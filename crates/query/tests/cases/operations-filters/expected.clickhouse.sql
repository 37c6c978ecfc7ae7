-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "x"
-- $3 text "Ab_%"
-- $4 integer 1
-- $5 integer 2
-- $6 text "America/New_York"
-- $7 date 2013-03-03
-- $8 date 2013-03-09
-- $9 text "America/New_York"
-- $10 date 2013-03-01
-- $11 date 2013-03-31
-- $12 text "America/New_York"
-- $13 date 2012-10-01
-- $14 date 2012-12-31
-- $15 timestamp 2013-01-01T05:00:00Z
-- $16 timestamp 2013-03-01T04:59:59.999999Z
-- $17 text "JFK"
-- $18 text "LGA"
-- $19 text "JFK"
-- $20 text "LGA"
-- $21 text "UA"
select result."fanlight column 1" as "flights"
from (
select count(*) as "fanlight column 1"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where not (positionCaseInsensitiveUTF8(toString(dataset."a"), (select p2 from fanlight_values)) > 0)
  and endsWith(lowerUTF8(toString(dataset."b")), lowerUTF8((select p3 from fanlight_values)))
  and not (dataset."c" between (select p4 from fanlight_values) and (select p5 from fanlight_values))
  and dataset."d" = 1
  and dataset."e" = 0
  and (toDate(dataset."time_hour", (select p6 from fanlight_values))) between (select p7 from fanlight_values) and (select p8 from fanlight_values)
  and (toDate(dataset."time_hour", (select p9 from fanlight_values))) between (select p10 from fanlight_values) and (select p11 from fanlight_values)
  and (toDate(dataset."time_hour", (select p12 from fanlight_values))) between (select p13 from fanlight_values) and (select p14 from fanlight_values)
  and (dataset."time_hour" between (select p15 from fanlight_values) and (select p16 from fanlight_values))
  and dataset."origin" in ((select p17 from fanlight_values), (select p18 from fanlight_values))
  and dataset."origin" in ((select p19 from fanlight_values), (select p20 from fanlight_values))
  and dataset."carrier" = (select p21 from fanlight_values)
) as result;
