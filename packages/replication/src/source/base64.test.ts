import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBase64 } from './base64.ts';

it('base64 with a line break after every 76 characters, as Postgres writes it, is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = btoa(String.fromCharCode(...bytes)).replaceAll(/.{76}/g, '$&\n');
      expect([...fromBase64(text)]).toEqual([...bytes]);
    }),
  );
});
