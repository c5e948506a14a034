import { z } from 'zod';

type Data = z.infer<ReturnType<typeof z.json>>;

/** Whatever belongs to a text, such as its label: nobody looks at it, and the output has it too. */
export const carriedData = { data: z.json().optional() };

/** What of the params stands in the output as it is. */
export function carried({ data }: { readonly data?: Data | undefined }): { readonly data?: Data } {
  return data === undefined ? {} : { data };
}
