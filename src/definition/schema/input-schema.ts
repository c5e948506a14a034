import type { z } from 'zod';
import { choice, flag, integer, list, must, number, object, template, text } from './fields.js';

const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'list', 'object'] as const;

/** What a run must be given, or a person who approves may give. */
export const inputSchema = object({
  type: choice(INPUT_TYPES).describe('What values it takes.'),
  required: flag.optional().describe('Default: false.'),
  default: template.optional().describe('Used when a run is not given the input.'),
  description: text.optional().describe('For who gives the input.'),
  enum: list(template, 'values')
    .min(1, must('a list of at least one value'))
    .optional()
    .describe('Allowed values.'),
  pattern: text.optional().describe('A regular expression that a string must match.'),
  minimum: number().optional().describe('Smallest number allowed.'),
  maximum: number().optional().describe('Largest number allowed.'),
  exclusive_minimum: number().optional().describe('Numbers must be larger.'),
  exclusive_maximum: number().optional().describe('Numbers must be smaller.'),
  multiple_of: number()
    .positive(must('a number above 0'))
    .optional()
    .describe('Numbers must be a multiple of it.'),
  min_length: integer(0).optional().describe('Fewest characters.'),
  max_length: integer(0).optional().describe('Most characters.'),
  min_items: integer(0).optional().describe('Fewest items of a list.'),
  max_items: integer(0).optional().describe('Most items of a list.'),
  unique_items: flag.optional().describe('No item may stand twice.'),
});

export type InputDefinition = z.output<typeof inputSchema>;
