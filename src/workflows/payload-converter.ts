import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  type PayloadConverterWithEncoding,
  UndefinedPayloadConverter,
  ValueError,
} from '@temporalio/common';

const sdkJson = new JsonPayloadConverter();

/**
 * JSON as the SDK writes it, by the engine's own text coder. The SDK's works byte by byte in JavaScript, which for a
 * value of tens of megabytes takes longer than a step of a run may.
 */
const nativeJson: PayloadConverterWithEncoding = {
  encodingType: sdkJson.encodingType,
  toPayload: (value) => {
    const json = JSON.stringify(value) as string | undefined;
    const empty = sdkJson.toPayload(null);
    if (json === undefined || empty === undefined) return undefined;
    return { ...empty, data: ownBytes(new TextEncoder().encode(json)) };
  },
  fromPayload: ({ data }) => {
    if (data === undefined || data === null) throw new ValueError('Got payload with no data');
    return JSON.parse(new TextDecoder().decode(data));
  },
};

/** The coder comes from outside of the sandbox, and so do its arrays; what they hold is not copied. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What the workflow bundle converts values with; the rest of a worker uses the SDK's, which writes the same. */
export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  nativeJson,
);
