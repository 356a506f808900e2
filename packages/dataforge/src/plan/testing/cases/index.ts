import type { Case } from './case.ts';
import { columns } from './columns.ts';
import { computed } from './computed.ts';
import { constraints } from './constraints.ts';
import { enumsAndDomains } from './enums-and-domains.ts';
import { fills } from './fills.ts';
import { keys } from './keys.ts';
import { objects } from './objects.ts';
import { renames } from './renames.ts';
import { types } from './types.ts';

export const CASES: readonly Case[] = [
  ...types,
  ...columns,
  ...computed,
  ...fills,
  ...renames,
  ...enumsAndDomains,
  ...constraints,
  ...keys,
  ...objects,
];
