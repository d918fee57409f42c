import { previews } from './previews.ts'
import { rollbackButton } from './rollback-button.ts'
import { twoJob } from './two-job.ts'
import type { Workflow } from './workflow.ts'

export type WorkflowName = 'two-job' | 'rollback' | 'preview'

/** The workflows that can be rehearsed as a whole. */
export const workflows: Record<WorkflowName, Workflow> = {
  'two-job': twoJob,
  rollback: rollbackButton,
  preview: previews,
}
