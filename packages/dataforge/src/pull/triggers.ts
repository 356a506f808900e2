import type { TriggerEntry } from '../catalog/types.ts';
import type { Context } from './context.ts';
import { inNameOrder, isPublic } from './names.ts';

/** Triggers of tables, and when they fire. */
export function triggers({ catalog, lost }: Context, isKnown: (what: string) => boolean): string[] {
  return inNameOrder(catalog.tables).flatMap(([table, entry]) =>
    inNameOrder(entry.triggers)
      .filter(([name]) => isPublic(table) && !lost.has(`trigger ${table}.${name}`) && !isKnown(`trigger ${name}`))
      .flatMap(([name, trigger]) => [trigger.definition, ...enabling(table, name, trigger)]),
  );
}

function enabling(table: string, name: string, { enabled }: TriggerEntry): string[] {
  const verb = { origin: null, always: 'enable always', replica: 'enable replica', disabled: 'disable' }[enabled];
  return verb === null ? [] : [`alter table ${table} ${verb} trigger ${name}`];
}
