import { closest, distance } from 'fastest-levenshtein';

/** Words that other tools use, and what they are called here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  after: 'depends_on',
  args: 'with',
  cmd: 'run',
  command: 'run',
  concurrency_limit: 'max_parallel_stages',
  cron: 'schedules',
  depends: 'depends_on',
  dependencies: 'depends_on',
  environment: 'env',
  if: 'condition',
  jobs: 'stages',
  max_parallel: 'max_parallel_stages',
  needs: 'depends_on',
  parameters: 'with',
  params: 'with',
  parallelism: 'max_parallel_stages',
  queue: 'task_queue',
  requires: 'depends_on',
  retries: 'retry',
  script: 'run',
  shell: 'run',
  steps: 'stages',
  tasks: 'stages',
  vars: 'variables',
  when: 'condition',
  working_directory: 'cwd',
};

/** The name that was probably meant, or null when nothing is near enough. */
export function suggest(name: string, known: readonly string[]): string | null {
  if (known.length === 0 || name.length > 200) return null;
  const synonym = SYNONYMS[name.toLowerCase()];
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  const lower = name.toLowerCase();
  const near = closest(
    lower,
    known.map((candidate) => candidate.toLowerCase()),
  );
  const match = known.find((candidate) => candidate.toLowerCase() === near);
  const length = Math.max(name.length, near.length);
  // One slip in a short word, two in a longer one; a single letter resembles nothing.
  const allowed = length < 4 ? Math.min(1, length - 1) : Math.max(2, Math.floor(length / 3));
  return match !== undefined && distance(lower, near) <= allowed ? match : null;
}

const MAX_LISTED = 20;

/** Names for a message: `a, b, c`, cut after twenty. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return '(none)';
  const more = names.length > MAX_LISTED ? `, … (${names.length} in all)` : '';
  return `${names.slice(0, MAX_LISTED).join(', ')}${more}`;
}
