import fc from 'fast-check';

// The same cases each time, so that a run that failed can be run again. To try others: SLUICE_TEST_SEED=$RANDOM.
fc.configureGlobal({ seed: Number(process.env['SLUICE_TEST_SEED'] ?? 20_260_301) });
