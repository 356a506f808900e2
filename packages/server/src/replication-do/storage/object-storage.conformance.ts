import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStorage } from './object-storage.ts';

/** What every {@link ObjectStorage} does. @param run  gives a storage to a test */
export function describeObjectStorage(
  name: string,
  run: (test: (storage: ObjectStorage) => Promise<void> | void) => Promise<void>,
): void {
  describe(name, () => {
    beforeEach(() =>
      run((storage) => {
        storage.exec('drop table if exists t');
        storage.exec('create table t (id integer primary key, body blob, text text)');
      }),
    );

    it('keeps values of every kind', () =>
      run((storage) => {
        const bytes = new Uint8Array([9, 0, 255, 1, 2, 3, 7]).subarray(1, 6);
        storage.exec('insert into t values (?, ?, ?)', 1, bytes, 'Ü 🚀');
        storage.exec('insert into t values (?, ?, ?)', 2 ** 45, null, null);
        expect(storage.exec('select * from t order by id')).toEqual([
          { id: 1, body: new Uint8Array([0, 255, 1, 2, 3]), text: 'Ü 🚀' },
          { id: 2 ** 45, body: null, text: null },
        ]);
      }));

    it('a transaction that throws leaves nothing, and what was before it stays', () =>
      run((storage) => {
        storage.exec('insert into t (id) values (1)');
        expect(() =>
          storage.transaction(() => {
            storage.exec('insert into t (id) values (2)');
            throw new Error('no');
          }),
        ).toThrow('no');
        expect(storage.transaction(() => storage.exec('select id from t'))).toEqual([{ id: 1 }]);
      }));

    it('counts rows written', () =>
      run((storage) => {
        const before = storage.rowsWritten;
        storage.exec('insert into t (id) values (1), (2)');
        storage.exec('select * from t');
        expect(storage.rowsWritten - before).toBe(2);
      }));

    it('syncs', () =>
      run(async (storage) => {
        storage.exec('insert into t (id) values (1)');
        await storage.sync();
        expect(storage.exec('select id from t')).toHaveLength(1);
      }));
  });
}
