import { parseArgs } from 'node:util';
import type { Bench, Figure } from './figure.ts';
import { forge } from './forge.ts';
import { initial } from './initial.ts';
import { live } from './live.ts';
import { triggers } from './triggers.ts';

const BENCHES: Readonly<Record<string, Bench>> = { forge, initial, live, triggers };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

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

function line({ bench, figure, value, unit, spread: [low, high], runs, ceiling, ratio, conditions }: Figure): string {
  const beside = ceiling === undefined ? '' : `, ceiling ${ceiling} ${unit}, ratio ${ratio ?? ''}`;
  return `${bench} · ${figure}: ${value} ${unit} (${low}–${high}, ${runs} runs${beside})\n  ${conditions}`;
}
