import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'oxc-transform';
import { ForgeError } from '../errors.ts';

/**
 * Lets this process import TypeScript with decorators, which Node's own type stripping does not know. Decorator
 * metadata is emitted, as by tsc.
 */
export function registerDecorators(): void {
  registerHooks({
    // Helpers that the transform imports are ours to have, wherever the entities live.
    resolve: (specifier, context, nextResolve) =>
      nextResolve(
        specifier,
        specifier.startsWith('@oxc-project/runtime') ? { ...context, parentURL: import.meta.url } : context,
      ),
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
      const path = fileURLToPath(url);
      const source = readFileSync(path, 'utf8');
      if (!/^\s*@\w/m.test(source)) return nextLoad(url, context);
      const { code, errors } = transformSync(path, source, {
        decorator: { legacy: true, emitDecoratorMetadata: true },
        typescript: { rewriteImportExtensions: false },
        assumptions: { setPublicClassFields: true },
      });
      if (errors.length > 0) {
        const said = errors.map(({ message }) => message).join('; ');
        throw new ForgeError(
          'entity_syntax',
          `${path} cannot be read: ${said}`,
          'Mend the file; it must be TypeScript with legacy decorators.',
        );
      }
      return { format: 'module', shortCircuit: true, source: code };
    },
  });
}
