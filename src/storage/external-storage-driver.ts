import {
  type DataConverter,
  ExternalStorage,
  type Payload,
  type StorageDriver,
  StorageDriverClaim,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import { type BlobStore, StoreError } from './blob-store.js';
import { getObject, putObject } from './objects.js';

/** Payloads from this size on are kept in the store; Temporal's own limit is 2 MiB for one payload. */
const EXTERNAL_PAYLOAD_BYTES = 128 * 1024;

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** What workers and clients that share a store must both use, or they cannot read each other's big payloads. */
export function createDataConverter(store: BlobStore): DataConverter {
  const own = createStorageDriver(store);
  const { payloadDriver } = store;
  // What a folder held is still found after its objects were copied into a bucket.
  const choice =
    payloadDriver === undefined
      ? { drivers: [own] }
      : { drivers: [payloadDriver, own], driverSelector: () => payloadDriver };
  return {
    externalStorage: new ExternalStorage({ ...choice, payloadSizeThreshold: EXTERNAL_PAYLOAD_BYTES }),
  };
}

/** Keeps payloads as content-addressed objects; equal payloads share one object. */
export function createStorageDriver(store: BlobStore): StorageDriver {
  return {
    name: 'sluice',
    type: 'sluice.blob-store',
    store: (_context, payloads) => Promise.all(payloads.map((payload) => storePayload(store, payload))),
    retrieve: (_context, claims) => Promise.all(claims.map((claim) => retrievePayload(store, claim))),
  };
}

async function storePayload(store: BlobStore, payload: Payload): Promise<StorageDriverClaim> {
  const { sha256 } = await putObject(store, PayloadMessage.encode(payload).finish());
  return new StorageDriverClaim({ sha256 });
}

async function retrievePayload(store: BlobStore, claim: StorageDriverClaim): Promise<Payload> {
  const sha256 = claim.claimData['sha256'] ?? '';
  try {
    return PayloadMessage.decode(await getObject(store, sha256));
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'missing') throw error;
    const hint = 'Workers and clients of a run must share one store (`storage` in the configuration).';
    throw new StoreError('missing', `${error.message} ${hint}`, { cause: error });
  }
}
