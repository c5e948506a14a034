import { CancellationScope, condition, upsertMemo } from '@temporalio/workflow';
import { JOURNAL_MEMO, type JournalPage, type RunJournal } from '../engine/run-journal.js';

/** Opens a run's journal and writes it at the end of each workflow task that needs it, for as long as the run lives. */
export function keepJournal(journal: RunJournal): void {
  journal.open();
  void CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => journal.isDue);
      writeJournal(journal);
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
