import { PgConnection } from '@vibestack/replication';
import { connect } from '@vibestack/replication/node';
import { describe, expect, it } from 'vitest';
import { idsTo, task, tasks, withDatabase } from '../testing/fixtures.ts';

const COPY_DATA = 0x64;
const FIELDS = 'SERROR\0VERROR\0CXX000\0Mcould not map filenumber "base/5/16384" to relation OID\0\0';
const INTERNAL_ERROR = new Uint8Array([0x45, 0, 0, 0, FIELDS.length + 4, ...new TextEncoder().encode(FIELDS)]);

describe('over a stream of open transactions', () => {
  const db = withDatabase();

  it('a layout that an open transaction changes, takes back and changes again is followed', async () => {
    await db.run(`alter database ${db.name} set logical_decoding_work_mem = '64kB'`);
    const following = await db.follow('stream');
    const { epoch } = following;
    const open = await PgConnection.open(connect, db.url);
    // The server decodes what is flushed, so each part is on disk, and read, before the next.
    const untilDecoded = async (user: string) => {
      await db.run(`insert into member values ('p', '${user}')`);
      const isThere = () => following.logged().some(({ changes }) => changes.some(({ k }) => k === `["p","${user}"]`));
      await following.until(isThere, `${user} is logged`);
    };
    await open.simple(`begin; ${tasks(1, 1000, 100)}`);
    await untilDecoded('u1');
    await open.simple(
      `savepoint s; alter table task add column extra float default random(); ${tasks(1001, 2000, 100)}`,
    );
    await untilDecoded('u2');
    await open.simple('rollback to savepoint s');
    await db.run(task(8000));
    await untilDecoded('u3');
    await open.simple(`alter table task add column extra float default random(); ${tasks(2001, 3000, 100)}`);
    await untilDecoded('u4');
    await open.simple('commit');
    await open.close();
    await db.run(task(9000));
    await following.untilLogged(9000);
    expect(following.ids()).toEqual(['8000', ...idsTo(1000), ...idsTo(3000, 2001), '9000']);
    expect(following.epoch).toBe(epoch);
  });

  it('what Postgres cannot decode while it is open is read when it is committed', async () => {
    await db.run(`alter database ${db.name} set logical_decoding_work_mem = '64kB'`);
    let isBroken = false;
    const following = await db.follow('stream', {
      connect: async (target) => {
        const socket = await connect(target);
        const read = async () => {
          const bytes = await socket.read();
          // Where Postgres itself fails so ('could not map filenumber') depends on its version and on luck.
          if (!isBroken || bytes?.[0] !== COPY_DATA) return bytes;
          isBroken = false;
          return INTERNAL_ERROR;
        };
        return { ...socket, read };
      },
    });
    const { epoch } = following;
    const how = `select query from pg_stat_activity where datname = current_database() and backend_type = 'walsender'`;
    expect(await db.ask(how)).toContain(`streaming 'on'`);
    isBroken = true;
    await db.run(tasks(1, 2000, 100));
    await following.untilLogged(2000);
    expect(await db.ask(how)).not.toContain('streaming');
    expect(following.reports).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: 'server_error' }) as object }),
    );
    expect(following.ids()).toEqual(idsTo(2000));
    expect(following.epoch).toBe(epoch);
  });
});
