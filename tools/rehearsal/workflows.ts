import { previews } from './previews.ts'
import { nativeRollbackButton, rollbackButton } from './rollback-button.ts'
import { nativeTwoJob, twoJob } from './two-job.ts'
import type { Workflow } from './workflow.ts'

export type WorkflowName = 'two-job' | 'rollback' | 'preview'

/** The workflows that can be rehearsed as a whole. */
export const workflows: Record<WorkflowName, Workflow> = {
  'two-job': twoJob,
  rollback: rollbackButton,
  preview: previews,
}

/** Those of them that can be rehearsed with a service that ECS itself deploys. */
export const nativeWorkflows: Partial<Record<WorkflowName, Workflow>> = {
  'two-job': nativeTwoJob,
  rollback: nativeRollbackButton,
}
