/** True for what can only be the ID of a backfill: `backfill/PIPELINE/KEY`. */
export function isBackfillId(text: string): boolean {
  return /^backfill\/[a-z0-9-]+\/./.test(text);
}
