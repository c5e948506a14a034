/** The item that a name such as `each[17]` means, or `each.17`, as items are called where they run. */
export function itemNamed(name: string): { readonly stage: string; readonly item?: number } {
  const [, stage, index, after] = /^(.+?)(?:\[(\d+)\]|\.(\d+))$/.exec(name) ?? [];
  return stage === undefined ? { stage: name } : { stage, item: Number(index ?? after) };
}
