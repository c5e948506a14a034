import { StageFailure } from 'sluice';

/** Sends JSON to one of the servers. What the server refuses is not tried again; what cannot be reached is. */
export async function put(url: string, body: object, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    const message = `Nothing answers at ${new URL(url).origin}. Start the router and the model server: npm run serve.`;
    throw new StageFailure(message, { type: 'Unreachable', cause: error });
  });
  if (response.ok) return;
  const message = `${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`;
  throw new StageFailure(message, { type: 'Refused', retryable: response.status >= 500 });
}
