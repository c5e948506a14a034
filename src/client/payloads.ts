import type { Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  ExternalStorageRunner,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';

/** The values of payloads, also of those that are kept outside of Temporal. Throws when one cannot be read. */
export async function decodePayloads(
  client: Pick<Client, 'options'>,
  payloads: readonly temporal.api.common.v1.IPayload[],
): Promise<readonly unknown[]> {
  const converter = client.options.loadedDataConverter;
  const { externalStorage } = converter;
  const read =
    externalStorage === undefined
      ? [...payloads]
      : await new ExternalStorageRunner(externalStorage).retrieve([...payloads]);
  return decodeArrayFromPayloads(converter, read);
}
