import { CancellationScope, condition, upsertMemo } from '@temporalio/workflow';
import { JOURNAL_MEMO, type JournalPage, type RunJournal } from '../engine/run-journal.js';

/** Opens a run's journal and writes it at the end of each workflow task that needs it, for as long as the run lives. */
export function keepJournal(journal: RunJournal): void {
  journal.open();
  void CancellationScope.nonCancellable(async () => {
    // The first time it waits for anything at all, and so comes after what the run itself waits for.
    await condition(() => journal.isDue);
    for (;;) {
      writeJournal(journal);
      await condition(() => journal.needsPage());
    }
  });
}

/** Writes at once what was not written yet: nothing does after the end of a history. */
export function writeJournal(journal: RunJournal | undefined): void {
  for (const entries of journal?.take() ?? []) {
    const page: JournalPage = { at: Date.now(), entries };
    upsertMemo({ [JOURNAL_MEMO]: page });
  }
}
