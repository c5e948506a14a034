// Sends messages that no model has learned from to a service: npm run load -- --rate 250. Ctrl-C ends it.
import { parseArgs } from 'node:util';
import { loadDataset } from '../lib/dataset.js';
import { modelKind } from '../lib/model-file.js';
import { startLoad } from '../serving/load.js';

const { values } = parseArgs({
  options: {
    router: { type: 'string', default: 'http://127.0.0.1:7600' },
    service: { type: 'string', default: 'mapper' },
    kind: { type: 'string' },
    rate: { type: 'string', default: '250' },
    seconds: { type: 'string' },
    'feedback-share': { type: 'string', default: '0.5' },
    data: { type: 'string', default: './data/sms_spam.tsv' },
    seed: { type: 'string', default: '20' },
  },
});

const { test } = await loadDataset(values.data, { seed: Number(values.seed), testShare: 0.2 });
const load = startLoad({
  router: values.router,
  service: values.service,
  kind: modelKind.parse(values.kind ?? values.service.split('-')[0]),
  records: test,
  rate: Number(values.rate),
  feedbackShare: Number(values['feedback-share']),
  ...(values.seconds !== undefined && { seconds: Number(values.seconds) }),
});
console.error(`${values.rate} requests a second to ${values.router}/${values.service}`);
process.once('SIGINT', () => void load.stop());
process.once('SIGTERM', () => void load.stop());
console.log(JSON.stringify(await load.done, null, 2));
