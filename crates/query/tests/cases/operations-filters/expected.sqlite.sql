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
select count(*) as "flights"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where not (instr(fanlight_lower(cast(dataset."a" as text)), fanlight_lower(?2)) > 0)
  and substr(fanlight_lower(cast(dataset."b" as text)), -4) = fanlight_lower(?3)
  and not (dataset."c" between ?4 and ?5)
  and dataset."d" is true
  and dataset."e" is false
  and fanlight_bucket('day', dataset."time_hour", ?6) between ?7 and ?8
  and fanlight_bucket('day', dataset."time_hour", ?9) between ?10 and ?11
  and fanlight_bucket('day', dataset."time_hour", ?12) between ?13 and ?14
  and (dataset."time_hour" between ?15 and ?16)
  and dataset."origin" in (?17, ?18)
  and dataset."origin" in (?19, ?20)
  and dataset."carrier" = ?21;
