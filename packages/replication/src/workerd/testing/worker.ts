import { PgConnection } from '../../connection/connection.ts';
import { connect } from '../index.ts';

/** What the Worker is asked to run, on a connection of its own. */
export interface Question {
  readonly url: string;
  readonly sql: string;
}

/** What came of it; `bytes` when the statement was a COPY TO STDOUT, which is only counted. */
export type Answer =
  | { readonly rows: readonly (readonly (string | null)[])[]; readonly pieces: number }
  | { readonly bytes: number }
  | { readonly error: { readonly name: string; readonly message: string; readonly sqlstate?: string } };

async function answer({ url, sql }: Question): Promise<Answer> {
  const connection = await PgConnection.open(connect, url);
  try {
    if (sql.startsWith('copy ')) {
      let bytes = 0;
      for await (const piece of connection.copyOut(sql)) bytes += piece.length;
      return { bytes };
    }
    const rows: (readonly (string | null)[])[] = [];
    let pieces = 0;
    for await (const piece of connection.rows(sql)) {
      rows.push(...piece);
      pieces++;
    }
    return { rows, pieces };
  } finally {
    await connection.close();
  }
}

export default {
  async fetch(request: Request): Promise<Response> {
    const question: Question = await request.json();
    try {
      return Response.json(await answer(question));
    } catch (error) {
      const { name, message, sqlstate } = error as Error & { sqlstate?: string };
      return Response.json({ error: { name, message, sqlstate } });
    }
  },
};
