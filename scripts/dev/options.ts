import { parseArgs } from 'node:util';
import type { Size } from '@repo/schema/seed';

export const HELP = `Starts everything: Postgres, its data, the identity issuer, the Worker and the page.

  --size small|medium|large   rows of example data: 1 k, 30 k, 300 k   (medium)
  --port N                    preferred port of the page               (5173)
  --no-seed                   no example data

  DATABASE_URL                use this Postgres instead of starting one
`;

export interface DevOptions {
  readonly size: Size;
  readonly port: number;
  readonly seed: boolean;
  readonly help: boolean;
}

const SIZES: readonly string[] = ['small', 'medium', 'large'];

/** @throws {TypeError} unknown flag or value */
export function readOptions(args: readonly string[]): DevOptions {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowNegative: true,
    options: {
      size: { type: 'string', default: 'medium' },
      port: { type: 'string', default: '5173' },
      seed: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (!SIZES.includes(values.size)) throw new TypeError(`--size is small, medium or large, not '${values.size}'`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new TypeError(`--port ${values.port} is not a port`);
  return { size: values.size as Size, port, seed: values.seed, help: values.help };
}
