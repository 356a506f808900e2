-- Defines function vibestack.clock_row()
CREATE OR REPLACE FUNCTION vibestack.clock_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
declare
  given text := current_setting('vibestack.clock', true);
  o jsonb;
  n jsonb;
  k text;
  was text;
  stored vibestack.row_clock;
  clock bigint;
  changed jsonb;
begin
  if tg_op <> 'INSERT' then o := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then n := to_jsonb(new); end if;
  if tg_nargs = 1 then
    k := coalesce(n, o) ->> tg_argv[0];
    was := o ->> tg_argv[0];
  else
    k := vibestack.row_key(coalesce(n, o), tg_argv[0:]);
    was := vibestack.row_key(o, tg_argv[0:]);
  end if;
  if tg_op = 'UPDATE' and was <> k then
    clock := vibestack.clock_for(null);
    insert into vibestack.row_clock values (tg_table_name, was, clock, '{}', true)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = true;
    insert into vibestack.row_clock values (tg_table_name, k, clock, '{}', false)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = false;
    return null;
  end if;
  if tg_op = 'INSERT' then
    select * into stored from vibestack.row_clock where table_name = tg_table_name and row_key = k for update;
    if found then
      clock := vibestack.clock_for(vibestack.highest_clock(stored));
      update vibestack.row_clock set base = clock, columns = '{}', deleted = false
        where table_name = tg_table_name and row_key = k;
    end if;
    return null;
  end if;
  -- Most writes are later than what is stored, and then one statement does.
  clock := case when given <> '' then given::bigint else vibestack.hlc_now() end;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(u.key, clock) into changed
      from jsonb_each(n) u where u.value is distinct from o -> u.key;
    if changed is null then return null; end if;
    insert into vibestack.row_clock as c values (tg_table_name, k, 0, changed, false)
      on conflict (table_name, row_key) do update set columns = c.columns || excluded.columns
      where given <> '' or vibestack.highest_clock(c) < clock;
  else
    insert into vibestack.row_clock as c values (tg_table_name, k, clock, '{}', true)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = true
      where given <> '' or vibestack.highest_clock(c) < clock;
  end if;
  if found then return null; end if;
  select * into stored from vibestack.row_clock where table_name = tg_table_name and row_key = k for update;
  clock := vibestack.clock_for(vibestack.highest_clock(stored));
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(key, clock) into changed from jsonb_object_keys(changed) key;
    update vibestack.row_clock set columns = columns || changed where table_name = tg_table_name and row_key = k;
  else
    update vibestack.row_clock set base = clock, columns = '{}', deleted = true
      where table_name = tg_table_name and row_key = k;
  end if;
  return null;
end $function$;

-- Defines function vibestack.touch_row()
CREATE OR REPLACE FUNCTION vibestack.touch_row()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.updated_at is not distinct from old.updated_at and new *<> old then
    new.updated_at := clock_timestamp();
  end if;
  return new;
end $function$;
