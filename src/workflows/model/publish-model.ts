import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { ModelBook } from '../../engine/models/model-book.js';
import { modelDetails } from '../../engine/models/model-details.js';
import { modelLabels } from '../../engine/models/model-labels.js';
import { isJsonObject } from '../../shared/json.js';
import { MODEL_MEMO, SEARCH_ATTRIBUTE } from '../../shared/names.js';

const LABELS = defineSearchAttributeKey(SEARCH_ATTRIBUTE.labels, SearchAttributeType.KEYWORD_LIST);

/** Shows how the model stands in lists, which then ask no worker. */
export function publishModel(book: ModelBook): void {
  const view = book.view();
  const { memo, searchAttributes } = workflowInfo();
  const shown = memo?.[MODEL_MEMO];
  if (isJsonObject(shown) && JSON.stringify(shown) === JSON.stringify(view)) return;
  upsertMemo({ [MODEL_MEMO]: view });
  // A server that does not know the attribute is one whose models start without it.
  if (searchAttributes[SEARCH_ATTRIBUTE.labels] === undefined) return;
  upsertSearchAttributes([{ key: LABELS, value: [...modelLabels(view)] }]);
}

/** Shows the same to people in the Web UI, computed when somebody looks. */
export function describeModel(book: ModelBook): void {
  const details = { toJSON: () => modelDetails(book.view(), book.records().events) };
  setCurrentDetails(details as unknown as string);
}
