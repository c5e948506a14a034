import { z } from 'zod';
import { choice, idKey, integer, list, must, object, positiveDuration, template, text } from './fields.js';
import { inputSchema } from './input-schema.js';

/** The `approval` kind. */
export const approvalSchema = object({
  message: text.describe('What people are asked; may hold expressions.'),
  approvers: z
    .union([text, list(text, 'names')], must('a list of names'))
    .optional()
    .describe('Who may decide: names, or an expression that gives a list of them. Default: anyone.'),
  required: integer(1).optional().describe('How many different people must approve. Default: 1.'),
  timeout: positiveDuration.optional().describe('Longest wait. Default: none.'),
  on_timeout: choice(['reject', 'approve'])
    .optional()
    .describe('What is decided when nobody does in time. Default: reject.'),
  evidence: template.optional().describe('Values to look at before deciding; may hold expressions.'),
  fields: z
    .record(idKey, inputSchema, must('an object of fields'))
    .optional()
    .describe('Values that an approver gives; they become part of the output.'),
});

export type ApprovalDefinition = z.output<typeof approvalSchema>;
