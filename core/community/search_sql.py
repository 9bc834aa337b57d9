"""The statements behind `core.community.search`: five ways in, the same filters and columns in each.

Each finds the ids of one page first, then what is shown of them. 0 and '' are no filter. Three habits keep
both engines on the way meant (tests/core/community/test_search_plans.py): a unary plus keeps SQLite from
entering by an index that walks through the community; `(select …) is not null` is looked up row by row,
where PostgreSQL would make a join of `exists` and read whole tables; a limit nobody reaches keeps it from
looking up the same twice.
"""

# Bounded counts, to choose the way in: nothing is counted beyond :few.
HOW_MANY = """
select
    (select count(*) from (select 1 from volunteer_word w where w.community = :community
        and w.word >= :word and w.word < :word_end and :word <> '' order by w.word limit :few) as q) as words,
    (select count(*) from (select 1 from team_member k where k.team = :team and k.to_day is null
        and +k.community = :community limit :few) as q) as members,
    (select count(*) from (select 1 from area a cross join residence h
        where h.area = a.id and h.to_day is null and a.path >= :area and a.path < :area_end and :area <> ''
        and +a.community = :community limit :few) as q) as residents,
    (select count(*) from (select 1 from volunteer v where v.community = :community and v.status = :status
        and :status not in ('active', '', 'served') order by v.sort limit :few) as q) as of_status
"""

BY_DIGITS = """
select v.id, v.person, v.number, (select p.name from person p where p.id = v.person) as name, v.status,
    v.minutes, v.joined_on, v.left_why, f.mark,
    (select t.name from team_member i join team t on t.id = i.team
     where i.volunteer = v.id and i.to_day is null order by i.id limit 1) as team,
    (select a.name from residence h join area a on a.id = h.area
     where h.volunteer = v.id and h.to_day is null) as area
from (
    select v.id, v.sort as mark from volunteer v
    where v.id in (
        select coalesce(n.merged_into, n.id) from volunteer n
        where n.number = :number and +n.community = :community
        union select w.id from person_lookup l
        join volunteer w on w.person = l.person and w.community = :community
        where (l.kind = 'phone' and l.hash = :phone) or (l.kind = 'phone4' and l.hash = :phone4))
      and +v.community = :community
      and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
      and (v.status = :status or (:status in ('', 'served') and v.status <> 'applied'
           and (:status = '' or (select p.died_on from person p where p.id = v.person) is null)))
      and (:team = 0 or (select 1 from team_member o where o.volunteer = v.id and o.to_day is null
           and o.team = :team limit 1) is not null)
      and (:area = '' or (select 1 from residence e join area b on b.id = e.area
           where e.volunteer = v.id and e.to_day is null
           and b.path >= :area and b.path < :area_end) is not null)
      and (:everybody = 1 or (select 1 from team_member o where o.volunteer = v.id and o.to_day is null
           and o.team in ids(:teams) limit 1) is not null)
      and (v.sort > :mark or (v.sort = :mark and v.id > :last))
    order by v.sort, v.id limit :most
) as f cross join volunteer v
where v.id = f.id and +v.community = :community order by f.mark, v.id
"""

# `min(word)`: each volunteer comes once, by the first of his words that fits.
BY_WORD = """
select v.id, v.person, v.number, (select p.name from person p where p.id = v.person) as name, v.status,
    v.minutes, v.joined_on, v.left_why, f.mark,
    (select t.name from team_member i join team t on t.id = i.team
     where i.volunteer = v.id and i.to_day is null order by i.id limit 1) as team,
    (select a.name from residence h join area a on a.id = h.area
     where h.volunteer = v.id and h.to_day is null) as area
from (
    select w.volunteer as id, w.word as mark from volunteer_word w
    where w.community = :community and (w.word, w.volunteer) > (:mark, :last) and w.word < :word_end
      and (select 1 from (select min(e.word) as first from volunteer_word e where e.volunteer = w.volunteer
           and e.word >= :word and e.word < :word_end) as q where q.first = w.word) is not null
      and (select 1 from volunteer v where v.id = w.volunteer and +v.community = :community
           and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
           and (v.status = :status or (:status in ('', 'served') and v.status <> 'applied'
                and (:status = '' or (select p.died_on from person p where p.id = v.person) is null)))
           and (:team = 0 or (select 1 from team_member o where o.volunteer = v.id and o.to_day is null
                and o.team = :team limit 1) is not null)
           and (:area = '' or (select 1 from residence e join area b on b.id = e.area
                where e.volunteer = v.id and e.to_day is null
                and b.path >= :area and b.path < :area_end) is not null)) is not null
    order by w.word, w.volunteer limit :most
) as f cross join volunteer v
where v.id = f.id and +v.community = :community order by f.mark, v.id
"""

