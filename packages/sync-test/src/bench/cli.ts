import { parseArgs } from 'node:util';
import { backlog } from './backlog.ts';
import { decode } from './decode.ts';
import type { Bench, Figure } from './figure.ts';
import { forge } from './forge.ts';
import { initial } from './initial.ts';
import { live } from './live.ts';
import { replicate } from './replicate/index.ts';
import { triggers } from './triggers.ts';

const BENCHES: Readonly<Record<string, Bench>> = { backlog, decode, forge, initial, live, replicate, triggers };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

// Servers that were started are stopped when the process exits, which a signal alone does not make it do in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.exit(1);
  });
}

if (values.help || positionals.length === 0) {
  console.log(`pnpm bench NAME… [--json]\n\n  ${Object.keys(BENCHES).join('\n  ')}`);
} else {
  for (const name of positionals) {
    const bench = BENCHES[name];
    if (!bench) throw new TypeError(`There is no bench '${name}': ${Object.keys(BENCHES).join(', ')}`);
    await bench((figure) => {
      console.log(values.json ? JSON.stringify(figure) : line(figure));
    });
  }
  process.exit(0); // PGlite keeps the process alive
}

function line(measured: Figure): string {
  const { bench, figure, value, unit, spread, runs, ceiling, ratio, bar, holds, conditions } = measured;
  const beside = ceiling === undefined ? '' : `, ceiling ${ceiling} ${unit}, ratio ${ratio ?? ''}`;
  const against = bar === undefined ? '' : `, bar ${bar} ${holds ? 'holds' : 'is missed'}`;
  return `${bench} · ${figure}: ${value} ${unit} (${spread.join('–')}, ${runs} runs${beside}${against})\n  ${conditions}`;
}
