import { columnKinds } from './columns.ts';
import { computedKinds } from './computed.ts';
import { constraintKinds } from './constraints.ts';
import { domainKinds } from './domains.ts';
import { enumKinds } from './enums.ts';
import { indexKinds } from './indices.ts';
import type { Kind } from './kind.ts';
import { objectKinds } from './objects.ts';
import { referenceKinds } from './references.ts';
import { scopeKinds } from './scopes.ts';
import { syncKinds } from './sync.ts';
import { tableKinds } from './tables.ts';
import { typeKinds } from './types.ts';
import { valueKinds } from './values.ts';

export type { Kind } from './kind.ts';

export const KINDS: readonly Kind[] = [
  ...tableKinds,
  ...columnKinds,
  ...valueKinds,
  ...computedKinds,
  ...typeKinds,
  ...enumKinds,
  ...domainKinds,
  ...constraintKinds,
  ...indexKinds,
  ...referenceKinds,
  ...scopeKinds,
  ...syncKinds,
  ...objectKinds,
];