BY_TEAM = """
select v.id, v.person, v.number, (select p.name from person p where p.id = v.person) as name, v.status,
    v.minutes, v.joined_on, v.left_why, f.mark,
    (select t.name from team_member i join team t on t.id = i.team
     where i.volunteer = v.id and i.to_day is null order by i.id limit 1) as team,
    (select a.name from residence h join area a on a.id = h.area
     where h.volunteer = v.id and h.to_day is null) as area
from (
    select c.id, c.mark from (
        select distinct k.volunteer as id, (
            select v.sort from volunteer v where v.id = k.volunteer and +v.community = :community
              and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
              and (v.status = :status or (:status in ('', 'served') and v.status <> 'applied'
                   and (:status = '' or (select p.died_on from person p where p.id = v.person) is null)))
              and (:area = '' or (select 1 from residence e join area b on b.id = e.area
                   where e.volunteer = v.id and e.to_day is null
                   and b.path >= :area and b.path < :area_end) is not null)
              and (:word = '' or (select 1 from volunteer_word e where e.volunteer = v.id and e.word >= :word
                   and e.word < :word_end limit 1) is not null)) as mark
        from team_member k
        where k.team in ids(:teams) and k.to_day is null and +k.community = :community
          and (:team = 0 or k.team = :team) limit 1000000) as c
    where c.mark > :mark or (c.mark = :mark and c.id > :last)
    order by c.mark, c.id limit :most
) as f cross join volunteer v
where v.id = f.id and +v.community = :community order by f.mark, v.id
"""

BY_AREA = """
select v.id, v.person, v.number, (select p.name from person p where p.id = v.person) as name, v.status,
    v.minutes, v.joined_on, v.left_why, f.mark,
    (select t.name from team_member i join team t on t.id = i.team
     where i.volunteer = v.id and i.to_day is null order by i.id limit 1) as team,
    (select a.name from residence h join area a on a.id = h.area
     where h.volunteer = v.id and h.to_day is null) as area
from (
    select c.id, c.mark from (
        select h.volunteer as id, (
            select v.sort from volunteer v where v.id = h.volunteer and +v.community = :community
              and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
              and (v.status = :status or (:status in ('', 'served') and v.status <> 'applied'
                   and (:status = '' or (select p.died_on from person p where p.id = v.person) is null)))
              and (:team = 0 or (select 1 from team_member o where o.volunteer = v.id and o.to_day is null
                   and o.team = :team limit 1) is not null)
              and (:word = '' or (select 1 from volunteer_word e where e.volunteer = v.id and e.word >= :word
                   and e.word < :word_end limit 1) is not null)) as mark
        from area a cross join residence h
        where h.area = a.id and h.to_day is null and a.path >= :area and a.path < :area_end
          and +a.community = :community limit 1000000) as c
    where c.mark > :mark or (c.mark = :mark and c.id > :last)
    order by c.mark, c.id limit :most
) as f cross join volunteer v
where v.id = f.id and +v.community = :community order by f.mark, v.id
"""

# By pinyin, through the index of one status, or of two (:other '' for none) that are put together again.
IN_ORDER = """
select v.id, v.person, v.number, (select p.name from person p where p.id = v.person) as name, v.status,
    v.minutes, v.joined_on, v.left_why, f.mark,
    (select t.name from team_member i join team t on t.id = i.team
     where i.volunteer = v.id and i.to_day is null order by i.id limit 1) as team,
    (select a.name from residence h join area a on a.id = h.area
     where h.volunteer = v.id and h.to_day is null) as area
from (
    select y.id, y.mark from (
        select x.id, x.mark from (
            select v.id, v.sort as mark from volunteer v
            where v.community = :community and v.status = :first and (v.sort, v.id) > (:mark, :last)
              and (:status <> 'served' or (select p.died_on from person p where p.id = v.person) is null)
              and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
              and (:team = 0 or (select 1 from team_member o where o.volunteer = v.id and o.to_day is null
                   and o.team = :team limit 1) is not null)
              and (:area = '' or (select 1 from residence e join area b on b.id = e.area
                   where e.volunteer = v.id and e.to_day is null
                   and b.path >= :area and b.path < :area_end) is not null)
              and (:word = '' or (select 1 from volunteer_word e where e.volunteer = v.id and e.word >= :word
                   and e.word < :word_end limit 1) is not null)
            order by v.sort, v.id limit :most) as x
        union all
        select x.id, x.mark from (
            select v.id, v.sort as mark from volunteer v
            where v.community = :community and v.status = :other and (v.sort, v.id) > (:mark, :last)
              and (:status <> 'served' or (select p.died_on from person p where p.id = v.person) is null)
              and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
              and (:team = 0 or (select 1 from team_member o where o.volunteer = v.id and o.to_day is null
                   and o.team = :team limit 1) is not null)
              and (:area = '' or (select 1 from residence e join area b on b.id = e.area
                   where e.volunteer = v.id and e.to_day is null
                   and b.path >= :area and b.path < :area_end) is not null)
              and (:word = '' or (select 1 from volunteer_word e where e.volunteer = v.id and e.word >= :word
                   and e.word < :word_end limit 1) is not null)
            order by v.sort, v.id limit :most) as x) as y
    order by y.mark, y.id limit :most
) as f cross join volunteer v
where v.id = f.id and +v.community = :community order by f.mark, v.id
"""
