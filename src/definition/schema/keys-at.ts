import { z } from 'zod';
import type { Path } from '../reporter.js';

/** The keys that an object at `path` may have. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let at: z.core.$ZodType[] = [schema];
  for (const step of path) at = at.flatMap((one) => childrenOf(one, step));
  return at.flatMap((one) => branchesOf(one)).flatMap((one) => (isObject(one) ? Object.keys(one.shape) : []));
}

function childrenOf(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  return branchesOf(schema).flatMap((one) => {
    if (isObject(one)) {
      const child = one.shape[String(step)];
      return child === undefined ? [] : [child];
    }
    if (one instanceof z.ZodArray) return [one.element];
    return one instanceof z.ZodRecord ? [one.valueType] : [];
  });
}

function branchesOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return branchesOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(branchesOf);
  return [schema];
}

function isObject(schema: z.core.$ZodType): schema is z.ZodObject {
  return schema instanceof z.ZodObject;
}
