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
