import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The lint rules of the whole repository.
 *
 * @param {string} rootDir  absolute path of the repository, where the TypeScript project service starts looking
 */
export const vibestack = (rootDir) =>
  defineConfig(
    globalIgnores([
      '**/dist',
      '**/.wrangler',
      '**/.vibestack',
      '**/generated',
      '**/*.js',
      '**/*.d.ts',
      '**/vite*.config.ts',
      '**/vitest*.config.ts',
    ]),
    js.configs.recommended,
    { files: ['**/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly' } } },
    {
      files: ['**/*.{ts,tsx}'],
      extends: [tseslint.configs.strictTypeChecked, reactHooks.configs.flat.recommended],
      languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: rootDir } },
      rules: {
        // Numbers, bigints and branded strings read well in messages; objects are still refused by no-base-to-string.
        '@typescript-eslint/restrict-template-expressions': 'off',
        // A loop that ends by `return` or `throw` is how protocol readers are written.
        '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
        // Empty entity base classes and Durable Object subclasses exist to be extended or exported.
        '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      },
    },
    prettier,
  );
