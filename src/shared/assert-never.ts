/** Ends a `switch` over a closed union; reaching it means a variant was added and not handled here. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled variant: ${JSON.stringify(value)}`);
}
