import { setPresent } from './calls.ts';
import { elementsOf } from './elements.ts';
import type { Facts } from './facts.ts';
import type { TreeNode } from './node-tree.ts';
import { worst, type Elements, type Proof } from './proof.ts';
import { RULES } from './rules.ts';
import type { QueryIn, Scope } from './scope.ts';
import { sourceOfColumn, type Source } from './sources.ts';

/** Variables with this number stand for whole rows, which are values even where all their fields are null. */
const WHOLE_ROW = 0;

/**
 * Proves that values are not null, from the tree that Postgres made of a query.
 *
 * A recursive query asks about itself. What is asked already is then taken for proved: a first row is not null, and no
 * later one is if none before it was, so that only a doubt from elsewhere can refute it.
 */
export class Prover implements Proof {
  readonly facts: Facts;
  readonly given: ReadonlySet<number>;
  readonly #asked = { present: new Map<TreeNode, Set<number>>(), elements: new Map<TreeNode, Set<number>>() };

  constructor(facts: Facts, given: ReadonlySet<number>) {
    this.facts = facts;
    this.given = given;
  }

  present(expression: TreeNode | null, scope: Scope): boolean {
    return expression !== null && (RULES[expression.tag]?.(expression, scope, this) ?? false);
  }

  elements(expression: TreeNode | null, scope: Scope): Elements {
    return expression === null ? 'nullable' : elementsOf(expression, scope, this);
  }

  sourcePresent(source: Source): boolean {
    switch (source.kind) {
      case 'unknown':
        return false;
      case 'present':
        return true;
      case 'stored':
        return (
          source.column === WHOLE_ROW || this.facts.relations.get(source.relation)?.notNull.has(source.column) === true
        );
      case 'value':
        return this.present(source.expression, source.scope);
      case 'query':
        if (source.column === WHOLE_ROW) return true;
        return once(this.#asked.present, source, true, () => this.sourcePresent(this.#columnOf(source)));
      case 'function': {
        const { call, scope, column } = source;
        const isSet = call.tag === 'FUNCEXPR' && call.flag('funcretset');
        return isSet ? setPresent(call, column, scope, this) : column === 1 && this.present(call, scope);
      }
      case 'either':
        return source.of.every((each) => this.sourcePresent(each));
      case 'both':
        return source.of.some((each) => this.sourcePresent(each));
    }
  }

  sourceElements(source: Source): Elements {
    switch (source.kind) {
      case 'unknown':
      case 'present':
      case 'function':
        return 'nullable';
      case 'stored':
        return 'assumed';
      case 'value':
        return this.elements(source.expression, source.scope);
      case 'query':
        return once(this.#asked.elements, source, 'present', () => this.sourceElements(this.#columnOf(source)));
      case 'either':
      case 'both':
        return worst(source.of.map((each) => this.sourceElements(each)));
    }
  }

  #columnOf({ of, column }: { of: QueryIn; column: number }): Source {
    return sourceOfColumn(of, column, this.facts);
  }
}

/** @returns what `ask` says; `meanwhile`, when it is being asked */
function once<T>(
  asked: Map<TreeNode, Set<number>>,
  { of: { query }, column }: { of: QueryIn; column: number },
  meanwhile: T,
  ask: () => T,
): T {
  const columns = asked.get(query) ?? new Set();
  if (columns.has(column)) return meanwhile;
  asked.set(query, columns.add(column));
  try {
    return ask();
  } finally {
    columns.delete(column);
  }
}
