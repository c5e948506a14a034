import { defineStage, z } from 'sluice';
import { DataError } from '../lib/data-error.js';
import { readOnly, rowsOf } from '../lib/duck.js';
import { shown } from '../lib/paths.js';
import { scenarioPair } from '../lib/scenario/read-scenario.js';

/** What there is to work on in a database of scenarios or of metrics: the items of a fan-out. */
export const listSeries = defineStage({
  name: 'list-series',
  description: 'Lists every symbol in every scenario of a database',
  params: z.strictObject({ database: z.string() }),
  output: z.object({ pairs: z.array(scenarioPair).min(1), fingerprint: z.string() }),
  run: async ({ params, ctx }) =>
    readOnly(params.database, async (db) => {
      const pairs = await rowsOf(db, scenarioPair, { sql: 'SELECT * FROM series ORDER BY scenario, symbol' });
      const [contents] = await rowsOf(db, z.object({ fingerprint: z.string().nullable() }), {
        sql: 'SELECT fingerprint FROM contents',
      });
      const fingerprint = contents?.fingerprint ?? null;
      if (fingerprint === null) throw new DataError(`${shown(params.database)} holds no series.`);
      ctx.log.info(`${pairs.length} series in ${shown(params.database)}`);
      return { pairs, fingerprint };
    }),
});
