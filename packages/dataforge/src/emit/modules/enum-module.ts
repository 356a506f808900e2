import type { Model } from '../../ir/types.ts';
import { HEADER, camelCase, pascalCase, stringLiteral } from './header.ts';

/** `enums.ts`: labels in order, and the type of one. */
export const enumModule = ({ enums }: Model): string =>
  [
    HEADER,
    ...enums.map(({ name, labels }) => {
      const values = camelCase(name);
      return `export const ${values} = [${labels.map(stringLiteral).join(', ')}] as const;\nexport type ${pascalCase(name)} = (typeof ${values})[number];\n`;
    }),
    ...(enums.length === 0 ? ['export {};\n'] : []),
  ].join('\n');
