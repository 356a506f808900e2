import { propertyName, stringLiteral } from './header.ts';

const WIDTH = 120;

/** Plain data as TypeScript source, formatted as a person would: on one line what fits, keys without needless quotes. */
export function dataLiteral(value: unknown, indent = '', before = 0): string {
  const line = oneLine(value);
  if (indent.length + before + line.length < WIDTH || typeof value !== 'object' || value === null) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${deeper}${dataLiteral(item, deeper, 1)},\n`).join('')}${indent}]`;
  }
  const members = Object.entries(value).map(([key, item]) => {
    const name = propertyName(key);
    return `${deeper}${name}: ${dataLiteral(item, deeper, name.length + 3)},\n`;
  });
  return `{\n${members.join('')}${indent}}`;
}

function oneLine(value: unknown): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const members = Object.entries(value).map(([key, item]) => `${propertyName(key)}: ${oneLine(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
