/** One line about what is being done, for people. */
export type Step = { readonly message: string };
export type OnStep = (step: Step) => void;

const SAY_EVERY_MS = 30_000;

/** Says again and again, with the time it takes, that long work goes on. */
export async function whileSaying(
  onStep: OnStep,
  message: string,
  work: () => PromiseLike<unknown>,
): Promise<void> {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    onStep({ message: `${message} (${Math.round((Date.now() - startedAt) / 1000)} s)` });
  }, SAY_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
