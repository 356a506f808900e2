import type { Catalog, DomainEntry } from '../catalog/types.ts';
import { literal } from '../ir/names.ts';
import { asideOf, unqualified } from './names.ts';
import type { Rebuild } from './rebuild.ts';
import { isSubsequence, outlives } from './replaced-types.ts';
import { compare, type Steps } from './step.ts';

/** Schemas, extensions, enums and domains. */
export function planTypes(from: Catalog, to: Catalog, steps: Steps, rebuild: Rebuild): void {
  planNames(from, to, steps);
  const enums = compare(from.enums, to.enums);
  for (const [name, labels] of enums.added) steps.add('type', createEnum(name, labels), `Creates type ${name}`);
  for (const [name] of enums.removed) dropType(steps, 'type', name);
  for (const [name, before, after] of enums.kept) {
    if (isSubsequence(before, after)) addLabels(steps, name, before, after);
    else replaceType(steps, 'type', name, createEnum(name, after), lostLabels(before, after));
  }
  const domains = compare(from.domains, to.domains);
  for (const [name, domain] of domains.added) steps.add('type', createDomain(name, domain), `Creates domain ${name}`);
  for (const [name, before, after] of domains.kept) {
    if (!rebuild.type(name)) alterDomain(steps, name, before, after);
    else replaceType(steps, 'domain', name, createDomain(name, after), `gets ${after.type} under it`);
  }
  // Domains may be ones on others, and are listed after those.
  for (const name of Object.keys(from.domains).reverse()) {
    if (!(name in to.domains)) dropType(steps, 'domain', name);
    else if (rebuild.type(name)) dropReplaced(steps, 'domain', name, outlives(from, to, name));
  }
  for (const [name] of enums.kept.filter(([one]) => rebuild.type(one))) {
    dropReplaced(steps, 'type', name, outlives(from, to, name));
  }
}

function planNames(from: Catalog, to: Catalog, steps: Steps): void {
  for (const name of to.schemas.filter((one) => !from.schemas.includes(one))) {
    steps.add('namespace', `create schema ${name};`, `Creates schema ${name}`);
  }
  for (const name of to.extensions.filter((one) => !from.extensions.includes(one))) {
    steps.add('namespace', `create extension if not exists ${name} with schema public;`, `Needs extension ${name}`);
  }
  for (const name of from.schemas.filter((one) => !to.schemas.includes(one))) {
    steps.add('dropNamespace', `drop schema ${name};`, `Drops schema ${name}, empty by now`, { phase: 'contract' });
  }
}

type Kind = 'type' | 'domain';

/** A domain may be one on a type that goes as well. */
const DROP = { domain: 'dropDomain', type: 'dropType' } as const;

const dropType = (steps: Steps, kind: Kind, name: string) => {
  const why = `Drops ${kind} ${name}, which nothing uses any more`;
  steps.add(DROP[kind], `drop ${kind} ${name};`, why, { phase: 'contract' });
};

const createEnum = (name: string, labels: readonly string[]): string =>
  `create type ${name} as enum (${labels.map(literal).join(', ')});`;

function lostLabels(before: readonly string[], after: readonly string[]): string {
  const lost = before.filter((label) => !after.includes(label));
  return lost.length > 0
    ? `loses ${lost.map(literal).join(', ')}: rows that have it are refused`
    : 'orders its labels anew';
}

/** Each label names its neighbour, so that the order is the declared one whatever was added before. */
function addLabels(steps: Steps, name: string, before: readonly string[], after: readonly string[]): void {
  for (const [i, label] of after.entries()) {
    if (before.includes(label)) continue;
    const previous = after[i - 1];
    const place = previous === undefined ? ` before ${literal(before[0] ?? '')}` : ` after ${literal(previous)}`;
    const sql = `alter type ${name} add value ${literal(label)}${before.length === 0 ? '' : place};`;
    steps.add('type', sql, `Allows ${literal(label)} in ${name}`, { phase: 'labels' });
  }
}

/** The old type steps aside under another name until the last column has left it. */
function replaceType(steps: Steps, kind: Kind, name: string, create: string, why: string): void {
  const sql = `alter ${kind} ${name} rename to ${unqualified(asideOf(name))};\n${create}`;
  steps.add('type', sql, `${name} ${why}`, { risk: 'data' });
}

/** @param stays  something that goes with the contraction is of it */
function dropReplaced(steps: Steps, kind: Kind, name: string, stays: boolean): void {
  const phase = stays ? 'contract' : 'expand';
  steps.add(DROP[kind], `drop ${kind} ${asideOf(name)};`, `Drops what ${name} was before`, { phase });
}

function createDomain(name: string, domain: DomainEntry): string {
  const parts = [`create domain ${name} as ${domain.type}`];
  if (domain.default !== null) parts.push(`default ${domain.default}`);
  if (domain.notNull) parts.push('not null');
  for (const [constraint, check] of Object.entries(domain.checks)) parts.push(`constraint ${constraint} ${check}`);
  return `${parts.join(' ')};`;
}

function alterDomain(steps: Steps, name: string, before: DomainEntry, after: DomainEntry): void {
  const alter = (text: string) => `alter domain ${name} ${text};`;
  if (before.default !== after.default) {
    const sql = after.default === null ? alter('drop default') : alter(`set default ${after.default}`);
    steps.add('type', sql, `Changes the default of ${name}`);
  }
  if (before.notNull !== after.notNull) {
    steps.add('type', alter(`${after.notNull ? 'set' : 'drop'} not null`), `Changes whether ${name} may be null`, {
      risk: after.notNull ? 'data' : 'none',
    });
  }
  const checks = compare(before.checks, after.checks);
  const changed = checks.kept.filter(([, old, now]) => old !== now);
  for (const [constraint] of [...checks.removed, ...changed]) {
    steps.add('dropConstraint', alter(`drop constraint ${constraint}`), `Ends a check of ${name}`);
  }
  for (const [constraint, check] of [...checks.added, ...changed.map(([key, , now]) => [key, now] as const)]) {
    const sql = alter(`add constraint ${constraint} ${check}`);
    steps.add('constraint', sql, `Checks values of ${name}`, { risk: 'data' });
  }
}
